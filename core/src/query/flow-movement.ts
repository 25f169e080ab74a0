// What a flow moved since it was looked at last. Owns: what was seen of each flow then. Bound: four numbers a row of the flow table.
import { type FlowColumns, SUM_BYTES, SUM_FIRST_US, SUM_PACKETS, SUMS } from '../flow/flow-columns.js';
import type { Movement } from './traffic-table.js';

const SEEN = 4;
const SEEN_BYTES = 0;
const SEEN_PACKETS = SUM_PACKETS - SUM_BYTES;

export class FlowMovement {
  readonly #columns: FlowColumns;
  /** Bytes of both sides, then packets of both: as in `sums` from SUM_BYTES on. */
  readonly #seen: Float64Array;
  readonly #moved = { txBytes: 0, rxBytes: 0, txPackets: 0, rxPackets: 0, flowsStarted: 0, firstUs: 0 };

  constructor(columns: FlowColumns) {
    this.#columns = columns;
    this.#seen = new Float64Array(columns.capacity * SEEN);
  }

  hasMoved(flow: number): boolean {
    const { sums } = this.#columns;
    const at = flow * SUMS + SUM_PACKETS;
    const seen = flow * SEEN + SEEN_PACKETS;
    return sums[at] !== this.#seen[seen] || sums[at + 1] !== this.#seen[seen + 1];
  }

  /** Looks again. The answer is good until the next call: whoever keeps it makes a copy. */
  take(flow: number, localSide: number): Readonly<Movement> {
    const { sums } = this.#columns;
    const moved = this.#moved;
    const seen = this.#seen;
    const own = flow * SUMS + localSide;
    const other = flow * SUMS + 1 - localSide;
    const seenOwn = flow * SEEN + localSide;
    const seenOther = flow * SEEN + 1 - localSide;
    moved.flowsStarted = seen[seenOwn + SEEN_PACKETS] === 0 && seen[seenOther + SEEN_PACKETS] === 0 ? 1 : 0;
    moved.txBytes = sums[own + SUM_BYTES]! - seen[seenOwn + SEEN_BYTES]!;
    moved.rxBytes = sums[other + SUM_BYTES]! - seen[seenOther + SEEN_BYTES]!;
    moved.txPackets = sums[own + SUM_PACKETS]! - seen[seenOwn + SEEN_PACKETS]!;
    moved.rxPackets = sums[other + SUM_PACKETS]! - seen[seenOther + SEEN_PACKETS]!;
    moved.firstUs = sums[flow * SUMS + SUM_FIRST_US]!;
    for (let i = 0; i < SEEN; i++) seen[flow * SEEN + i] = sums[flow * SUMS + SUM_BYTES + i]!;
    return moved;
  }

  forget(flow: number): void {
    this.#seen.fill(0, flow * SEEN, flow * SEEN + SEEN);
  }
}
