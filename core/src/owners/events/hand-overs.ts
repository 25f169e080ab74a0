// When a UDP port got another owner who talks to the same end: for the packets it is one flow, for people it is two. Owns: these moments
// until their packets have passed. Must not know processes. Bound: MAX_PENDING moments, KEEP_US each; beyond it the oldest go, and
// the bytes of both owners stay with the first.
import {
  FLOW_LIVE,
  type FlowColumns,
  flowAddressWord,
  KEY_META,
  KEY_PORTS,
  KEY_WORDS,
  SIDE_A,
  SIDE_B,
  SUM_FIRST_US,
  SUMS,
} from '../../flow/flow-columns.js';
import type { FlowTable } from '../../flow/flow-table.js';
import type { FlowSplits } from '../../flow/flow-table-options.js';
import { addressKeyOfWords } from '../../kernel/address-key.js';

const MAX_PENDING = 65_536;
/** Packets come after the events they belong to, within the time the kernel gathers them. */
const KEEP_US = 10e6;
/** The route is looked up just before the packet passes; the two clocks are read one after the other. */
const SLACK_US = 3;
const UDP = 17;

interface HandOver {
  readonly key: string;
  /** Monotonic. */
  readonly atUs: number;
}

export class HandOvers implements FlowSplits {
  readonly #byKey = new Map<string, number[]>();
  #order: HandOver[] = [];
  #isNew = false;
  #offsetUs = 0;
  #flows: FlowTable | undefined;

  get size(): number {
    return this.#byKey.size;
  }

  /** The table whose flows are to be split. */
  attach(flows: FlowTable): void {
    this.#flows = flows;
  }

  add(localPort: number, remotePort: number, remoteKey: number, atUs: number): void {
    const key = keyOf(localPort, remotePort, remoteKey);
    const times = this.#byKey.get(key);
    if (times === undefined) this.#byKey.set(key, [atUs]);
    else times.push(atUs);
    this.#order.push({ key, atUs });
    this.#isNew = true;
  }

  /** What was learned in this round holds for flows that are there already, too. @param offsetUs wall clock minus monotonic. */
  endRound(offsetUs: number, nowUs: number): void {
    this.#offsetUs = offsetUs;
    if (this.#isNew && this.#flows !== undefined) this.#mark(this.#flows);
    this.#isNew = false;
    let gone = Math.max(0, this.#order.length - MAX_PENDING);
    while (gone < this.#order.length && this.#order[gone]!.atUs < nowUs - KEEP_US) gone += 1;
    if (gone === 0) return;
    for (const { key } of this.#order.slice(0, gone)) {
      const times = this.#byKey.get(key);
      times?.shift();
      if (times?.length === 0) this.#byKey.delete(key);
    }
    this.#order = this.#order.slice(gone);
  }

  nextUs(columns: FlowColumns, flow: number, tsUs: number): number {
    const words = columns.key;
    const at = flow * KEY_WORDS;
    if (words[at + KEY_META]! % 256 !== UDP) return Number.POSITIVE_INFINITY;
    const ports = words[at + KEY_PORTS]!;
    const [portA, portB] = [ports >>> 16, ports & 0xffff];
    const isV4 = ((words[at + KEY_META]! >>> 8) & 0xff) === 4;
    return Math.min(
      this.#after(keyOf(portA, portB, endKey(columns, flow, SIDE_B, isV4)), tsUs),
      this.#after(keyOf(portB, portA, endKey(columns, flow, SIDE_A, isV4)), tsUs),
    );
  }

  #after(key: string, tsUs: number): number {
    const times = this.#byKey.get(key);
    if (times === undefined) return Number.POSITIVE_INFINITY;
    for (const atUs of times) if (atUs + this.#offsetUs - SLACK_US > tsUs) return atUs + this.#offsetUs - SLACK_US;
    return Number.POSITIVE_INFINITY;
  }

  #mark({ columns, highWater }: FlowTable): void {
    for (let flow = 0; flow < highWater; flow++) {
      if (columns.state[flow] !== FLOW_LIVE || columns.key[flow * KEY_WORDS + KEY_META]! % 256 !== UDP) continue;
      const firstUs = columns.sums[flow * SUMS + SUM_FIRST_US]!;
      columns.splitUs[flow] = this.nextUs(columns, flow, firstUs);
    }
  }
}

const keyOf = (localPort: number, remotePort: number, remoteKey: number): string =>
  `${localPort} ${remotePort} ${remoteKey}`;

function endKey(columns: FlowColumns, flow: number, side: number, isV4: boolean): number {
  const [first, second, third, fourth] = [0, 1, 2, 3].map((word) => flowAddressWord(columns, flow, side, word) >>> 0);
  return isV4 ? first! : addressKeyOfWords(first!, second!, third!, fourth!);
}
