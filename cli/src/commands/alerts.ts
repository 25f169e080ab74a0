// `kaipo alerts`: what was found, the newest first; one of them with its evidence; what is muted.

import { noIncident } from '@kaipo/core/alerts/alert-desk.js';
import type { AlertMute } from '@kaipo/core/alerts/alert-mute.js';
import type { Incident } from '@kaipo/core/api/alert-sink.js';
import type { Severity } from '@kaipo/core/api/events.js';
import { wallClockUs } from '@kaipo/core/kernel/clock.js';
import { EXIT_OK } from '@kaipo/core/kernel/exit-codes.js';
import { formatCount } from '@kaipo/core/kernel/units.js';
import { type AlertState, queryAlert, queryAlerts, queryMutes, stateOf } from '@kaipo/core/query/alerts.js';
import { localText } from '@kaipo/core/query/time-range.js';
import { alertRecord, muteRecord } from '../alerts/alert-record.js';
import type { DataOptions } from '../command-line/command-line.js';
import { DEFAULT_LIMIT } from '../history/default-limit.js';
import { fittedTable } from '../history/fitted-table.js';
import {
  answerFromHistory,
  askedOr,
  type HistoryAnswer,
  type HistoryContext,
  type HistoryOptions,
} from '../history/history-context.js';
import { openHistory } from '../history/open-history.js';
import { secondsOf } from '../history/usage-fields.js';
import { writeAnswer } from '../output/data-output.js';
import { reportError } from '../output/report-error.js';

export interface AlertOptions {
  readonly rule?: string;
  readonly severity?: Severity;
  readonly state?: AlertState;
  readonly text?: string;
  readonly limit?: number;
}

const ALERT_COLUMNS = [
  ...['id', 'ts', 'last', 'resolved', 'rule', 'severity', 'state', 'subject', 'summary', 'count'],
  ...['app', 'host', 'port', 'interface', 'direction', 'told', 'heldBack'],
];
const MUTE_COLUMNS = [
  ...['id', 'reason', 'since', 'until', 'running', 'held'],
  ...['rule', 'subject', 'app', 'host', 'port', 'interface', 'direction'],
];

export function runAlerts(options: HistoryOptions & AlertOptions): Promise<number> {
  return answerFromHistory(options, askedOr('last 7 days'), (context) => alertsAnswer(context, options));
}

export function alertsAnswer(
  context: HistoryContext,
  { limit = DEFAULT_LIMIT, ...asked }: AlertOptions,
): HistoryAnswer {
  const { store, range, filter, width } = context;
  const { rows, counts, more } = queryAlerts(store, range, {
    ...asked,
    limit,
    ...(filter.interface !== undefined && { interface: [filter.interface].flat() }),
  });
  const records = rows.map(alertRecord);
  const all = counts.info + counts.warning + counts.critical;
  const head = { from: secondsOf(range.fromUs), to: secondsOf(range.toUs) };
  const sums = { count: all, ...counts, ...(more && { more: true }) };
  return {
    document: { schema: 'kaipo.alerts/1', ...head, stored: true, rows: records, ...sums },
    records: [...records, { type: 'total', ...head, ...sums }],
    csv: csvOf(ALERT_COLUMNS, records),
    table: () => (all === 0 ? 'No alerts.\n' : alertTable(rows, width) + moreLine(all - rows.length)),
    notes: more ? ['there were too many alerts to look at all; these are the newest'] : [],
  };
}

/** One, whenever it was. */
export function runAlert(options: DataOptions, id: string): Promise<number> {
  return answered(options, (store) => {
    const incident = queryAlert(store, id);
    if (incident === undefined) throw noIncident(id);
    const record = alertRecord(incident);
    return {
      document: { schema: 'kaipo.alert/1', ...record },
      records: [record],
      csv: csvOf(ALERT_COLUMNS, [record]),
      table: () => alertText(incident),
      notes: [],
    };
  });
}

export function runMutes(options: DataOptions): Promise<number> {
  return answered(options, (store) => {
    const nowUs = wallClockUs();
    const mutes = queryMutes(store);
    const rows = mutes.map((mute) => muteRecord(mute, nowUs));
    return {
      document: { schema: 'kaipo.mutes/1', rows },
      records: rows,
      csv: csvOf(MUTE_COLUMNS, rows),
      table: () => (mutes.length === 0 ? 'Nothing is muted.\n' : mutes.map((mute) => muteText(mute, nowUs)).join('')),
      notes: [],
    };
  });
}

type Cell = string | number | undefined;

const csvOf = (columns: readonly string[], records: readonly object[]) => ({
  columns,
  rows: records.map((record) =>
    columns.map((column): Cell => {
      const value = (record as Readonly<Record<string, unknown>>)[column];
      return typeof value === 'number' || value === undefined ? value : String(value);
    }),
  ),
});

async function answered(
  options: DataOptions,
  ask: (store: Awaited<ReturnType<typeof openHistory>>) => HistoryAnswer,
): Promise<number> {
  let store: Awaited<ReturnType<typeof openHistory>> | undefined;
  try {
    store = await openHistory(options);
    writeAnswer(ask(store), options.format, options.output);
    return EXIT_OK;
  } catch (error) {
    return reportError(error);
  } finally {
    await store?.close();
  }
}

function alertTable(rows: readonly Incident[], width: number | undefined): string {
  return fittedTable(
    [
      { title: 'Alert' },
      { title: 'Since', drop: 3 },
      { title: 'Severity' },
      { title: 'Rule', drop: 4 },
      { title: 'State', drop: 2 },
      { title: 'What', shrinksTo: 20 },
    ],
    rows.map((incident) => {
      const { id, firstUs, severity, rule, summary } = incident;
      return [id, localText(firstUs), severity, rule, stateOf(incident), summary];
    }),
    width,
  );
}

const moreLine = (count: number): string =>
  count > 0 ? `  ${formatCount(count)} more ${count === 1 ? 'alert' : 'alerts'}\n` : '';

export function alertText(incident: Incident): string {
  const { id, rule, severity, subject, summary, evidence, firstUs, lastUs, count, resolvedUs } = incident;
  const { heldBack, told, acknowledged, scope } = incident;
  const lines: readonly (readonly [string, string | undefined])[] = [
    ['Rule', `${rule}, ${severity}`],
    ['About', subject],
    ['Since', localText(firstUs)],
    ['Last', `${localText(lastUs)}, found ${formatCount(count)} ${count === 1 ? 'time' : 'times'}`],
    ['Over', resolvedUs === undefined ? 'no' : localText(resolvedUs)],
    ['Told', told !== undefined ? `as ${told}` : heldBack === undefined ? undefined : `no: ${heldBack}`],
    ['Known', acknowledged && `${localText(acknowledged.atUs)} ${acknowledged.note ?? ''}`.trim()],
    ...Object.entries({ ...scope, ...evidence }).map(([name, value]) => [name, String(value)] as const),
  ];
  const shown = lines.filter(([, value]) => value !== undefined);
  const width = Math.max(...shown.map(([name]) => name.length));
  return `${id}  ${summary}\n${shown.map(([name, value]) => `  ${name.padEnd(width)}  ${value}\n`).join('')}`;
}

export function muteText(mute: AlertMute, nowUs: number): string {
  const { id, reason, sinceUs, untilUs, held, ...scope } = mute;
  const what = Object.entries(scope).map(([name, value]) => `${name} ${value}`);
  const isOver = untilUs !== undefined && untilUs <= nowUs;
  const until = untilUs === undefined ? 'for ever' : `${isOver ? 'was over' : 'until'} ${localText(untilUs)}`;
  return `mute ${id}  ${what.join(', ')}  ${until}  held ${held} back  (${reason})\n`;
}
