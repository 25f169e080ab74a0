// Truth and records into a scorecard: what is counted, and what passes. Pure. Must not know how either came to be.
// Bound: a row a scenario, MAX_EXAMPLES wrong flows each.
import type { FlowRecord } from '@kaipo/core/api/events.js';
import { type MatchedFlow, matchFlows } from './flow-match.js';
import { bytesAgree, type Label, labelOf, unknownReason } from './flow-verdict.js';
import type { TruthRow } from './truth-rows.js';

/** What a scenario must reach: see TARGETS. */
export type ScenarioTarget = 'short' | 'named' | 'unattributable';

/** `limited`: everything was counted rightly, but names need kernel events. */
export type ScenarioVerdict = 'pass' | 'limited' | 'fail' | 'skip';

export interface WrongFlow {
  readonly flow: string;
  readonly truth: string;
  readonly said: string;
}

export interface ScenarioScore {
  readonly scenario: string;
  readonly target: ScenarioTarget;
  readonly verdict: ScenarioVerdict;
  /** What failed, or why it was skipped; empty when it passed. */
  readonly why: readonly string[];
  readonly flows: number;
  readonly seen: number;
  readonly rightPid: number;
  /** The right program; those with the right pid included. */
  readonly rightName: number;
  readonly unknown: number;
  readonly unknownReasons: Readonly<Record<string, number>>;
  /** The process or program of somebody else. */
  readonly wrong: number;
  readonly examples: readonly WrongFlow[];
  /** What the clients sent and received. */
  readonly payloadBytes: number;
  /** Whole frames of their flows, of them those with the right name and the right pid. */
  readonly frameBytes: number;
  readonly rightNameBytes: number;
  readonly rightPidBytes: number;
  /** Flows whose frames cannot carry their payload, and the payload of those. */
  readonly offFlows: number;
  readonly offBytes: number;
}

export interface Scorecard {
  readonly scenarios: readonly ScenarioScore[];
  /** Flows without a truth. One that has an owner is wrong: nobody of the workload made it. */
  readonly strays: { readonly flows: number; readonly bytes: number; readonly owned: number };
}

export interface ScenarioRun {
  readonly name: string;
  readonly target: ScenarioTarget;
  /** Why it did not run on this machine. */
  readonly skipped?: string;
  /** How it failed to run. */
  readonly failed?: string;
}

/** Shares of flows and of bytes that must be right. Wrong must be 0 everywhere. */
export const TARGETS: Readonly<Record<ScenarioTarget, { readonly flows: number; readonly bytes: number }>> = {
  /** By pid. */
  short: { flows: 0.995, bytes: 0.999 },
  /** By name. */
  named: { flows: 0.99, bytes: 0.99 },
  unattributable: { flows: 0, bytes: 0 },
};
/** Of all flows, how many must be seen, and of all payload, how much must be in frames that can carry it. */
const MIN_SEEN = 0.995;
const MAX_OFF = 0.01;
const MAX_EXAMPLES = 5;

/** `demandsNames`: kernel events were seen, so the targets hold; else only counting is judged, and that nothing is wrong. */
export function scorecard(
  runs: readonly ScenarioRun[],
  truths: readonly TruthRow[],
  records: readonly FlowRecord[],
  demandsNames: boolean,
): Scorecard {
  const matched = matchFlows(truths, records);
  const byScenario = new Map<string, MatchedFlow[]>(runs.map(({ name }) => [name, []]));
  for (const flow of matched.flows) byScenario.get(flow.truth.scenario)?.push(flow);
  return {
    scenarios: runs.map((run) => scenarioScore(run, byScenario.get(run.name) ?? [], demandsNames)),
    strays: {
      flows: matched.strays.length,
      bytes: matched.strays.reduce((sum, record) => sum + frameBytes(record), 0),
      owned: matched.strays.filter(({ owner }) => owner?.pid !== undefined).length,
    },
  };
}

/** Nothing failed, and nothing that nobody made has an owner. */
export const isPassed = ({ scenarios, strays }: Scorecard): boolean =>
  strays.owned === 0 && scenarios.every(({ verdict }) => verdict !== 'fail');

const frameBytes = ({ client, server }: FlowRecord): number => client.bytes + server.bytes;

type Counts = Omit<{ -readonly [Key in keyof ScenarioScore]: ScenarioScore[Key] }, 'verdict' | 'why'> & {
  readonly unknownReasons: Record<string, number>;
  readonly examples: WrongFlow[];
};

function scenarioScore(run: ScenarioRun, flows: readonly MatchedFlow[], demandsNames: boolean): ScenarioScore {
  const counts: Counts = {
    scenario: run.name,
    target: run.target,
    flows: flows.length,
    seen: 0,
    rightPid: 0,
    rightName: 0,
    unknown: 0,
    unknownReasons: {},
    wrong: 0,
    examples: [],
    payloadBytes: 0,
    frameBytes: 0,
    rightNameBytes: 0,
    rightPidBytes: 0,
    offFlows: 0,
    offBytes: 0,
  };
  for (const flow of flows) countFlow(counts, flow);
  if (run.skipped !== undefined) return { ...counts, verdict: 'skip', why: [run.skipped] };
  const faults = [...(run.failed === undefined ? [] : [run.failed]), ...countingFaults(counts)];
  if (faults.length > 0) return { ...counts, verdict: 'fail', why: faults };
  const misses = namingFaults(counts);
  if (misses.length === 0) return { ...counts, verdict: 'pass', why: [] };
  return { ...counts, verdict: demandsNames ? 'fail' : 'limited', why: misses };
}

const WORST: readonly Label[] = ['right-pid', 'right-name', 'unknown', 'wrong'];

function countFlow(counts: Counts, { truth, records, within, others }: MatchedFlow): void {
  const seen = within === undefined ? records : [within];
  counts.payloadBytes += truth.txBytes + truth.rxBytes;
  if (seen.length > 0) counts.seen += 1;
  const labels = seen.map(({ owner }) => labelOf(owner, truth));
  // A flow is as good as the worst part of it.
  const label = WORST[Math.max(-1, ...labels.map((one) => WORST.indexOf(one)))] ?? 'unknown';
  if (label === 'right-pid') counts.rightPid += 1;
  if (label === 'right-pid' || label === 'right-name') counts.rightName += 1;
  if (label === 'unknown') {
    const reason = unknownReason(seen[labels.indexOf('unknown')]);
    counts.unknown += 1;
    counts.unknownReasons[reason] = (counts.unknownReasons[reason] ?? 0) + 1;
  }
  if (label === 'wrong') {
    counts.wrong += 1;
    if (counts.examples.length < MAX_EXAMPLES) counts.examples.push(wrongFlow(truth, seen[labels.indexOf('wrong')]!));
  }
  // The bytes of a record that several flows share are those of the first.
  for (const [index, record] of records.entries()) {
    counts.frameBytes += frameBytes(record);
    if (labels[index] === 'right-pid') counts.rightPidBytes += frameBytes(record);
    if (labels[index] === 'right-pid' || labels[index] === 'right-name') counts.rightNameBytes += frameBytes(record);
  }
  if (within !== undefined || bytesAgree(records, [truth, ...others])) return;
  counts.offFlows += 1;
  counts.offBytes += truth.txBytes + truth.rxBytes;
}

function wrongFlow(truth: TruthRow, { owner }: FlowRecord): WrongFlow {
  const end = ({ ip, port }: { ip: string; port: number }): string => `${ip.includes(':') ? `[${ip}]` : ip}:${port}`;
  return {
    flow: `${truth.transport} ${end(truth.local)} ${end(truth.remote)}`,
    truth: `${truth.exe} (${truth.pid})`,
    said: `${owner?.exe ?? owner?.app ?? ''} (${owner?.pid ?? 'no pid'}, ${owner?.quality})`,
  };
}

/** What must be so whatever kaipo may see. */
function countingFaults(counts: Counts): string[] {
  const faults: string[] = [];
  if (counts.flows === 0) faults.push('the workload told nothing');
  if (counts.wrong > 0) faults.push(`the owner of somebody else: ${counts.wrong} of ${counts.flows} flows`);
  if (counts.seen < counts.flows * MIN_SEEN)
    faults.push(`not seen: ${counts.flows - counts.seen} of ${counts.flows} flows`);
  if (counts.offBytes > counts.payloadBytes * MAX_OFF)
    faults.push(`bytes that cannot be theirs: ${counts.offFlows} of ${counts.flows} flows`);
  return faults;
}

function namingFaults(counts: Counts): string[] {
  const { target } = counts;
  const least = TARGETS[target];
  const [flows, bytes] =
    target === 'short' ? [counts.rightPid, counts.rightPidBytes] : [counts.rightName, counts.rightNameBytes];
  const what = target === 'short' ? 'the right process' : 'the right name';
  const faults: string[] = [];
  if (flows < counts.flows * least.flows)
    faults.push(`${what}: ${share(flows, counts.flows)} of flows, ${percent(least.flows)} is the target`);
  if (bytes < counts.frameBytes * least.bytes)
    faults.push(`${what}: ${share(bytes, counts.frameBytes)} of bytes, ${percent(least.bytes)} is the target`);
  return faults;
}

/** Rounded down: 99.996 % is not all. */
const percent = (share: number): string => `${Math.floor(share * 10_000 + 1e-6) / 100} %`;
const share = (part: number, whole: number): string => percent(whole === 0 ? 0 : part / whole);
