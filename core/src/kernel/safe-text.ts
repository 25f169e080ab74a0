// The one sanitiser. Owns: what captured text may reach a terminal, a page, a log or a file. Bound: MAX_TEXT characters.
import { MAX_TEXT } from './limits.js';

// C0, DEL, C1, line and paragraph separators, bidi controls (Trojan Source, CVE-2021-42574), zero-width and invisible
// characters, soft hyphen, variation selectors, byte order mark, lone surrogates, tags block, non-characters.
const UNSAFE =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: the class lists single code points on purpose
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\u{e0000}-\u{e0fff}\ud800-\udfff]/gu;

/** Most texts: one look, no copy. A loop is done before a regular expression has begun. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return true;
}

/** Text that cannot move a cursor, change a direction, hide, or fill a screen: unsafe characters become U+FFFD. */
export function safeText(text: string, maxLength = MAX_TEXT): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
  return isPlain(cut) ? cut : cut.replace(UNSAFE, '\ufffd');
}
