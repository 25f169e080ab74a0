// Where buckets begin. Owns the arithmetic of buckets and chunks: both are counted from the epoch, shifted by `alignS`, so that
// hours and days begin where the clock on the wall begins them. A chunk of one resolution is one bucket of the next.
import { CHUNK_BUCKETS, RESOLUTIONS_S } from './store-limits.js';

const DAY_S = 86_400;
/** Offsets of zones are multiples of a quarter of an hour: buckets of up to ten minutes begin where they would without. */
const ALIGN_STEP_S = 900;

/** A zone's offset east of UTC as the shift of buckets: 0 to a day. */
export function alignmentOf(offsetS: number): number {
  const rounded = Math.round(offsetS / ALIGN_STEP_S) * ALIGN_STEP_S;
  return ((rounded % DAY_S) + DAY_S) % DAY_S;
}

/** The number of the bucket that holds a second. */
export function bucketOf(second: number, level: number, alignS: number): number {
  return Math.floor((second + alignS) / RESOLUTIONS_S[level]!);
}

export function bucketStart(bucket: number, level: number, alignS: number): number {
  return bucket * RESOLUTIONS_S[level]! - alignS;
}

export function chunkOf(bucket: number, level: number): number {
  return Math.floor(bucket / CHUNK_BUCKETS[level]!);
}

export function firstBucketOf(chunk: number, level: number): number {
  return chunk * CHUNK_BUCKETS[level]!;
}

/** The start of the bucket that holds `second`. */
export function floorToBucket(second: number, level: number, alignS: number): number {
  return bucketStart(bucketOf(second, level, alignS), level, alignS);
}

/** The same for any stretch of time that a day is a multiple of. */
export function floorToStep(second: number, stepS: number, alignS: number): number {
  return Math.floor((second + alignS) / stepS) * stepS - alignS;
}

/** The first start of a bucket at or after `second`. */
export function ceilToBucket(second: number, level: number, alignS: number): number {
  return -Math.floor(-(second + alignS) / RESOLUTIONS_S[level]!) * RESOLUTIONS_S[level]! - alignS;
}
