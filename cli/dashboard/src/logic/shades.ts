// Amounts as a few shades. Owns where one shade ends and the next begins. Pure. Bound: the values it is given.

export const SHADES = 5;

/**
 * Lower bounds of the shades 1 to SHADES: equal parts of the values that are not 0, so that one large day does not make all others pale.
 */
export function shadeBounds(values: readonly number[]): readonly number[] {
  const sorted = values.filter((value) => value > 0).sort((left, right) => left - right);
  return Array.from({ length: SHADES }, (_, shade) => sorted[Math.floor((shade * sorted.length) / SHADES)] ?? 0);
}

/** 0 for nothing, 1 to SHADES. */
export function shadeOf(value: number, bounds: readonly number[]): number {
  if (value <= 0) return 0;
  let shade = 1;
  while (shade < SHADES && value >= bounds[shade]!) shade += 1;
  return shade;
}
