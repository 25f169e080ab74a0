// Remembers which flow a first fragment belonged to, so that later fragments, which carry no ports, find it.
// Bound: MAX_FRAGMENTS entries, direct-mapped: a newer datagram takes the place of an older one.
/** @hot */

import { MAX_FRAGMENTS } from '../kernel/limits.js';
import { NONE } from './flow-index.js';

export class FragmentTable {
  readonly #fragmentId = new Uint32Array(MAX_FRAGMENTS);
  readonly #flow = new Int32Array(MAX_FRAGMENTS).fill(NONE);
  readonly #generation = new Uint32Array(MAX_FRAGMENTS);

  /** `hash` mixes addresses, protocol and fragment id; the caller checks the addresses of the flow it gets back. */
  remember(hash: number, fragmentId: number, flow: number, generation: number): void {
    const slot = hash & (MAX_FRAGMENTS - 1);
    this.#fragmentId[slot] = fragmentId;
    this.#flow[slot] = flow;
    this.#generation[slot] = generation;
  }

  /** The flow, or NONE when the first fragment was not seen or its flow has ended since. */
  find(hash: number, fragmentId: number, generations: Uint32Array): number {
    const slot = hash & (MAX_FRAGMENTS - 1);
    const flow = this.#flow[slot]!;
    if (flow === NONE || this.#fragmentId[slot] !== fragmentId) return NONE;
    return generations[flow] === this.#generation[slot] ? flow : NONE;
  }
}
