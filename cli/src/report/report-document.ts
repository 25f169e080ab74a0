// The report for programs: one document, kaipo.report/1, with the parts the page has. Owns its fields; times are seconds since the epoch.
import type { FlowRecord } from '@kaipo/core/api/events.js';
import type { CapUsage } from '@kaipo/core/query/cap-usage.js';
import type { FlowSums, HistoryRow, HistoryRows, HistoryStack, StackLayer } from '@kaipo/core/query/history.js';
import type { DiffRow } from '@kaipo/core/query/period-diff.js';
import type { SeriesName } from '@kaipo/core/store/series-kind.js';
import { isRecorded } from '../history/period-notes.js';
import { sumFields } from '../history/rows-answer.js';
import { secondsOf, stepFields, usageFields } from '../history/usage-fields.js';
import { flowBytes, type ReportData } from './report-data.js';
import { reportNotes } from './report-notes.js';
import { reportSummary } from './report-summary.js';
import { NO_ALERTS } from './sections/account-sections.js';

export function reportDocument(data: ReportData): object {
  const { range, totals, series, week, zones, books, flows, hostNames, info } = data;
  const named = (field: string) => (row: SeriesName) => nameFields(field, row);
  return {
    schema: 'kaipo.report/1',
    title: data.title,
    from: secondsOf(range.fromUs),
    to: secondsOf(range.toUs),
    made: secondsOf(data.madeUs),
    redacted: data.isRedacted,
    ...data.filter,
    ...(info.mode !== undefined && { mode: info.mode }),
    recorded: isRecorded(totals),
    recordedSeconds: secondsOf(totals.coveredUs),
    periodSeconds: secondsOf(Math.max(0, Math.min(range.toUs, data.madeUs) - range.fromUs)),
    ...(totals.caughtUpBytes > 0 && { caughtUpBytes: totals.caughtUpBytes }),
    summary: reportSummary(data),
    ...usageFields(totals),
    ...(data.cost !== undefined && { cost: data.cost, price: data.price }),
    capture: {
      received: totals.received,
      droppedByKernel: totals.droppedByKernel,
      droppedByHelper: totals.droppedByHelper,
    },
    throughput: series.points.map((point) => ({
      from: secondsOf(point.startUs),
      to: secondsOf(point.endUs),
      recordedSeconds: secondsOf(point.coveredUs),
      ...(point.coveredUs > 0 && { txBytes: point.txBytes, rxBytes: point.rxBytes }),
    })),
    step: typeof data.step === 'number' ? `${secondsOf(data.step)}s` : data.step,
    steps: data.steps.map(({ fromUs, toUs, totals: sums, cost }) => ({
      ...stepFields({ fromUs, toUs }, sums),
      ...(cost !== undefined && { cost }),
    })),
    apps: rowsFields(data.apps, named('app')),
    unknown: { ...sumFields(data.unknown), reasons: data.unknown.reasons },
    hosts: rowsFields(data.hosts, ({ name: ip }) => hostFields(ip, hostNames)),
    protocols: rowsFields(data.protocols, named('protocol')),
    interfaces: rowsFields(data.interfaces, named('interface')),
    zones: {
      rows: zones.zones.map(({ zone, ...sums }) => ({ zone, ...sumFields(sums) })),
      ...(zones.unzoned !== undefined && { unzoned: sumFields(zones.unzoned) }),
    },
    appsOverTime: stackFields(data.appStack, named('app')),
    protocolsOverTime: stackFields(data.protocolStack, named('protocol')),
    week: week.weekdays.map((hours) =>
      hours.map(({ txBytes, rxBytes, coveredUs }) => ({ txBytes, rxBytes, recordedSeconds: secondsOf(coveredUs) })),
    ),
    change: changeFields(data.change),
    caps: data.caps.map(capFields),
    flows: { count: flows.count, more: flows.more, rows: flows.flows.map(flowFields) },
    alerts: { kept: false, note: NO_ALERTS, rows: [] },
    books,
    notes: reportNotes(data),
  };
}

function nameFields(field: string, { name, exe, user, unit, container, class: kind }: SeriesName): object {
  return {
    [field]: name,
    ...(exe !== undefined && { exe }),
    ...(user !== undefined && { user }),
    ...(unit !== undefined && { unit }),
    ...(container !== undefined && { container }),
    ...(kind !== undefined && { class: kind }),
  };
}

function hostFields(ip: string, names: ReadonlyMap<string, string>): object {
  const name = names.get(ip);
  return { host: ip, ...(name !== undefined && { name }) };
}

function rowsFields({ rows, other, otherCount, total }: HistoryRows, identity: (row: HistoryRow) => object): object {
  return {
    rows: rows.map((row) => {
      return { ...identity(row), ...sumFields(row), ...(row.quality !== undefined && { quality: row.quality }) };
    }),
    ...(other !== undefined && { other: { count: otherCount, ...sumFields(other) } }),
    total: sumFields(total),
  };
}

function stackFields({ stepUs, steps, layers, other }: HistoryStack, identity: (row: SeriesName) => object): object {
  const bytes = ({ txBytes, rxBytes, txTotal, rxTotal }: StackLayer): object => ({
    txTotal,
    rxTotal,
    txBytes,
    rxBytes,
  });
  return {
    stepSeconds: secondsOf(stepUs),
    steps: steps.map(({ startUs, endUs, coveredUs }) => {
      return { from: secondsOf(startUs), to: secondsOf(endUs), recordedSeconds: secondsOf(coveredUs) };
    }),
    layers: layers.map((layer) => ({ ...identity(layer), ...bytes(layer) })),
    other: bytes(other),
  };
}

function changeFields({ asked, totals, comparison, isComparable, total, sections }: ReportData['change']): object {
  const side = (which: 'before' | 'after'): object => ({
    from: secondsOf(asked[which].fromUs),
    to: secondsOf(asked[which].toUs),
    recorded: isRecorded(totals[which]),
    ...usageFields(totals[which]),
  });
  const sums = (of: FlowSums | undefined): object | undefined => (of === undefined ? undefined : sumFields(of));
  const row = ({ name, change, before, after, difference, ratio }: DiffRow): object => {
    const [was, is] = [sums(before), sums(after)];
    return {
      name,
      change,
      ...(was && { before: was }),
      ...(is && { after: is }),
      difference,
      ...(ratio !== undefined && { ratio }),
    };
  };
  return {
    before: side('before'),
    after: side('after'),
    comparable: isComparable,
    comparedBy: comparison.by,
    ...(isComparable && { difference: total?.difference ?? 0 }),
    ...(isComparable && total?.ratio !== undefined && { ratio: total.ratio }),
    ...Object.fromEntries(
      sections.map(({ type, rows, counts, moreCount }) => [
        `${type}s`,
        { ...counts, rows: rows.map(row), moreRows: moreCount },
      ]),
    ),
  };
}

function capFields({ cap, period, usedBytes, remainingBytes, share, state, forecast }: CapUsage): object {
  return {
    name: cap.name,
    state,
    from: secondsOf(period.fromUs),
    to: secondsOf(period.toUs),
    usedBytes,
    limitBytes: cap.limitBytes,
    remainingBytes,
    share: Number(share.toFixed(6)),
    ...(cap.interfaces.length > 0 && { interfaces: cap.interfaces }),
    ...(forecast !== undefined && { forecastBytes: forecast.bytes }),
  };
}

function flowFields(flow: FlowRecord): object {
  const { startUs, endUs, transport, client, server, protocol, application, serverName, owner } = flow;
  const side = ({ ip, port }: FlowRecord['client']): object => ({ ip, ...(port !== undefined && { port }) });
  const app = owner?.app ?? application;
  return {
    start: secondsOf(startUs),
    end: secondsOf(endUs),
    transport,
    client: side(client),
    server: side(server),
    ...(serverName !== undefined && { serverName }),
    ...(protocol !== undefined && { protocol }),
    ...(app !== undefined && { app }),
    bytes: flowBytes(flow),
  };
}
