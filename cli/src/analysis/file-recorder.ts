// A capture file into the store, as if it had been recorded live: one interval every SLICE_US of packet time, client side as
// this host. Owns: the cut into intervals, and how many of them one transaction takes. Bound: MAX_WAITING_ROWS rows and
// MAX_WAITING_EVENTS events, and what one piece of the file holds, wait to be written.
import type { DnsAnswered, EventKind, FlowEnded, KaipoEvent } from '@kaipo/core/api/index.js';
import { emptyInterval, type IntervalRecord } from '@kaipo/core/api/interval-record.js';
import type { Engine } from '@kaipo/core/engine/engine.js';
import type { FrameBatch } from '@kaipo/core/frame/frame-batch.js';
import { LiveView } from '@kaipo/core/query/live-view.js';
import type { Store } from '@kaipo/core/store/store.js';
import type { Privacy } from '../live/interval-record.js';
import { viewSource } from '../live/view-source.js';

/** The second-finest resolution of the store: a file is looked at over its whole length. */
export const SLICE_US = 10e6;
/** Ended flows and names that wait for a transaction. */
const MAX_WAITING_EVENTS = 4096;
/** Series rows that wait: a transaction costs as much as some thousand of them. */
const MAX_WAITING_ROWS = 8192;

export class FileRecorder {
  readonly #store: Store;
  readonly #engine: Engine;
  readonly #view: LiveView;
  readonly #privacy: Privacy;
  #slice = Number.NaN;
  #ended: FlowEnded[] = [];
  #names: DnsAnswered[] = [];
  #intervals: IntervalRecord[] = [];
  #rows = 0;
  #lastPackets = 0;
  #lastBytes = 0;
  #queue: Promise<void> = Promise.resolve();

  /** @param privacy with `usage-only` nothing is kept but how much moved, in which zone. */
  constructor(store: Store, engine: Engine, privacy: Privacy = 'full') {
    this.#privacy = privacy;
    this.#store = store;
    this.#engine = engine;
    this.#view = new LiveView(viewSource(engine));
  }

  /** Call before the engine gets the batch; the reader cuts batches at multiples of SLICE_US. */
  beforeBatch(batch: FrameBatch): void {
    const tsUs = batch.tsUs[0] ?? Number.NaN;
    const slice = Number.isFinite(tsUs) ? Math.floor(tsUs / SLICE_US) : 0;
    if (slice === this.#slice) return;
    this.#endSlice();
    this.#slice = slice;
  }

  flowEnded(flow: number): void {
    this.#view.flowEnded(flow);
  }

  /** What the store keeps of the events. */
  get wants(): readonly EventKind[] {
    return this.#privacy === 'usage-only' ? [] : ['flow.ended', 'dns.answered'];
  }

  events(events: readonly KaipoEvent[]): void {
    for (const event of events) {
      if (event.kind === 'flow.ended') this.#ended.push(event);
      else if (event.kind === 'dns.answered') this.#names.push(event);
      if (this.#ended.length >= MAX_WAITING_EVENTS || this.#names.length >= MAX_WAITING_EVENTS) this.#append();
    }
  }

  /** The input is over: hands everything that was seen since the last transaction to the store. */
  closeSlice(): void {
    this.#endSlice();
    this.#append();
  }

  #endSlice(): void {
    const tally = this.#engine.tally;
    const packets = tally.packets - this.#lastPackets;
    const bytes = tally.bytes - this.#lastBytes;
    if (packets === 0) return;
    this.#lastPackets = tally.packets;
    this.#lastBytes = tally.bytes;
    const { protocols, hosts, unknown } = this.#view.takeScoped();
    const isFull = this.#privacy === 'full';
    const startUs = this.#startUs();
    const record: IntervalRecord = {
      startUs,
      endUs: startUs + SLICE_US,
      mode: 'file',
      interfaces: [],
      apps: [],
      protocols: isFull ? protocols : [],
      hosts: isFull ? hosts : [],
      // Nobody has looked for a socket: that it is from a file is all there is to say.
      unknown: unknown.map((row) => ({ ...row, name: 'file' })),
      capture: { received: packets, delivered: packets, droppedByKernel: 0, droppedByHelper: 0 },
      // No kernel counter has seen a file.
      books: [{ interface: '', category: 'unknown', reason: 'file', bytes }],
    };
    this.#intervals.push(record);
    this.#engine.analysis.detectors.interval(record);
    this.#rows += protocols.length + hosts.length + unknown.length;
    if (this.#rows >= MAX_WAITING_ROWS) this.#append();
  }

  /** One transaction with all that waits. Events without an interval of their own come with an empty one. */
  #append(): void {
    const ended = this.#ended;
    const names = this.#names;
    const hasEvents = ended.length + names.length > 0;
    if (!hasEvents && this.#intervals.length === 0) return;
    const intervals = this.#intervals.length > 0 ? this.#intervals : [emptyInterval(this.#startUs(), 'file')];
    this.#intervals = [];
    this.#rows = 0;
    this.#ended = [];
    this.#names = [];
    this.#queue = this.#queue.then(() => this.#store.append({ intervals, ended, names }));
    // The error reaches whoever waits; without this it would also end the process as unhandled.
    this.#queue.catch(() => undefined);
  }

  #startUs(): number {
    return (Number.isNaN(this.#slice) ? 0 : this.#slice) * SLICE_US;
  }

  /** Resolves when everything handed over is committed; rejects with what the store said. */
  written(): Promise<void> {
    return this.#queue;
  }
}
