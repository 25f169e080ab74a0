// The one style sheet of the report: light and dark, screen and paper, wide and narrow. Nothing is loaded from anywhere.
export const REPORT_STYLE = `
:root{color-scheme:light dark;--page:#fbfbf9;--card:#fff;--ink:#1b1f24;--muted:#666e78;--line:#e4e5e1;--rx:#2f6fb0;--tx:#d0762a;--rx-soft:#2f6fb033;--tx-soft:#d0762a33;--gap:#8a8f980f;--unknown:#a3a8b0;--missing:#c2504a;--l0:#0072b2;--l1:#e69f00;--l2:#009e73;--l3:#cc79a7;--l4:#56b4e9;--l5:#d55e00;--l6:#b3a400;--lo:#a3a8b0}
@media (prefers-color-scheme:dark){:root{--page:#14171a;--card:#1b1f23;--ink:#e7e9ea;--muted:#98a1aa;--line:#2c3238;--rx:#6aa9e6;--tx:#eb9a55;--rx-soft:#6aa9e633;--tx-soft:#eb9a5533;--gap:#aab2bb12;--unknown:#767e87;--missing:#e0736c;--l0:#4fa3dd;--l1:#f0b03f;--l2:#35c79a;--l3:#e09cc4;--l4:#9ad6f7;--l5:#f0824a;--l6:#d6ca4a;--lo:#767e87}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1040px;margin:0 auto;padding:48px 32px 64px}
header{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:flex-end;gap:8px 32px;margin-bottom:28px}
.brand{margin:0 0 2px;color:var(--muted);font-size:13px;letter-spacing:.04em}
h1{margin:0;font-size:30px;line-height:1.2;font-weight:650;letter-spacing:-.015em}
.period{margin:0;color:var(--muted);text-align:right}
.period strong{color:var(--ink);font-weight:550;white-space:nowrap}
h2{margin:0 0 2px;font-size:18px;font-weight:620;letter-spacing:-.005em}
.sub{margin:0 0 14px;color:var(--muted);font-size:13px}
section{margin-top:40px}
.band{display:grid;grid-template-columns:repeat(5,1fr);margin:0;padding:0;border:1px solid var(--line);border-radius:12px;background:var(--card);overflow:hidden}
.band div{padding:18px 20px;border-left:1px solid var(--line)}
.band div:first-child{border-left:0}
.band dt{color:var(--muted);font-size:13px}
.band dd{margin:2px 0 0;font-size:24px;line-height:1.25;font-weight:600;letter-spacing:-.01em;white-space:nowrap}
.band .note{font-size:13px;font-weight:400;letter-spacing:0;color:var(--muted);white-space:normal}
.key{display:inline-block;width:10px;height:10px;border-radius:3px;margin-right:7px}
.key-rx{background:var(--rx)}.key-tx{background:var(--tx)}.key-gap{background:var(--gap);border:1px solid var(--line)}
.key-known{background:var(--rx)}.key-unknown{background:var(--unknown)}.key-missing{background:var(--missing)}
.card{border:1px solid var(--line);border-radius:12px;background:var(--card);padding:20px 22px}
.legend{display:flex;flex-wrap:wrap;gap:4px 20px;margin:0 0 8px;padding:0;list-style:none;font-size:13px;color:var(--muted)}
.chart svg{display:block;width:100%;height:auto}
.chart-narrow{display:none}
.chart text{fill:var(--muted);font-size:12px}
.chart .grid,.chart .tick{stroke:var(--line)}
.chart .zero{stroke:var(--muted);stroke-opacity:.6}
.chart .rx{fill:var(--rx-soft);stroke:var(--rx);stroke-width:1.4;stroke-linejoin:round}
.chart .tx{fill:var(--tx-soft);stroke:var(--tx);stroke-width:1.4;stroke-linejoin:round}
.chart .gap{fill:var(--gap)}
.scroll{overflow-x:auto}
table{width:100%;border-collapse:collapse;font-size:14px}
th{padding:0 10px 7px;text-align:right;font-size:12.5px;font-weight:500;color:var(--muted);white-space:nowrap;border-bottom:1px solid var(--line)}
td{padding:8px 10px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}
tbody tr:last-child td{border-bottom:0}
th:first-child,td:first-child{padding-left:0;text-align:left}
th:last-child,td:last-child{padding-right:0}
td.name{width:38%;min-width:150px;max-width:0;overflow:hidden;text-overflow:ellipsis}
td.name .also{display:block;overflow:hidden;text-overflow:ellipsis;font-size:12.5px;line-height:1.35;color:var(--muted)}
td.name .main{display:block;overflow:hidden;text-overflow:ellipsis}
tr.rest td{color:var(--muted)}
td.bar{width:22%;min-width:90px}
.bar svg{display:block;width:100%;height:9px}
.bar .rx,.swatch .known{fill:var(--rx)}.bar .tx{fill:var(--tx)}.swatch .unknown{fill:var(--unknown)}.swatch .missing{fill:var(--missing)}
.swatch{display:block;width:100%;height:14px;border-radius:4px;margin:2px 0 16px}
.left{text-align:left}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:0 48px}
.lead{margin:0 0 24px;max-width:76ch;font-size:17px;line-height:1.55;overflow-wrap:anywhere}
.band .whole{grid-column:1/-1;border-left:0;border-top:1px solid var(--line);display:flex;flex-wrap:wrap;align-items:baseline;gap:4px 16px}
.band .whole dd{margin:0}
.after{margin-top:10px}
.changes+.changes{margin-top:22px}
h3{margin:18px 0 6px;font-size:15px;font-weight:600}
.stacked{margin-bottom:16px}.stacked .sub{margin-bottom:8px}
.chart .layer{stroke:var(--card);stroke-width:.8;stroke-linejoin:round}
.chart .layer-0{fill:var(--l0)}.key.layer-0{background:var(--l0)}.chart .layer-1{fill:var(--l1)}.key.layer-1{background:var(--l1)}.chart .layer-2{fill:var(--l2)}.key.layer-2{background:var(--l2)}.chart .layer-3{fill:var(--l3)}.key.layer-3{background:var(--l3)}.chart .layer-4{fill:var(--l4)}.key.layer-4{background:var(--l4)}.chart .layer-5{fill:var(--l5)}.key.layer-5{background:var(--l5)}.chart .layer-6{fill:var(--l6)}.key.layer-6{background:var(--l6)}.chart .layer-other{fill:var(--lo)}.key.layer-other{background:var(--lo)}
.chart .heat-0{fill:var(--line);fill-opacity:.55}.key.heat-0{background:var(--line)}
.chart .heat-1{fill:var(--rx);fill-opacity:.18}.key.heat-1{background:var(--rx);opacity:.18;margin-right:2px}.chart .heat-2{fill:var(--rx);fill-opacity:.36}.key.heat-2{background:var(--rx);opacity:.36;margin-right:2px}.chart .heat-3{fill:var(--rx);fill-opacity:.55}.key.heat-3{background:var(--rx);opacity:.55;margin-right:2px}.chart .heat-4{fill:var(--rx);fill-opacity:.77}.key.heat-4{background:var(--rx);opacity:.77;margin-right:2px}.chart .heat-5{fill:var(--rx);fill-opacity:1}.key.heat-5{background:var(--rx);opacity:1;margin-right:2px}
.chart .heat-none{fill:none;stroke:var(--line);stroke-dasharray:2 2}.key.heat-none{border:1px dashed var(--muted)}
details{margin-top:10px}
summary{cursor:pointer;color:var(--muted);font-size:13.5px}
summary:focus-visible{outline:2px solid var(--rx);outline-offset:2px;border-radius:3px}
details table{margin-top:8px}
table.hours{font-size:12.5px}.hours td,.hours th{padding:4px 8px}.hours tbody th{border-bottom:1px solid var(--line)}
tr.sum td{font-weight:600}
td.entry{white-space:normal;min-width:180px}
.bar .track{fill:var(--line)}.bar .missing{fill:var(--missing)}
.notes{margin:0;padding:0 0 0 18px;color:var(--muted)}
.notes li{margin:5px 0}
.empty{padding:56px 24px;text-align:center}
.empty p{margin:6px auto;max-width:52ch;color:var(--muted)}
footer{margin-top:48px;padding-top:16px;border-top:1px solid var(--line);color:var(--muted);font-size:13px}
@media (max-width:820px){.pair{grid-template-columns:1fr}.band{grid-template-columns:repeat(2,1fr)}.band div{border-left:0;border-top:1px solid var(--line)}.band div:first-child{grid-column:1/-1;border-top:0}.band div:nth-child(odd):not(:first-child){border-left:1px solid var(--line)}}
@media (max-width:620px){main{padding:28px 16px 40px}h1{font-size:25px}.period{text-align:left}.chart-wide{display:none}.chart-narrow{display:block}.card{padding:16px}.lead{font-size:16px}.minor{display:none}td.name{width:auto;min-width:120px}td.bar{display:none}.barhead{display:none}section{margin-top:32px}td,th{padding-left:6px;padding-right:6px}th:last-child,td:last-child,td:nth-last-child(2):has(+.minor:last-child),th:nth-last-child(2):has(+.minor:last-child){padding-right:0}}
@media print{details:not([open])::details-content{content-visibility:visible;display:block}summary{display:none}:root{--page:#fff;--card:#fff;--ink:#000;--muted:#555;--line:#ddd;--rx:#2f6fb0;--tx:#d0762a;--rx-soft:#2f6fb033;--tx-soft:#d0762a33;--gap:#0000000a;--unknown:#a3a8b0;--missing:#c2504a;--l0:#0072b2;--l1:#e69f00;--l2:#009e73;--l3:#cc79a7;--l4:#56b4e9;--l5:#d55e00;--l6:#b3a400;--lo:#a3a8b0}body{font-size:12px}main{max-width:none;padding:0}section,.band,tr{break-inside:avoid}h2{break-after:avoid}table{font-size:11.5px}.bar svg,.swatch,.chart,.key,.layer{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
`.trim();
