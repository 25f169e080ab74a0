// The style of the API page: light and dark, wide and narrow. Nothing is loaded from anywhere.
export const DOCS_STYLE = `
:root{color-scheme:light dark;--page:#fbfbf9;--card:#fff;--ink:#1b1f24;--muted:#5c646d;--line:#e4e5e1;--link:#1f5f9e;--code:#f1f2ee}
@media (prefers-color-scheme:dark){:root{--page:#14171a;--card:#1b1f23;--ink:#e7e9ea;--muted:#a3abb3;--line:#2c3238;--link:#8abdf0;--code:#23292e}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:980px;padding:40px 24px 64px;background:var(--page);color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif}
a{color:var(--link)}
.skip{position:absolute;left:-999px}.skip:focus{left:16px;top:16px}
.brand{margin:0;color:var(--muted);font-size:13px}
h1{margin:0 0 8px;font-size:30px;letter-spacing:-.015em}
h2{margin:40px 0 12px;font-size:20px}
h3{margin:0 0 4px;font-size:16px;font-weight:600;overflow-wrap:anywhere}
nav ul{display:flex;flex-wrap:wrap;gap:4px 18px;margin:0;padding:0;list-style:none}
article{margin:0 0 16px;padding:16px 20px;border:1px solid var(--line);border-radius:12px;background:var(--card)}
article p{margin:0 0 8px}.more{color:var(--muted)}
.method{display:inline-block;min-width:44px;padding:1px 7px;border-radius:6px;background:var(--code);color:var(--muted);font-size:12px;text-align:center}
code{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
pre{margin:10px 0 0;padding:9px 12px;border-radius:8px;background:var(--code);overflow-x:auto}
table{width:100%;border-collapse:collapse;font-size:14px}
th,td{padding:5px 12px 5px 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
thead th{color:var(--muted);font-size:12.5px;font-weight:500}
tbody th{font-weight:500;white-space:nowrap}
@media (max-width:560px){body{padding:24px 16px}table,tbody,tr,td,th{display:block}thead{display:none}tbody tr{padding:6px 0;border-bottom:1px solid var(--line)}tbody th,td{border:0;padding:0}}
`;
