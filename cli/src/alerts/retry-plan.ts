// When a delivery that failed is tried again. Owns the waits of Standard Webhooks, some three days together; after the last it is given up.
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export const RETRY_WAITS_MS: readonly number[] = [
  5000,
  30_000,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
];

/** A fifth more or less, so that what failed together does not come back together. */
const JITTER = 0.2;

/**
 * The wait before the next try; undefined: enough was tried.
 * @param failures how often it failed, this time included
 * @param random from 0 to 1
 */
export function retryWaitMs(
  failures: number,
  random: number,
  retryAfterMs = 0,
  waitsMs: readonly number[] = RETRY_WAITS_MS,
): number | undefined {
  const waitMs = waitsMs[failures - 1];
  if (waitMs === undefined) return undefined;
  // What the receiver asks for is the least.
  return Math.round(Math.max(waitMs * (1 - JITTER + 2 * JITTER * random), retryAfterMs * (1 + JITTER * random)));
}
