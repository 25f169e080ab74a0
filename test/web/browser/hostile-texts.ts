// Names that strangers could choose: each would do something in a page that did not treat it as text. `window.__owned` is what they set.
// Bidi and line separators are written as escapes, so that this file reads as it is.
export const HOSTILE_TEXTS: readonly string[] = [
  '<script>window.__owned=1</script>',
  '"><img src=x onerror=window.__owned=2>',
  "');window.__owned=3;//",
  '</style><svg onload=window.__owned=4>',
  'line\u2028separator\u2029here',
  'safe\u202egnp.exe',
  '{{window.__owned=5}}{window.__owned=5}',
  'javascript:window.__owned=6',
  '=cmd|calc!A0',
  `${'long'.repeat(60)}name`,
];
