// Columns a terminal draws text in. Owns: which texts need no library, and when the library is loaded: its expressions and the
// segmenter of Intl take 30 ms, and most of what is printed is simple.
import { createRequire } from 'node:module';

export const ASCII = /^[\x20-\x7e]*$/;
/** One code unit, one cluster, a width nobody disputes: Latin, Greek, Cyrillic, punctuation, lines, dots; kana, CJK, Hangul. */
export const SIMPLE =
  /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0373\u0376\u0377\u037b-\u037f\u038c-\u03a1\u03a3-\u0482\u048a-\u052f\u2010-\u2027\u2190-\u2193\u2500-\u25ef\u2800-\u28ff\u3041-\u3096\u30a1-\u30fe\u4e00-\u9fff\uac00-\ud7a3\ufffd]*$/;

let library: typeof import('string-width') | undefined;

/** Of a code unit of a SIMPLE text. */
export function simpleWidth(unit: number): number {
  return unit >= 0x3000 && unit !== 0xfffd ? 2 : 1;
}

export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  if (!SIMPLE.test(text)) return libraryWidth(text);
  let width = 0;
  for (let i = 0; i < text.length; i += 1) width += simpleWidth(text.charCodeAt(i));
  return width;
}

function libraryWidth(text: string): number {
  library ??= createRequire(import.meta.url)('string-width') as typeof import('string-width');
  return library.default(text);
}
