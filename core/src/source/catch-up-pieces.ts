// A period in pieces that begin and end on whole steps of the clock, and a sum spread over them to the unit. Owns: the steps. Must not
// know: what is spread. Bound: MAX_PIECES.

const STEPS_S = [10, 60, 3_600, 86_400] as const;
/** A step is used while it gives no more pieces than this; days are used beyond. */
const FEW_PIECES = 100;
/** Years of absence: several days a piece. */
const MAX_PIECES = 1_000;

/**
 * The ends of the pieces, the first one the start: `[start, …, end]`. Equal times give one piece of no length.
 * @param alignS seconds that local time is ahead of UTC: a piece of days ends at local midnight.
 */
export function pieceEnds(startUs: number, endUs: number, alignS: number): number[] {
  const lengthUs = endUs - startUs;
  const stepUs = stepFor(lengthUs);
  const offsetUs = alignS * 1e6;
  const ends = [startUs];
  for (let at = (Math.floor((startUs + offsetUs) / stepUs) + 1) * stepUs - offsetUs; at < endUs; at += stepUs)
    ends.push(at);
  ends.push(endUs);
  return ends;
}

function stepFor(lengthUs: number): number {
  const step = STEPS_S.find((seconds) => lengthUs <= FEW_PIECES * seconds * 1e6) ?? 86_400;
  const many = Math.ceil(lengthUs / (step * 1e6 * MAX_PIECES));
  return step * 1e6 * Math.max(1, many);
}

/** Whole numbers that add up to `sum`, in proportion to the length of the pieces. */
export function spreadEvenly(sum: number, ends: readonly number[]): number[] {
  const startUs = ends[0]!;
  const lengthUs = ends.at(-1)! - startUs;
  let given = 0;
  return ends.slice(1).map((endUs, i) => {
    // What is due by the end of the piece only grows, and at the last end it is all.
    const due = i === ends.length - 2 ? sum : Math.floor(sum * ((endUs - startUs) / lengthUs));
    const share = due - given;
    given = due;
    return share;
  });
}
