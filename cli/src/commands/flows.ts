// `kaipo flows`: the closed flows of a period, largest first.
import type { FlowRecord } from '@kaipo/core/api/events.js';
import { formatBytes, formatCount } from '@kaipo/core/kernel/units.js';
import { FLOW_RECORD_FIELDS } from '@kaipo/core/query/filter/flow-record-fields.js';
import { filterAsked } from '@kaipo/core/query/filter/traffic-filter.js';
import { type FlowSortKey, queryFlows, queryHostNames, queryTotals } from '@kaipo/core/query/history.js';
import { localText } from '@kaipo/core/query/time-range.js';
import { flowLine } from '../analysis/event-records.js';
import { documentHead, headLines } from '../history/answer-head.js';
import type { RowOptions } from '../history/asked-rows.js';
import { DEFAULT_LIMIT } from '../history/default-limit.js';
import { fittedTable } from '../history/fitted-table.js';
import {
  answerFromHistory,
  askedOr,
  type HistoryAnswer,
  type HistoryContext,
  type HistoryOptions,
} from '../history/history-context.js';
import { isRecorded, periodNotes } from '../history/period-notes.js';
import { withoutSchema } from '../history/steps-answer.js';
import { formatSpan } from '../report/report-notes.js';
import { endpoint } from '../report/report-tables.js';

export const FLOW_SORTS = ['bytes', 'packets', 'duration', 'start', 'end'] as const satisfies readonly FlowSortKey[];
/** As many as the query looks at. */
const MAX_FLOWS = 500_000;

export interface FlowOptions extends RowOptions {
  readonly app?: string;
  readonly host?: string;
  readonly protocol?: string;
  /** In the filter language. */
  readonly filterText?: string;
}

export function runFlows(options: HistoryOptions & FlowOptions): Promise<number> {
  return answerFromHistory(options, askedOr('last 24 hours'), (context) => flowsAnswer(context, options));
}

export function flowsAnswer(context: HistoryContext, options: FlowOptions): HistoryAnswer {
  const { store, range, filter, width } = context;
  const { limit = DEFAULT_LIMIT, reverse = false, app, host, protocol, filterText } = options;
  const answer = queryFlows(store, range, {
    ...filter,
    limit: reverse ? MAX_FLOWS : limit,
    sort: FLOW_SORTS.find((word) => word === options.sort) ?? 'bytes',
    ...(app !== undefined && { app }),
    ...(host !== undefined && { host }),
    ...(protocol !== undefined && { protocol }),
    ...(filterText !== undefined && { fits: filterAsked(filterText, FLOW_RECORD_FIELDS) }),
  });
  const flows = reverse ? [...answer.flows].reverse().slice(0, limit) : answer.flows;
  const totals = queryTotals(store, range);
  const head = documentHead('flows', context, totals);
  const sums = { flows: answer.count, ...(answer.more && { more: true }) };
  const records = flows.map(flowRecord);
  return {
    document: { ...head, rows: records.map(({ type: _, ...row }) => row), ...sums },
    records: [...records, { type: 'total', ...withoutSchema(head), ...sums }],
    csv: { columns: CSV_COLUMNS, rows: flows.map(csvCells) },
    table: () =>
      answer.count === 0 && !isRecorded(totals)
        ? headLines('Flows', context, totals)
        : table(flows, context, width) + moreLine(answer.count - flows.length),
    notes: [
      ...(answer.count === 0 ? periodNotes(context, totals) : []),
      ...(answer.count === 0 && totals.intervals > 0 ? ['no flow that fits ended in this period'] : []),
      ...(answer.more ? ['there were too many flows to look at all; these are of the newest'] : []),
    ],
  };
}

const moreLine = (count: number): string =>
  count > 0 ? `  ${formatCount(count)} more ${count === 1 ? 'flow' : 'flows'}\n` : '';

export function flowRecord(flow: FlowRecord): Readonly<Record<string, unknown>> {
  const { localSide, owner } = flow;
  return {
    ...flowLine(flow),
    ...(localSide !== undefined && { localSide }),
    ...(owner !== undefined && { owner }),
  };
}

const CSV_COLUMNS = [
  'start',
  'end',
  'transport',
  'clientIp',
  'clientPort',
  'clientBytes',
  'clientPackets',
  'serverIp',
  'serverPort',
  'serverBytes',
  'serverPackets',
  'serverName',
  'protocol',
  'application',
  'app',
  'interface',
] as const;

function csvCells(flow: FlowRecord): (string | number | undefined)[] {
  const { client, server } = flow;
  return [
    flow.startUs / 1e6,
    flow.endUs / 1e6,
    flow.transport,
    client.ip,
    client.port,
    client.bytes,
    client.packets,
    server.ip,
    server.port,
    server.bytes,
    server.packets,
    flow.serverName,
    flow.protocol,
    flow.application,
    flow.owner?.app,
    flow.interface,
  ];
}

function table(flows: readonly FlowRecord[], { store, range }: HistoryContext, width: number | undefined): string {
  const names = flows.length === 0 ? undefined : queryHostNames(store, range);
  return fittedTable(
    [
      { title: 'Started', drop: 3 },
      { title: 'Lasted', align: 'right', drop: 1 },
      { title: 'Client', shrinksTo: 14 },
      { title: 'Server', shrinksTo: 14 },
      { title: 'Protocol', drop: 4 },
      { title: 'Application', drop: 5, shrinksTo: 11 },
      { title: 'Bytes', align: 'right' },
    ],
    flows.map((flow) => [
      localText(flow.startUs),
      formatSpan(flow.endUs - flow.startUs),
      endpoint(flow.client.ip, flow.client.port),
      endpoint(flow.serverName ?? names?.get(flow.server.ip) ?? flow.server.ip, flow.server.port),
      flow.protocol ?? flow.transport,
      flow.owner?.app ?? flow.application ?? '',
      formatBytes(flow.client.bytes + flow.server.bytes),
    ]),
    width,
  );
}
