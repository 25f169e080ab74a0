// Flows that nobody has answered: what a scan, or a flood of packets with made-up senders, leaves in the table. Owns: what counts as one,
// and the hand that looks for the next: it goes round the rows, so the oldest go first.
// Must not know when one has to go. Bound: a number; one row a look.
/** @hot */
import { FLOW_LIVE, type FlowColumns, KEY_META, KEY_WORDS, SUM_PACKETS, SUMS } from './flow-columns.js';
import { NONE } from './flow-index.js';

/** Packets of a TCP flow nobody has answered: a SYN, and one more try. Of a longer one something is known that is worth keeping. */
const MAX_TCP_PACKETS = 2;
const TCP = 6;

export class UnansweredFlows {
  readonly #columns: FlowColumns;
  #hand = 0;

  constructor(columns: FlowColumns) {
    this.#columns = columns;
  }

  /** Looks at the next of `used` rows. @returns its flow if nobody has answered it, else NONE. */
  look(used: number): number {
    if (this.#hand >= used) this.#hand = 0;
    const flow = this.#hand++;
    return this.#columns.state[flow] === FLOW_LIVE && isUnanswered(this.#columns, flow) ? flow : NONE;
  }
}

/** Has one side alone sent, and hardly anything: one packet, of TCP two? */
export function isUnanswered(columns: FlowColumns, flow: number): boolean {
  const at = flow * SUMS + SUM_PACKETS;
  const a = columns.sums[at]!;
  const b = columns.sums[at + 1]!;
  if (a !== 0 && b !== 0) return false;
  return a + b <= (columns.key[flow * KEY_WORDS + KEY_META]! % 256 === TCP ? MAX_TCP_PACKETS : 1);
}

/** Of TCP: is a SYN all there is? */
export function isUnansweredSyn(columns: FlowColumns, flow: number): boolean {
  return columns.clientCertain[flow] === 1 && isUnanswered(columns, flow);
}
