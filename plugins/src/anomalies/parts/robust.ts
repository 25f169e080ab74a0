// Middle and spread that one odd value does not move.

/** Of values in order; `share` from 0 to 1. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return 0;
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)]!;
  return low + (sorted[Math.ceil(at)]! - low) * (at - Math.floor(at));
}

/** The median of the distances to the median, of values in order. */
export function medianDistance(sorted: readonly number[], median: number): number {
  return quantile(
    sorted.map((value) => Math.abs(value - median)).sort((left, right) => left - right),
    0.5,
  );
}
