// Which recorded flow is which true one. Owns the rule: the same ends, and the same time, because ports come back. Must not know
// owners. Bound: that of its inputs.
import type { Endpoint, FlowRecord } from '@kaipo/core/api/events.js';
import type { TruthEnd, TruthRow } from './truth-rows.js';

/** Packets and truth have the same clock of the same kernel; what remains is the time between a system call and its packet. */
const SLACK_US = 5_000;
/** A packet that comes after the end and begins a record anew belongs to the flow before it this long. */
const MAX_LATE_US = 15e6;

export interface MatchedFlow {
  readonly truth: TruthRow;
  /** Records that began in the time of this flow: usually one. */
  readonly records: readonly FlowRecord[];
  /** No record of its own: kaipo saw its packets as part of a flow that another process had begun on the same ends. */
  readonly within?: FlowRecord;
  /** The other way round: flows whose packets are in the records of this one. */
  readonly others: readonly TruthRow[];
}

export interface MatchedFlows {
  readonly flows: readonly MatchedFlow[];
  /** Records nobody's truth explains: ICMP errors, neighbour discovery. */
  readonly strays: readonly FlowRecord[];
}

export function matchFlows(truths: readonly TruthRow[], records: readonly FlowRecord[]): MatchedFlows {
  const byEnds = new Map<string, TruthRow[]>();
  for (const truth of truths) {
    const key = endsKey(truth.transport, truth.local, truth.remote);
    const rows = byEnds.get(key);
    if (rows === undefined) byEnds.set(key, [truth]);
    else rows.push(truth);
  }
  for (const rows of byEnds.values()) rows.sort((left, right) => left.startUs - right.startUs);

  const owned = new Map<TruthRow, FlowRecord[]>();
  const byKey = new Map<string, FlowRecord[]>();
  const strays: FlowRecord[] = [];
  for (const record of records) {
    const key = endsKey(record.transport, truthEnd(record.client), truthEnd(record.server));
    const truth = lastBegun(byEnds.get(key) ?? [], record.startUs);
    if (truth === undefined || record.startUs > truth.endUs + MAX_LATE_US) {
      strays.push(record);
      continue;
    }
    owned.set(truth, [...(owned.get(truth) ?? []), record]);
    byKey.set(key, [...(byKey.get(key) ?? []), record]);
  }
  const within = new Map<TruthRow, FlowRecord>();
  const others = new Map<FlowRecord, TruthRow[]>();
  for (const truth of truths) {
    if (owned.has(truth)) continue;
    const key = endsKey(truth.transport, truth.local, truth.remote);
    const around = byKey.get(key)?.find((record) => isDuring(record, truth));
    if (around === undefined) continue;
    within.set(truth, around);
    others.set(around, [...(others.get(around) ?? []), truth]);
  }
  const flows = truths.map((truth): MatchedFlow => {
    const own = owned.get(truth) ?? [];
    const around = within.get(truth);
    const guests = own.flatMap((record) => others.get(record) ?? []);
    return { truth, records: own, others: guests, ...(around !== undefined && { within: around }) };
  });
  return { flows, strays };
}

const isDuring = (record: FlowRecord, { startUs, endUs }: TruthRow): boolean =>
  record.startUs <= endUs && record.endUs >= startUs - SLACK_US;

/** The latest of the flows with these ends that had begun when the record did; else the next, by the clock of who only answers. */
function lastBegun(rows: readonly TruthRow[], startUs: number): TruthRow | undefined {
  const begun = rows.findLast((row) => row.startUs <= startUs);
  return begun ?? rows.find((row) => row.startUs <= startUs + SLACK_US);
}

const truthEnd = ({ ip, port = 0 }: Endpoint): TruthEnd => ({ ip, port });

/** The same for both directions. */
function endsKey(transport: string, one: TruthEnd, other: TruthEnd): string {
  const texts = [`${one.ip} ${one.port}`, `${other.ip} ${other.port}`].sort();
  return `${transport} ${texts[0]} ${texts[1]}`;
}
