// How a store comes to be, and how an older one becomes one of today: steps from each format to the next, run by the writer in
// the transaction that takes the lock, all or nothing. Must not know who writes. Bound: MAX_CACHED_ROWS decoded rows.
import { randomUUID } from 'node:crypto';
import type { BlockReader, BlockWriter } from './block-access.js';
import { decodeBlock, encodeBlock } from './block-codec.js';
import { alignmentOf, bucketOf } from './bucket-time.js';
import { ChunkStore } from './chunk-store.js';
import { readFormat1Block } from './format-1.js';
import { BLOCK_KINDS, bucketKey, DEVICE_KEY, FORMAT_KEY, STATE_KEY } from './store-keys.js';
import { RESOLUTIONS_S } from './store-limits.js';
import { CHUNK_LAYOUT, newState, parseState, type StoreState } from './store-state.js';

type File = BlockReader & BlockWriter;

export const FORMAT_NAME = 'kaipo-store';
export const FORMAT_VERSION = 2;

/** Whose history it is: made with the store, and kept when it moves. */
export interface DeviceRecord {
  /** UUID, version 4. */
  readonly id: string;
  readonly hostname: string;
  readonly platform: string;
  readonly createdUs: number;
}

export interface StoreBirth {
  readonly nowUs: number;
  readonly hostname: string;
  readonly platform: string;
  /** Seconds east of UTC at which hours and days begin; of a new store only. */
  readonly offsetS: number;
}

/** In a new database: what it is, whose it is, where its days begin. `more` belongs into the format record. */
export function createStore(file: File, birth: StoreBirth, more: Readonly<Record<string, unknown>> = {}): void {
  const format = {
    name: FORMAT_NAME,
    version: FORMAT_VERSION,
    createdUs: birth.nowUs,
    resolutionsS: [...RESOLUTIONS_S],
  };
  file.put(FORMAT_KEY, encodeBlock({ ...format, ...more }));
  file.put(DEVICE_KEY, encodeBlock(newDevice(birth, birth.nowUs)));
  file.put(STATE_KEY, encodeBlock({ ...newState(), alignS: alignmentOf(birth.offsetS) }));
}

/** From an older format to this one; the caller has made sure that it is not newer. */
export function migrateStore(file: File, birth: StoreBirth): void {
  const bytes = file.get(FORMAT_KEY);
  const format = (bytes === undefined ? {} : decodeBlock(bytes)) as { version?: unknown };
  const version = typeof format.version === 'number' ? format.version : FORMAT_VERSION;
  if (version >= FORMAT_VERSION) return;
  for (const step of STEPS.slice(version - 1)) step(file, birth);
  file.put(FORMAT_KEY, encodeBlock({ ...format, version: FORMAT_VERSION }));
}

/** STEPS[0] leads from format 1 to 2. */
const STEPS: readonly ((file: File, birth: StoreBirth) => void)[] = [toChunks];

/** Buckets that share an entry; a device. Days stay where they are, at midnight UTC: they cannot be cut anew. */
function toChunks(file: File, birth: StoreBirth): void {
  const format = decodeBlock(file.get(FORMAT_KEY)!) as { createdUs?: unknown };
  file.put(DEVICE_KEY, encodeBlock(newDevice(birth, Number(format.createdUs ?? birth.nowUs))));
  const stored = file.get(STATE_KEY);
  const state: StoreState = stored === undefined ? newState() : parseState(decodeBlock(stored));
  const chunks = new ChunkStore();
  RESOLUTIONS_S.forEach((resolutionS, level) => {
    for (const kind of BLOCK_KINDS) {
      const end = bucketKey(kind, resolutionS, Number.MAX_SAFE_INTEGER);
      for (;;) {
        const keys = file.keys(bucketKey(kind, resolutionS, 0), end, KEYS_A_STEP);
        for (const key of keys) {
          const bytes = file.get(key);
          const bucket = bucketOf(Number(key[2]), level, state.alignS);
          if (bytes !== undefined) chunks.put(file, kind, level, bucket, readFormat1Block(kind, bytes));
          file.remove(key);
        }
        if (keys.length < KEYS_A_STEP) break;
      }
    }
  });
  chunks.flush(
    file,
    RESOLUTIONS_S.map(() => Number.POSITIVE_INFINITY),
  );
  file.put(STATE_KEY, encodeBlock({ ...state, layout: CHUNK_LAYOUT }));
}

const KEYS_A_STEP = 5000;

function newDevice({ hostname, platform }: StoreBirth, createdUs: number): DeviceRecord {
  return { id: randomUUID(), hostname, platform, createdUs };
}

/** Undefined in a store of format 1. */
export function readDevice(file: BlockReader): DeviceRecord | undefined {
  const bytes = file.get(DEVICE_KEY);
  const value = bytes === undefined ? undefined : decodeBlock(bytes);
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, hostname, platform, createdUs } = value as Record<string, unknown>;
  if (typeof id !== 'string') return undefined;
  return { id, hostname: String(hostname ?? ''), platform: String(platform ?? ''), createdUs: Number(createdUs ?? 0) };
}
