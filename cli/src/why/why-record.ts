// The answer of `kaipo why` for programs: one document, its parts as records, and as rows of a table. Owns the names of fields.
// Absent is what is not known.
import type { RunningProcess } from '@kaipo/core/owners/process-tree.js';
import type { HistoryTotals, NameRow } from '@kaipo/core/query/history.js';
import type { FirstSeen, WhyRow, WhySubject } from '@kaipo/core/query/why.js';
import { flowRecord } from '../commands/flows.js';
import { documentHead } from '../history/answer-head.js';
import type { HistoryContext } from '../history/history-context.js';
import { sumFields } from '../history/rows-answer.js';
import { withoutSchema } from '../history/steps-answer.js';
import { secondsOf } from '../history/usage-fields.js';
import type { CsvCell } from '../output/csv.js';
import type { WhyFacts } from './why-facts.js';

export function whyDocument(context: HistoryContext, facts: WhyFacts, totals: HistoryTotals): object {
  const { answer, process, parents, running, owner, timer, package: packaged, sha256 } = facts;
  const { subject, firstSeen, pairFirstSeen, question, hours } = answer;
  return {
    ...documentHead('why', context, totals),
    subject: subjectFields(subject),
    ...(process !== undefined && { process: processFields(process) }),
    ...(parents.length > 0 && { parents: parents.map(processFields) }),
    ...(owner !== undefined && { owner }),
    ...(answer.owner !== undefined && { ownerSeen: secondsOf(answer.owner.atUs) }),
    running,
    ...(timer !== undefined && { timer }),
    ...(packaged !== undefined && { package: packaged }),
    ...(sha256 !== undefined && { sha256 }),
    ...(firstSeen !== undefined && { firstSeen: firstSeenFields(firstSeen) }),
    ...(pairFirstSeen !== undefined && { pairFirstSeen: firstSeenFields(pairFirstSeen) }),
    ...(question !== undefined && { question: nameFields(question) }),
    totals: sumFields(answer.totals),
    ...(hours.bytes.length > 0 && { hours: hourFields(answer.hours) }),
    identities: answer.identities.map(({ name, exe, user, unit, container, quality, ...sums }) => ({
      app: name,
      ...(exe !== undefined && { exe }),
      ...(user !== undefined && { user }),
      ...(unit !== undefined && { unit }),
      ...(container !== undefined && { container }),
      ...(quality !== undefined && { quality }),
      ...sumFields(sums),
    })),
    names: answer.names.map(nameFields),
    hosts: answer.hosts.map(rowFields('host')),
    apps: answer.apps.map(rowFields('app')),
    protocols: answer.protocols.map(rowFields('protocol')),
    flows: answer.flows,
    ...(answer.more && { more: true }),
  };
}

const LISTS: readonly (readonly [list: string, type: string])[] = [
  ['parents', 'parent'],
  ['identities', 'identity'],
  ['names', 'name'],
  ['hosts', 'host'],
  ['apps', 'app'],
  ['protocols', 'protocol'],
];

/** The lists of the document as records of their own, what is left as `why`, first. */
export function whyRecords(document: object): object[] {
  const fields = document as Readonly<Record<string, readonly object[]>>;
  const rest = Object.entries(withoutSchema(document)).filter(([name]) => !LISTS.some(([list]) => list === name));
  const rows = LISTS.flatMap(([list, type]) => (fields[list] ?? []).map((row) => ({ type, ...row })));
  return [{ type: 'why', ...Object.fromEntries(rest) }, ...rows];
}

export const WHY_COLUMNS = ['row', 'name', 'also', 'time', 'txBytes', 'rxBytes', 'totalBytes', 'flows'] as const;

export function whyCsv(facts: WhyFacts): CsvCell[][] {
  const { answer, process, parents, timer, package: packaged, sha256 } = facts;
  const fact = (row: string, name: string | undefined, also?: string, atUs?: number): CsvCell[][] =>
    name === undefined ? [] : [[row, name, also, atUs === undefined ? undefined : secondsOf(atUs)]];
  const sums = (row: string, name: string, also: string | undefined, of: Omit<WhyRow, 'name'>): CsvCell[] => {
    return [row, name, also, undefined, of.txBytes, of.rxBytes, of.txBytes + of.rxBytes, of.flows];
  };
  const { subject, totals } = answer;
  const running = (row: string, { app, pid, startUs }: RunningProcess): CsvCell[][] =>
    fact(row, app, String(pid), startUs);
  return [
    sums('subject', subjectName(subject), subject.kind, totals),
    ...(process === undefined ? [] : running('process', process)),
    ...parents.flatMap((parent) => running('parent', parent)),
    ...fact('timer', timer?.timer, timer?.schedule),
    ...fact('package', packaged?.name, packaged?.version),
    ...fact('sha256', sha256),
    ...(answer.firstSeen === undefined
      ? []
      : fact('first-seen', subjectName(subject), undefined, answer.firstSeen.atUs)),
    ...answer.names.flatMap(({ name, qtype, lastUs }) => fact('name', name, qtype, lastUs)),
    ...(['host', 'app', 'protocol'] as const).flatMap((kind) =>
      answer[`${kind}s`].map((row) => sums(kind, row.name, row.also, row)),
    ),
  ].map((cells) => WHY_COLUMNS.map((_, column) => cells[column]));
}

export function subjectName(subject: WhySubject): string {
  if (subject.kind === 'app') return subject.app;
  if (subject.kind === 'process') return String(subject.pid);
  return subject.kind === 'flow' ? subject.flow.id : (subject.name ?? subject.ips[0] ?? '');
}

function subjectFields(subject: WhySubject): object {
  if (subject.kind !== 'flow') return subject;
  const { type: _, ...flow } = flowRecord(subject.flow);
  return { kind: 'flow', flow };
}

function processFields({ startUs, ...identity }: RunningProcess): object {
  return { ...identity, ...(startUs !== undefined && { started: secondsOf(startUs) }) };
}

const firstSeenFields = ({ atUs, withinUs, isBegin }: FirstSeen): object => ({
  at: secondsOf(atUs),
  withinSeconds: secondsOf(withinUs),
  ...(isBegin && { atBeginOfHistory: true }),
});

const nameFields = ({ name, qtype, client, answers, count, firstUs, lastUs }: NameRow): object => ({
  name,
  qtype,
  client,
  answers,
  count,
  first: secondsOf(firstUs),
  last: secondsOf(lastUs),
});

const hourFields = ({ bytes, recordedUs }: WhyFacts['answer']['hours']): object[] =>
  bytes.map((sum, hour) => ({ hour, bytes: sum, recordedSeconds: secondsOf(recordedUs[hour] ?? 0) }));

const rowFields =
  (field: string) =>
  ({ name, also, txBytes, rxBytes, flows }: WhyRow): object => ({
    [field]: name,
    ...(also !== undefined && { name: also }),
    txBytes,
    rxBytes,
    totalBytes: txBytes + rxBytes,
    flows,
  });
