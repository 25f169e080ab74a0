// One interval as the web tells it: the snapshot, and its tick record as bytes, made when they are first asked for and once for everybody.
// Must not know who asks. Bound: two texts, each of at most WIDE_ROWS flows and hosts; the snapshot bounds the rest.
import type { LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import { tickRecord } from '../tui/tick-record.js';

/** `wide`: more flows and hosts. */
export type TickView = 'usual' | 'wide';

const WIDE_ROWS = 200;

export class LivePicture {
  readonly snapshot: LiveSnapshot;
  /** The recorder's, or of an own session that records nothing? */
  readonly isFromRecorder: boolean;
  readonly #bytes = new Map<TickView, Buffer>();

  constructor(snapshot: LiveSnapshot, isFromRecorder: boolean) {
    this.snapshot = snapshot;
    this.isFromRecorder = isFromRecorder;
  }

  /** The tick record as JSON. */
  bytes(view: TickView = 'usual'): Buffer {
    const made = this.#bytes.get(view);
    if (made !== undefined) return made;
    const record = view === 'wide' ? tickRecord(this.snapshot, WIDE_ROWS) : tickRecord(this.snapshot);
    const bytes = Buffer.from(JSON.stringify(record));
    this.#bytes.set(view, bytes);
    return bytes;
  }
}
