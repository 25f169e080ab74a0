// Frames that programs gave to the network themselves (AF_PACKET). Owns: the last of them, by time. Bound: MAX_SENDS, the oldest goes first.
import type { TracedProcess } from './traced-processes.js';

const MAX_SENDS = 4096;
/** The event comes when the send returns; the packet was stamped before. */
const BEFORE_US = 5000;
const AFTER_US = 200;
const LINK_HEADER_BYTES = 14;

export class PacketSends {
  readonly #processes: (TracedProcess | undefined)[] = new Array<undefined>(MAX_SENDS).fill(undefined);
  readonly #timesUs = new Float64Array(MAX_SENDS);
  readonly #bytes = new Int32Array(MAX_SENDS);
  #next = 0;
  #latestUs = Number.NEGATIVE_INFINITY;

  add(process: TracedProcess, bytes: number, timeUs: number): void {
    this.#processes[this.#next] = process;
    this.#timesUs[this.#next] = timeUs;
    this.#bytes[this.#next] = bytes;
    this.#next = (this.#next + 1) % MAX_SENDS;
    this.#latestUs = Math.max(this.#latestUs, timeUs);
  }

  /**
   * The only process that sent frames of this length about this moment; undefined when there was none, or more than one. What was sent
   * may lack the link header, which the kernel then wrote.
   */
  onlySenderAt(timeUs: number, frameBytes: number): TracedProcess | undefined {
    if (this.#latestUs - timeUs < -AFTER_US) return undefined;
    let found: TracedProcess | undefined;
    for (let i = 0; i < MAX_SENDS; i++) {
      const process = this.#processes[i];
      const afterUs = this.#timesUs[i]! - timeUs;
      if (process === undefined || afterUs > BEFORE_US || afterUs < -AFTER_US) continue;
      const missing = frameBytes - this.#bytes[i]!;
      if (missing !== 0 && missing !== LINK_HEADER_BYTES) continue;
      if (found !== undefined && found !== process) return undefined;
      found = process;
    }
    return found;
  }
}
