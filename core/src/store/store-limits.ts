// Every bound of the store in one place, with its reason. Owns numbers only.
import type { NameKind, SeriesKind } from './series-kind.js';

/** Bucket lengths in seconds, finest first. Each divides the next, so that buckets nest. */
export const RESOLUTIONS_S = [1, 10, 60, 3600, 86_400] as const;
export type ResolutionS = (typeof RESOLUTIONS_S)[number];

/** Buckets of one resolution that share an entry of the file: all that lie in one bucket of the next; days by the month or so. */
export const CHUNK_BUCKETS: readonly number[] = [10, 6, 60, 24, 32];

/**
 * By resolution, seconds: sums are made in steps of this, so that an entry is written once or a few times, not with every
 * bucket. Until then readers sum up themselves: an hour of ten-second buckets, four hours of minutes.
 */
export const ROLL_UP_STEPS_S: readonly number[] = [1, 60, 3600, 4 * 3600, 86_400];

/** How long buckets of each resolution are kept, in seconds, in the order of RESOLUTIONS_S. Infinity: for ever. */
export const DEFAULT_RETENTION_S: readonly number[] = [2 * 3600, 86_400, 30 * 86_400, 2 * 365 * 86_400, Infinity];

/** Series one bucket may hold; what is smaller is summed as "other". Two hundred hosts name 99 % of the bytes of usual networks. */
export const MAX_SERIES_PER_BUCKET: Readonly<Record<SeriesKind, number>> = {
  interface: 256,
  app: 1000,
  protocol: 256,
  host: 200,
  unknown: 256,
};

/** Names the dictionary may hold; further ones are recorded as "other" and counted. */
export const MAX_DICTIONARY_NAMES: Readonly<Record<NameKind, number>> = {
  interface: 1024,
  app: 16_384,
  protocol: 4096,
  host: 262_143,
  unknown: 64,
  scope: 4095,
};

/** Ids are below this: two codes and a position fit into a double (chunk-encoder.ts). */
export const ID_LIMIT = 262_144;

/** Rows of one chunk: 60 buckets of every kind stay far below. Bounds the memory a damaged chunk can take to 50 MB. */
export const MAX_CHUNK_ROWS = 1_048_576;

/** Decoded rows a writer holds within one transaction before it writes them out: 24 MB. */
export const MAX_CACHED_ROWS = 500_000;

/** Rows of finished chunks a writer keeps summed until the next resolution takes them: 3 MB. */
export const MAX_KEPT_SUM_ROWS = 65_536;

/** Names whose ids stay in memory; the rest is looked up in the file. */
export const MAX_CACHED_NAMES = 8192;

/** Bytes of closed flows and of answered names; the oldest minutes go first. */
export const DEFAULT_FLOW_BUDGET_BYTES = 1_000_000_000;
export const DEFAULT_NAME_BUDGET_BYTES = 100_000_000;

/** Incidents of alerts; the oldest that are over go first, so many at a time that it is seldom done. About 20 MB. */
export const MAX_INCIDENTS = 50_000;
export const REMOVED_INCIDENTS = 500;
/** What the detector of one rule may have learned, as stored. */
export const MAX_LEARNED_BYTES = 256 * 1024;

/** Rows of one minute block: bounds the memory one block takes when it is read. */
export const MAX_ROWS_PER_BLOCK = 8192;

/** Entries removed by one append while pruning: keeps each append short after a long pause. */
export const MAX_PRUNED_PER_APPEND = 2000;

/** The same while making the store fit its budget of bytes. */
export const MAX_BUDGET_REMOVALS = 200;

/** A decoded block may not be larger: a damaged length must not take the memory of the machine. */
export const MAX_BLOCK_BYTES = 64 * 1024 * 1024;

/** Free space the store leaves to the rest of the system. On small file systems a twentieth of them. */
export const DEFAULT_RESERVE_BYTES = 16 * 1024 * 1024;
