// One question every datagram protocol with a length field asks. The whole of it: what is said, what is there.
/** @hot */

/** Is a datagram of `there` captured bytes as long as it says? Of one that was cut only a beginning is there. */
export const isExactly = (said: number, there: number, isCut: boolean): boolean =>
  isCut ? said >= there : said === there;

/** Are bytes[start, end) all `byte`? True for nothing at all. */
export function isAll(bytes: Uint8Array, start: number, end: number, byte: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] !== byte) return false;
  return true;
}
