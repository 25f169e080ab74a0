// A report with pseudonyms for every name and address. Owns which field is what kind of name: rows are made anew from the fields that
// are known, so that a field nobody thought of is left out, never let through. Must not know HTML, text or JSON.
import type { FlowRecord } from '@kaipo/core/api/events.js';
import { BOOK_REASONS } from '@kaipo/core/kernel/traffic-words.js';
import type { CapUsage } from '@kaipo/core/query/cap-usage.js';
import type {
  Filter,
  FlowSums,
  HistoryBooks,
  HistoryRow,
  HistoryRows,
  HistoryStack,
  HistoryUnknown,
  StackLayer,
} from '@kaipo/core/query/history.js';
import { OTHER_NAME, type SeriesName } from '@kaipo/core/store/series-kind.js';
import type { DiffParts } from '../history/diff-answer.js';
import { DEFAULT_TITLE, type ReportData } from '../report/report-data.js';
import type { Redactor } from './redactor.js';

type NameOf = (name: string) => string;

export function redactReport(data: ReportData, redactor: Redactor): ReportData {
  const host: NameOf = (name) => redactor.host(name);
  const app: NameOf = (name) => redactor.name('app', name);
  const protocol: NameOf = (name) => redactor.protocol(name);
  const networkInterface: NameOf = (name) => redactor.name('if', name);
  const series =
    (nameOf: NameOf) =>
    (row: SeriesName): SeriesName =>
      redactName(row, nameOf, redactor);
  const redacted = {
    range: data.range,
    isWholeStore: data.isWholeStore,
    madeUs: data.madeUs,
    totals: data.totals,
    series: data.series,
    step: data.step,
    steps: data.steps,
    week: data.week,
    zones: data.zones,
    ...(data.price !== undefined && { price: data.price }),
    ...(data.cost !== undefined && { cost: data.cost }),
    isRedacted: true,
    info: infoOf(data.info),
    filter: redactFilter(data.filter, networkInterface),
    apps: redactRows(data.apps, series(app)),
    hosts: redactRows(data.hosts, series(host)),
    protocols: redactRows(data.protocols, series(protocol)),
    interfaces: redactRows(data.interfaces, series(networkInterface)),
    appStack: redactStack(data.appStack, series(app)),
    protocolStack: redactStack(data.protocolStack, series(protocol)),
    unknown: redactUnknown(data.unknown),
    flows: { ...data.flows, flows: data.flows.flows.map((flow) => redactFlow(flow, redactor)) },
    hostNames: new Map([...data.hostNames].map(([ip, name]) => [host(ip), host(name)])),
    books: redactBooks(data.books, networkInterface),
    change: redactChange(data.change, { app, host, protocol }),
    caps: data.caps.map((cap) => redactCap(cap, redactor, networkInterface)),
  };
  // Last, when all names are known that may stand in it.
  const title = data.title === DEFAULT_TITLE ? data.title : redactor.freeText(data.title);
  return { ...redacted, title };
}

/** Everything else of a store says whose it is. */
function infoOf({ firstUs, lastEndUs, mode, refusedNames }: ReportData['info']): ReportData['info'] {
  return {
    refusedNames,
    ...(firstUs !== undefined && { firstUs }),
    ...(lastEndUs !== undefined && { lastEndUs }),
    ...(mode !== undefined && { mode }),
  };
}

function redactName(row: SeriesName, nameOf: NameOf, redactor: Redactor): SeriesName {
  const { name, exe, user, unit, container, class: kind } = row;
  return {
    name: nameOf(name),
    ...(exe !== undefined && { exe: redactor.name('path', exe) }),
    ...(user !== undefined && { user: redactor.name('user', user) }),
    ...(unit !== undefined && { unit: redactor.name('unit', unit) }),
    ...(container !== undefined && { container: redactor.name('container', container) }),
    ...(kind !== undefined && { class: kind }),
  };
}

function redactRows(data: HistoryRows, nameOf: (row: SeriesName) => SeriesName): HistoryRows {
  const { rows, other, otherCount, total } = data;
  const bare = (row: HistoryRow, name: SeriesName): HistoryRow => {
    const { quality } = row;
    return { ...name, ...sumsOf(row), ...(quality !== undefined && { quality }) };
  };
  return {
    rows: rows.map((row) => bare(row, row.name === OTHER_NAME ? { name: OTHER_NAME } : nameOf(row))),
    ...(other !== undefined && { other: bare(other, { name: OTHER_NAME }) }),
    otherCount,
    total: bare(total, { name: 'total' }),
  };
}

function sumsOf({ txBytes, rxBytes, txPackets, rxPackets, flows }: FlowSums): FlowSums {
  return { txBytes, rxBytes, txPackets, rxPackets, flows };
}

function redactStack(stack: HistoryStack, nameOf: (row: SeriesName) => SeriesName): HistoryStack {
  const layer = (row: StackLayer, name: SeriesName): StackLayer => {
    const { txBytes, rxBytes, txTotal, rxTotal } = row;
    return { ...name, txBytes, rxBytes, txTotal, rxTotal };
  };
  const { fromUs, toUs, stepUs, steps, layers, other } = stack;
  return {
    fromUs,
    toUs,
    stepUs,
    steps,
    layers: layers.map((row) => layer(row, nameOf(row))),
    other: layer(other, { name: OTHER_NAME }),
  };
}

const REASONS: ReadonlySet<string> = new Set(BOOK_REASONS);

function redactUnknown(unknown: HistoryUnknown): HistoryUnknown {
  const reasons = Object.fromEntries(Object.entries(unknown.reasons).filter(([reason]) => REASONS.has(reason)));
  return { ...sumsOf(unknown), reasons };
}

function redactFlow(flow: FlowRecord, redactor: Redactor): FlowRecord {
  const { transport, client, server, startUs, endUs, protocol, application, serverName, owner } = flow;
  const side = ({ ip, port, packets, bytes }: FlowRecord['client']): FlowRecord['client'] => {
    return { ip: redactor.host(ip), packets, bytes, ...(port !== undefined && { port }) };
  };
  return {
    id: '',
    transport: redactor.protocol(transport),
    client: side(client),
    server: side(server),
    startUs,
    endUs,
    ...(protocol !== undefined && { protocol: redactor.protocol(protocol) }),
    ...(application !== undefined && { application: redactor.name('app', application) }),
    ...(serverName !== undefined && { serverName: redactor.host(serverName) }),
    ...(owner !== undefined && { owner: { app: redactor.name('app', owner.app), quality: owner.quality } }),
  };
}

function redactBooks({ interfaces, total }: HistoryBooks, nameOf: NameOf): HistoryBooks {
  // Rows of capture files have no interface.
  const name = (text: string): string => (text === '' ? '' : nameOf(text));
  return { interfaces: interfaces.map((row) => ({ ...row, interface: name(row.interface) })), total };
}

function redactChange(change: DiffParts, names: Readonly<Record<'app' | 'host' | 'protocol', NameOf>>): DiffParts {
  const sections = change.sections.map((section) => {
    return { ...section, rows: section.rows.map((row) => ({ ...row, name: names[section.type](row.name) })) };
  });
  return { ...change, sections };
}

function redactCap(usage: CapUsage, redactor: Redactor, nameOf: NameOf): CapUsage {
  const { cap } = usage;
  return { ...usage, cap: { ...cap, name: redactor.name('cap', cap.name), interfaces: cap.interfaces.map(nameOf) } };
}

function redactFilter({ interface: asked, zone }: Filter, nameOf: NameOf): Filter {
  const names = [asked ?? []].flat().map(nameOf);
  return { ...(names.length > 0 && { interface: names }), ...(zone !== undefined && { zone }) };
}
