// What travels over the control socket of a recorder: a length (4 bytes, big-endian) and that many bytes of msgpack, one plain map.
// Owns the frame, its bounds and the words. Must not know sockets. Bound: the limit the reader was made with, checked before
// memory is taken; a frame that breaks it ends the conversation.
import { type LiveDetails, type LiveSubject, SUBJECT_KINDS } from '@kaipo/core/query/live-details.js';
import type { LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import { Packr } from 'msgpackr';

/** Both ends must say the same: a snapshot of another shape would be drawn wrongly. */
export const CONTROL_PROTOCOL = 1;
export const MAX_REQUEST_BYTES = 65_536;
export const MAX_ANSWER_BYTES = 16 << 20;
const LENGTH_BYTES = 4;

/** `alerts`: with a `change`, an AlertChange. `view`: only of whoever is attached, and answered by what they are sent from then on: ViewRequest. */
export const RECORDER_REQUESTS = ['attach', 'flush', 'compact', 'reload', 'status', 'view', 'alerts'] as const;
export type RecorderRequest = (typeof RECORDER_REQUESTS)[number];

/** What whoever is attached wants to see. */
export interface ViewRequest {
  /** The long lists. */
  readonly isWide: boolean;
  /** The row whose details come with each snapshot. */
  readonly subject?: LiveSubject;
}

/** What a recorder says of itself; the answer to `status`, and the first frame after `attach`. */
export interface RecorderStatus {
  readonly pid: number;
  readonly protocol: number;
  /** Seconds since the epoch. */
  readonly since: number;
  readonly store: string;
  readonly pollIntervalS: number;
  readonly batchIntervalS: number;
  readonly recording: LiveSnapshot['recording'];
  readonly waitingIntervals: number;
  readonly mergedIntervals: number;
  readonly lostIntervals: number;
  readonly lostFlows: number;
  /** Pages of [[report]]: made, and tries that failed. */
  readonly reports?: { readonly made: number; readonly failed: number };
  /** It understands `view`; older ones do not. */
  readonly canView?: boolean;
}

/** `missed`: snapshots this reader was too slow for since the one before. */
export type RecorderFrame =
  | { readonly kind: 'answer'; readonly [field: string]: unknown }
  | { readonly kind: 'error'; readonly code: string; readonly message: string; readonly fix?: string }
  | { readonly kind: 'snapshot'; readonly missed: number; readonly snapshot: LiveSnapshot }
  /** Of the row that is watched: before each snapshot, and at once when it is asked for. */
  | { readonly kind: 'details'; readonly details?: LiveDetails }
  | { readonly kind: 'end' };

const MAX_KEY = 1024;

/** Of a `view` request; undefined when it is none. */
export function viewRequest({ isWide, subject }: Record<string, unknown>): ViewRequest | undefined {
  if (typeof isWide !== 'boolean') return undefined;
  if (subject === undefined) return { isWide };
  if (typeof subject !== 'object' || subject === null) return undefined;
  const { kind, key } = subject as Record<string, unknown>;
  const known = SUBJECT_KINDS.find((one) => one === kind);
  if (known === undefined || typeof key !== 'string' || key.length > MAX_KEY) return undefined;
  return { isWide, subject: { kind: known, key } };
}

// Plain maps: no record structures that only one connection knows.
const packr = new Packr({ useRecords: false, variableMapSize: true });

/** Raises RangeError for a value that is larger than any reader takes. */
export function encodeFrame(value: object): Buffer {
  const body = packr.pack(value);
  if (body.length > MAX_ANSWER_BYTES) throw new RangeError(`a frame of ${body.length} bytes is too large`);
  const frame = Buffer.allocUnsafe(LENGTH_BYTES + body.length);
  frame.writeUInt32BE(body.length, 0);
  body.copy(frame, LENGTH_BYTES);
  return frame;
}

/** Cuts a byte stream into maps. */
export class FrameReader {
  readonly #maxBytes: number;
  #parts: Uint8Array[] = [];
  #held = 0;
  #wanted = LENGTH_BYTES;
  #isBody = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Hands each complete map to `take`. Answers false when the stream is not one of frames: nothing more can be read. */
  push(bytes: Uint8Array, take: (frame: Record<string, unknown>) => void): boolean {
    this.#parts.push(bytes);
    this.#held += bytes.length;
    while (this.#held >= this.#wanted) {
      const chunk = this.#cut(this.#wanted);
      if (!this.#isBody) {
        const length = chunk.readUInt32BE(0);
        if (length === 0 || length > this.#maxBytes) return false;
        this.#wanted = length;
        this.#isBody = true;
        continue;
      }
      this.#wanted = LENGTH_BYTES;
      this.#isBody = false;
      const frame = decode(chunk);
      if (frame === undefined) return false;
      take(frame);
    }
    return true;
  }

  #cut(length: number): Buffer {
    const all = Buffer.concat(this.#parts);
    this.#held = all.length - length;
    this.#parts = this.#held === 0 ? [] : [all.subarray(length)];
    return all.subarray(0, length);
  }
}

function decode(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = packr.unpack(bytes);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
