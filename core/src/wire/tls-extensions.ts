// The list of extensions at the end of both hellos: type 2, length 2, data. Owns: the walk. Must not know what an extension means.
// RFC 8446 section 4.2. Bound: one pass over at most 65,535 bytes.
import { u16 } from './bytes.js';
import { BAD, type Check, FITS, SHORT } from './check.js';

/** Where the extensions are, as far as they are whole. */
export interface ExtensionRange {
  extensionsAt: number;
  extensionsEnd: number;
}

/**
 * Calls `note` for each whole extension of those in bytes[start, extensionsEnd), of which the bytes up to `end` are there.
 * @returns FITS; SHORT when they go on after `end`; BAD when their lengths disagree. Never throws.
 */
export function walkExtensions<Layout extends ExtensionRange>(
  bytes: Uint8Array,
  start: number,
  extensionsEnd: number,
  end: number,
  layout: Layout,
  note: (bytes: Uint8Array, type: number, at: number, end: number, layout: Layout) => void,
): Check {
  layout.extensionsAt = layout.extensionsEnd = start;
  const stop = Math.min(extensionsEnd, end);
  let at = start;
  while (at + 4 <= stop) {
    const dataEnd = at + 4 + u16(bytes, at + 2);
    if (dataEnd > extensionsEnd) return BAD;
    if (dataEnd > end) return SHORT;
    note(bytes, u16(bytes, at), at + 4, dataEnd, layout);
    at = dataEnd;
    layout.extensionsEnd = at;
  }
  if (extensionsEnd > end) return SHORT;
  return at === extensionsEnd ? FITS : BAD;
}
