// How long to wait before trying again: longer each time, never for ever, never all at once. Owns the seconds.

const FIRST_S = 1;
const LONGEST_S = 30;

/** @param tries so many failed since the last that did not. @param random 0 to 1, so that pages that lost the same server do not return together. */
export function backOffSeconds(tries: number, random: number): number {
  const seconds = Math.min(LONGEST_S, FIRST_S * 2 ** Math.max(0, tries - 1));
  return seconds * (0.75 + random / 2);
}
