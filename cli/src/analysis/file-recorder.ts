// A capture file into the store, as if it had been recorded live: one interval every SLICE_US of packet time, client side as
// this host. Owns: the cut into intervals. Bound: what one piece of the file holds waits to be written.
import type { DnsAnswered, FlowEnded, KaipoEvent } from '@kaipo/core/api/index.js';
import type { Engine } from '@kaipo/core/engine/engine.js';
import type { FrameBatch } from '@kaipo/core/frame/frame-batch.js';
import { LiveView } from '@kaipo/core/query/live-view.js';
import { emptyInterval, type IntervalRecord } from '@kaipo/core/store/interval-record.js';
import type { Store } from '@kaipo/core/store/store.js';
import { viewSource } from '../live/view-source.js';

/** The second-finest resolution of the store: a file is looked at over its whole length. */
export const SLICE_US = 10e6;
/** Ended flows and names that wait for the end of a slice. */
const MAX_WAITING_EVENTS = 4096;

export class FileRecorder {
  readonly #store: Store;
  readonly #engine: Engine;
  readonly #view: LiveView;
  #slice = Number.NaN;
  #ended: FlowEnded[] = [];
  #names: DnsAnswered[] = [];
  #lastPackets = 0;
  #lastBytes = 0;
  #queue: Promise<void> = Promise.resolve();

  constructor(store: Store, engine: Engine) {
    this.#store = store;
    this.#engine = engine;
    this.#view = new LiveView(viewSource(engine));
  }

  /** Call before the engine gets the batch; the reader cuts batches at multiples of SLICE_US. */
  beforeBatch(batch: FrameBatch): void {
    const tsUs = batch.tsUs[0] ?? Number.NaN;
    const slice = Number.isFinite(tsUs) ? Math.floor(tsUs / SLICE_US) : 0;
    if (slice === this.#slice) return;
    this.closeSlice();
    this.#slice = slice;
  }

  flowEnded(flow: number): void {
    this.#view.flowEnded(flow);
  }

  event(event: KaipoEvent): void {
    if (event.kind === 'flow.ended') this.#ended.push(event);
    else if (event.kind === 'dns.answered') this.#names.push(event);
    if (this.#ended.length >= MAX_WAITING_EVENTS || this.#names.length >= MAX_WAITING_EVENTS) this.#handOver();
  }

  /** Events alone, before there are too many of them: the sums of the slice follow when it closes. */
  #handOver(): void {
    this.#append(emptyInterval(this.#startUs(), 'file'));
  }

  #startUs(): number {
    return (Number.isNaN(this.#slice) ? 0 : this.#slice) * SLICE_US;
  }

  #append(record: IntervalRecord): void {
    const ended = this.#ended;
    const names = this.#names;
    this.#ended = [];
    this.#names = [];
    this.#queue = this.#queue.then(() => this.#store.append({ intervals: [record], ended, names }));
    // The error reaches whoever waits; without this it would also end the process as unhandled.
    this.#queue.catch(() => undefined);
  }

  /** Hands what was seen since the last call to the store. */
  closeSlice(): void {
    const tally = this.#engine.tally;
    const packets = tally.packets - this.#lastPackets;
    const bytes = tally.bytes - this.#lastBytes;
    if (packets === 0 && this.#ended.length === 0) return;
    this.#lastPackets = tally.packets;
    this.#lastBytes = tally.bytes;
    const movement = this.#view.take();
    const startUs = this.#startUs();
    this.#append({
      startUs,
      endUs: startUs + SLICE_US,
      mode: 'file',
      interfaces: [],
      apps: [],
      protocols: movement.allProtocols.map(({ flowsStarted, ...row }) => ({ ...row, flows: flowsStarted })),
      hosts: movement.allHosts.map(({ ip, flowsStarted, ...row }) => ({ ...row, name: ip, flows: flowsStarted })),
      unknown: movement.allProtocols.map(({ flowsStarted, ...row }) => ({ ...row, name: 'file', flows: flowsStarted })),
      capture: { received: packets, delivered: packets, droppedByKernel: 0, droppedByHelper: 0 },
      // No kernel counter has seen a file.
      books: [{ interface: '', category: 'unknown', reason: 'file', bytes }],
    });
  }

  /** Resolves when everything handed over is committed; rejects with what the store said. */
  written(): Promise<void> {
    return this.#queue;
  }
}
