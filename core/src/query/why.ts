// Everything history tells of one subject, in one answer: names, owners, hours, totals, the largest. Must not know lmdb, /proc or
// screens. Bound: that of its parts; SHOWN rows of each kind.
import type { Store } from '../store/store.js';
import type { FlowSums, HistoryRow, NameRow } from './history-answers.js';
import { queryBy } from './history-rows.js';
import type { TimeRange } from './time-range.js';
import type { FirstSeen, WhyAnswer, WhySubject } from './why-answers.js';
import { type NameTest, queryFirstSeen, queryUsualHours } from './why-first-seen.js';
import { type FlowDigest, queryFlowDigest } from './why-flows.js';
import { queryAnswersFor } from './why-names.js';

export type * from './why-answers.js';
export { findSubject, type RunningNames } from './why-subject.js';

const SHOWN = 5;
const MAX_ROWS = 262_144;
const ALWAYS: TimeRange = { fromUs: 0, toUs: Number.MAX_SAFE_INTEGER };

export function queryWhy(store: Store, subject: WhySubject, range: TimeRange): WhyAnswer {
  const about = seriesOf(subject);
  const digest = queryFlowDigest(store, subject, range, SHOWN);
  const rows = about === undefined ? [] : rowsOf(store, about, range);
  const names = namesOf(store, subject, range);
  const firstSeen = about === undefined ? undefined : queryFirstSeen(store, about.kind, about.fits);
  const pairFirstSeen = subject.kind === 'flow' ? pairFirst(store, subject) : undefined;
  const question = subject.kind === 'flow' ? questionOf(store, subject) : undefined;
  const { hosts, apps, protocols, owner, flows, more } = digest;
  return {
    subject,
    ...(firstSeen !== undefined && { firstSeen }),
    ...(pairFirstSeen !== undefined && { pairFirstSeen }),
    ...(question !== undefined && { question }),
    ...(owner !== undefined && { owner }),
    totals: subject.kind === 'process' ? digest.totals : rows.reduce<FlowSums>(added, NOTHING),
    hours: about === undefined ? NO_HOURS : queryUsualHours(store, about.kind, about.fits, range),
    identities: about?.kind === 'app' ? identitiesOf(store, about, rows) : [],
    names,
    hosts,
    apps,
    protocols,
    flows,
    more,
  };
}

interface About {
  readonly kind: 'app' | 'host';
  readonly names: readonly string[];
  readonly fits: NameTest;
}

/** The series a subject has in history; a flow without an owner has that of its server. */
function seriesOf(subject: WhySubject): About | undefined {
  const about = (kind: About['kind'], names: readonly string[]): About => {
    const wanted = new Set(names);
    return { kind, names, fits: ({ name }) => wanted.has(name) };
  };
  if (subject.kind === 'host') return about('host', subject.ips);
  if (subject.kind !== 'flow') return about('app', [subject.app]);
  const { owner, server, client, localSide } = subject.flow;
  if (owner !== undefined) return about('app', [owner.app]);
  return about('host', [localSide === 'server' ? client.ip : server.ip]);
}

function rowsOf(store: Store, { kind, names, fits }: About, range: TimeRange): HistoryRow[] {
  const [first] = names;
  const question = { limit: MAX_ROWS, ...(names.length === 1 && first !== undefined && { name: first }) };
  return queryBy(store, kind, range, question).rows.filter(fits);
}

/** Who it is does not depend on the period: what moved nothing in it is told as it was known before. */
function identitiesOf(store: Store, about: About, rows: readonly HistoryRow[]): HistoryRow[] {
  if (rows.length > 0) return rows.slice(0, SHOWN);
  return rowsOf(store, about, ALWAYS)
    .slice(0, SHOWN)
    .map(({ quality: _, ...row }) => ({ ...row, ...NOTHING }));
}

function namesOf(store: Store, subject: WhySubject, range: TimeRange): readonly NameRow[] {
  if (subject.kind === 'host') return queryAnswersFor(store, subject.ips, range, SHOWN);
  if (subject.kind === 'flow') return queryAnswersFor(store, [subject.flow.server.ip], range, SHOWN);
  return [];
}

/** The latest answer before the flow began, with a second of patience for clocks and for packets that wait. */
function questionOf(store: Store, { flow }: Extract<WhySubject, { kind: 'flow' }>): NameRow | undefined {
  const before = { fromUs: 0, toUs: flow.startUs + 1_000_000 };
  const answers = queryAnswersFor(store, [flow.server.ip], before, MAX_ROWS);
  return answers.find(({ name }) => name === flow.serverName) ?? answers[0];
}

function pairFirst(store: Store, { flow }: Extract<WhySubject, { kind: 'flow' }>): FirstSeen | undefined {
  const { owner, server } = flow;
  if (owner === undefined) return undefined;
  const subject: WhySubject = { kind: 'app', app: owner.app };
  const digest: FlowDigest = queryFlowDigest(store, subject, ALWAYS, 0, ({ server: { ip } }) => ip === server.ip);
  if (digest.firstUs === undefined) return undefined;
  // Flows are kept within a budget: what is older than all of them is not known.
  return { atUs: digest.firstUs, withinUs: 0, isBegin: digest.more };
}

const NOTHING: FlowSums = { txBytes: 0, rxBytes: 0, txPackets: 0, rxPackets: 0, flows: 0 };
const NO_HOURS = { bytes: [], recordedUs: [] };

const added = (sum: FlowSums, row: FlowSums): FlowSums => ({
  txBytes: sum.txBytes + row.txBytes,
  rxBytes: sum.rxBytes + row.rxBytes,
  txPackets: sum.txPackets + row.txPackets,
  rxPackets: sum.rxPackets + row.rxPackets,
  flows: sum.flows + row.flows,
});
