/** @hot */
// Counts packets and puts them into the stream. Owns: the counters of every interface, the statistics once a second. No queue:
// what the output refuses is dropped and counted.
import type { BlockWriter } from './block-writer.js';
import { originalLength } from './original-length.js';
import type { StreamOutput } from './stream-output.js';
import type { WallClock } from './wall-clock.js';

const STATISTICS_INTERVAL_MS = 1000;

export class Capture {
  readonly #output: StreamOutput;
  readonly #writer: BlockWriter;
  readonly #clock: WallClock;
  readonly #snaplen: number;
  readonly #received: Float64Array;
  readonly #delivered: Float64Array;
  #nextStatisticsMs = 0;

  constructor(output: StreamOutput, writer: BlockWriter, clock: WallClock, interfaces: number, snaplen: number) {
    this.#output = output;
    this.#writer = writer;
    this.#clock = clock;
    this.#snaplen = snaplen;
    this.#received = new Float64Array(interfaces);
    this.#delivered = new Float64Array(interfaces);
  }

  /** A packet of `length` bytes stands in `buffer`. */
  onPacket(interfaceId: number, buffer: Uint8Array, length: number, linkType: number): void {
    const nowMs = this.#clock.read();
    const captured = Math.min(length, this.#snaplen);
    this.#received[interfaceId]! += 1;
    if (this.#writer.packet(interfaceId, buffer, captured, originalLength(buffer, length, linkType))) {
      this.#delivered[interfaceId]! += 1;
    }
    // cap empties its ring in one loop without returning to the event loop: under load no timer runs, so it is done here.
    if (nowMs >= this.#nextStatisticsMs) this.#writeStatistics(nowMs);
    this.#output.committed();
  }

  /** For the timer that keeps the heartbeat when no packet comes. */
  onTick(): void {
    const nowMs = this.#clock.read();
    if (nowMs < this.#nextStatisticsMs) return;
    this.#writeStatistics(nowMs);
    this.#output.committed();
  }

  /** The last word of every interface. */
  finish(): void {
    this.#writeStatistics(this.#clock.read());
  }

  #writeStatistics(nowMs: number): void {
    this.#nextStatisticsMs = nowMs + STATISTICS_INTERVAL_MS;
    for (let id = 0; id < this.#received.length; id += 1) {
      // Refused only when the reader has stopped for long: the counters are totals, the next block makes up for it.
      this.#writer.statistics(id, this.#received[id]!, this.#delivered[id]!);
    }
  }
}
