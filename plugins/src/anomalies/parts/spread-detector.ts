// A rule over how far something spreads: fed with the steps of flows, it judges a key some moments after it has spread far, when answers
// have had time to come. Owns: when a key is judged, how often what goes on is found again. Must not know rules: a `SpreadRule` says what
// is counted under which key and what is too much.
// Bound: that of its SpreadTable, SUSPECTS keys to be judged, and `Said`.
import {
  type AlertRaised,
  ANSWERED_OTHER,
  ANSWERED_TCP,
  type Detector,
  type EventKind,
  type EventWriter,
  type FlowSteps,
  LOCAL_CLIENT,
  LOCAL_SERVER,
  STEP_ANSWERED,
  STEP_BEGAN,
  STEP_MANY,
  STEP_WENT_ON,
  WENT_ON,
} from '@kaipo/core/api/index.js';
import { Said } from './said.js';
import { SpreadTable } from './spread-table.js';

const SUSPECTS = 512;
const NO_EVENTS: readonly EventKind[] = [];
/** Answers may take so long. */
const PATIENCE_US = 1e6;
/** What goes on is found again so often. */
const AGAIN_US = 10e6;
const MANY_PACKETS = 1024;
const RST = 4;
const TCP = 6;

/** Who and where, as the last step of the key told it. */
export interface Ends {
  readonly clientIp: string;
  readonly serverIp: string;
  readonly serverPort: number;
  readonly interface?: string;
  readonly direction?: 'in' | 'out';
}

export interface SpreadRule {
  readonly rule: string;
  readonly windowUs: number;
  /** Judged from so many different items on; or, of rules about the number of flows, so many flows. */
  readonly least: number;
  readonly counts: 'items' | 'flows';
  /** BEGAN_… and what answers them: other rows are passed over. */
  readonly kinds: number;
  /** Fills `table.key` for this row; false: not of this rule. Also asked of answers to find what they answer. */
  keyOf(steps: FlowSteps, row: number, table: SpreadTable): boolean;
  itemOf(steps: FlowSteps, row: number): number;
  isService(steps: FlowSteps, row: number): boolean;
  /** Undefined: it is nothing. */
  judge(table: SpreadTable, at: number, ends: Ends): Omit<AlertRaised, 'kind' | 'tsUs' | 'rule'> | undefined;
}

interface Suspect {
  readonly at: number;
  readonly generation: number;
  readonly ends: Ends;
  readonly dueUs: number;
}

export class SpreadDetector implements Detector {
  readonly wants = NO_EVENTS;
  readonly table: SpreadTable;
  readonly #rule: SpreadRule;
  readonly #said = new Said(AGAIN_US);
  readonly #suspects = new Map<number, Suspect>();
  #out: EventWriter | undefined;
  #nextDueUs = Number.POSITIVE_INFINITY;
  /** Keys that had to be judged at once, because too many waited. */
  hurried = 0;

  constructor(rule: SpreadRule) {
    this.#rule = rule;
    this.table = new SpreadTable(rule.windowUs, (at) => this.#leave(at));
  }

  onFlowSteps(steps: FlowSteps, out: EventWriter): void {
    this.#out = out;
    const { kind, length } = steps;
    // As long as nothing began, there is nothing to be answered.
    const answers = ANSWERED_TCP | ANSWERED_OTHER | WENT_ON;
    let { kinds } = this.#rule;
    if (this.table.isEmpty) kinds &= ~answers;
    for (let row = 0; row < length; row++) {
      if ((kind[row]! & kinds) === 0) continue;
      this.#take(steps, row, out);
      if (!this.table.isEmpty) kinds = this.#rule.kinds;
    }
  }

  onTick(nowUs: number, out: EventWriter): void {
    if (nowUs < this.#nextDueUs) return;
    this.#nextDueUs = Number.POSITIVE_INFINITY;
    for (const suspect of this.#suspects.values()) {
      if (suspect.dueUs <= nowUs) this.#judge(suspect, nowUs, out);
      else this.#nextDueUs = Math.min(this.#nextDueUs, suspect.dueUs);
    }
  }

  #take(steps: FlowSteps, row: number, out: EventWriter): void {
    const { table } = this;
    const step = steps.step[row]!;
    const tsUs = steps.tsUs[row]!;
    // The steps of many seconds may come at once.
    if (tsUs >= this.#nextDueUs) this.onTick(tsUs, out);
    if (!this.#rule.keyOf(steps, row, table)) return;
    if (step === STEP_BEGAN || step === STEP_MANY)
      this.#begin(steps, row, tsUs, step === STEP_MANY ? MANY_PACKETS : 1, out);
    else {
      const at = table.find(tsUs);
      if (at < 0) return;
      if (step === STEP_WENT_ON) table.wentOn[at] = table.wentOn[at]! + 1;
      else if (step === STEP_ANSWERED && isYes(steps, row)) table.answered[at] = table.answered[at]! + 1;
    }
  }

  #begin(steps: FlowSteps, row: number, tsUs: number, weight: number, out: EventWriter): void {
    const { table } = this;
    const { least, counts } = this.#rule;
    const at = table.take(tsUs);
    table.began[at] = table.began[at]! + weight;
    table.addItem(at, this.#rule.itemOf(steps, row), this.#rule.isService(steps, row), tsUs);
    if ((counts === 'items' ? table.different(at) : table.began[at]!) < least) return;
    const known = this.#suspects.get(at);
    if (known !== undefined && known.generation === table.generation[at]) return;
    this.#suspect(
      at,
      { at, generation: table.generation[at]!, ends: endsOf(steps, row), dueUs: tsUs + PATIENCE_US },
      out,
    );
  }

  #suspect(at: number, suspect: Suspect, out: EventWriter): void {
    if (this.#suspects.size >= SUSPECTS && !this.#suspects.has(at)) {
      const [oldest] = this.#suspects.values();
      this.hurried += 1;
      this.#judge(oldest!, oldest!.dueUs, out);
    }
    this.#suspects.set(at, suspect);
    this.#nextDueUs = Math.min(this.#nextDueUs, suspect.dueUs);
  }

  /** Its window is over, or others need the room: what is known now must do. */
  #leave(at: number): void {
    const suspect = this.#suspects.get(at);
    if (suspect !== undefined && this.#out !== undefined) this.#judge(suspect, suspect.dueUs, this.#out);
  }

  #judge(suspect: Suspect, nowUs: number, out: EventWriter): void {
    const { at, generation, ends } = suspect;
    this.#suspects.delete(at);
    if (this.table.generation[at] !== generation) return;
    const found = this.#rule.judge(this.table, at, ends);
    if (found === undefined || !this.#said.may(found.key ?? found.subject, nowUs)) return;
    out.write({
      kind: 'alert.raised',
      tsUs: Math.min(this.table.lastUs[at]!, suspect.dueUs),
      rule: this.#rule.rule,
      ...found,
    });
  }
}

/** A packet from the other side, and not one that refuses. */
function isYes(steps: FlowSteps, row: number): boolean {
  return steps.transport[row] !== TCP || (steps.tcpFlags[row]! & RST) === 0;
}

function endsOf(steps: FlowSteps, row: number): Ends {
  const name = steps.interfaceName(row);
  const local = steps.local[row];
  return {
    clientIp: steps.clientIp(row),
    serverIp: steps.serverIp(row),
    serverPort: steps.serverPort[row]!,
    ...(name === undefined ? {} : { interface: name }),
    ...(local === LOCAL_CLIENT
      ? { direction: 'out' as const }
      : local === LOCAL_SERVER
        ? { direction: 'in' as const }
        : {}),
  };
}
