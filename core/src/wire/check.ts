// What the checked door of a wire file answers. A bad packet is a normal case: a number, no text, no exception.

/** Every reader of the file is safe for this `at`. */
export const FITS = 0;
/** The header goes on after `end`: cut by the snaplen, or too short; only the caller knows which. */
export const SHORT = 1;
/** The header contradicts itself, whatever follows. */
export const BAD = 2;

export type Check = typeof FITS | typeof SHORT | typeof BAD;
