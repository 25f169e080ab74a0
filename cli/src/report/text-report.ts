// The report for a terminal. Owns the order of its parts; columns line up in output/aligned-table.ts.

import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { formatBitRate, formatBytes, formatCount } from '@kaipo/core/kernel/units.js';
import type { HistoryRow, HistoryRows } from '@kaipo/core/query/history.js';
import { localText } from '@kaipo/core/query/time-range.js';
import { alignedTable } from '../output/aligned-table.js';
import { flowBytes, hasData, type ReportData } from './report-data.js';
import { formatShare, formatSpan, reportNotes } from './report-notes.js';
import { endpoint } from './report-tables.js';
import { rateOf } from './throughput-chart.js';

const NAME_CHARACTERS = 48;
const LEVELS = ' ▁▂▃▄▅▆▇█';
const SPARK_COLUMNS = 60;

export function textReport(data: ReportData, isColored: boolean): string {
  const bold = (text: string): string => (isColored ? `\u001b[1m${text}\u001b[0m` : text);
  const { range, totals, hosts, hostNames } = data;
  const head = `${bold('Network report')}  ${localText(range.fromUs)} to ${localText(range.toUs)} (${formatSpan(range.toUs - range.fromUs)})\n`;
  if (!hasData(data)) return `${head}\nNothing was recorded in this period.\n`;
  const part = (title: string, rows: HistoryRows, nameOf: (row: HistoryRow) => string): string =>
    rows.rows.length === 0 ? '' : `\n${bold(title)}\n${trafficLines(title, rows, nameOf)}`;
  return [
    head,
    '\n',
    summary(data),
    `\n${bold('Throughput')}  ${formatSpan(data.series.stepUs)} a step, received and sent\n  ${sparkline(data)}\n`,
    part('Application', data.apps, ({ name }) => name),
    part('Host', hosts, ({ name }) => (hostNames.has(name) ? `${hostNames.get(name)} (${name})` : name)),
    part('Protocol', data.protocols, ({ name }) => name),
    part('Interface', data.interfaces, ({ name }) => name),
    flowLines(data, bold),
    totals.kernelBytes > 0 ? `\n${bold('Books')}\n${bookLines(data)}` : '',
    `\n${bold('Good to know')}\n${reportNotes(data)
      .map((note) => `  ${note}\n`)
      .join('')}`,
  ].join('');
}

function summary({ totals, series }: ReportData): string {
  const lost = totals.droppedByKernel + totals.droppedByHelper;
  const peak = Math.max(
    0,
    ...series.points.map((point) => rateOf(point, point.rxBytes + point.txBytes, series.stepUs)),
  );
  const lines = [
    [
      'Total',
      formatBytes(totals.rxBytes + totals.txBytes),
      `${formatCount(totals.rxPackets + totals.txPackets)} packets`,
    ],
    ['Received', formatBytes(totals.rxBytes), `${formatCount(totals.rxPackets)} packets`],
    ['Sent', formatBytes(totals.txBytes), `${formatCount(totals.txPackets)} packets`],
    ['Peak', formatBitRate(peak), ''],
    ['Recorded', formatSpan(totals.coveredUs), ''],
    [
      'Capture loss',
      totals.received > 0 ? formatShare(lost, totals.received) : '–',
      totals.received > 0 ? `${formatCount(lost)} of ${formatCount(totals.received)} packets` : '',
    ],
  ];
  return lines
    .map(([name, value, also]) => `  ${name!.padEnd(14)}${value!.padStart(12)}   ${also}`.trimEnd())
    .join('\n')
    .concat('\n');
}

function trafficLines(
  title: string,
  { rows, other, otherCount, total }: HistoryRows,
  nameOf: (row: HistoryRow) => string,
): string {
  const whole = total.txBytes + total.rxBytes;
  const line = (row: HistoryRow, name: string): string[] => [
    safeText(name, NAME_CHARACTERS),
    formatBytes(row.rxBytes),
    formatBytes(row.txBytes),
    formatShare(row.rxBytes + row.txBytes, whole),
  ];
  const rest = other === undefined ? [] : [line(other, otherCount > 0 ? `${otherCount} more` : 'other')];
  return alignedTable([title, 'Received', 'Sent', 'Share'], [...rows.map((row) => line(row, nameOf(row))), ...rest]);
}

function flowLines({ flows, hostNames }: ReportData, bold: (text: string) => string): string {
  if (flows.flows.length === 0) return '';
  const rows = flows.flows.map((flow) => [
    safeText(endpoint(flow.client.ip, flow.client.port), NAME_CHARACTERS),
    safeText(
      endpoint(flow.serverName ?? hostNames.get(flow.server.ip) ?? flow.server.ip, flow.server.port),
      NAME_CHARACTERS,
    ),
    safeText(flow.protocol ?? flow.transport),
    safeText(flow.owner?.app ?? flow.application ?? ''),
    formatBytes(flowBytes(flow)),
  ]);
  return `\n${bold('Largest flows')}  ${formatCount(flows.count)} ended\n${alignedTable(['Client', 'Server', 'Protocol', 'Application', 'Bytes'], rows)}`;
}

function bookLines({ totals }: ReportData): string {
  const { kernelBytes, attributedBytes, unknownBytes, notCapturedBytes } = totals;
  const line = (name: string, bytes: number): string[] => [
    name,
    formatBytes(bytes),
    formatShare(Math.abs(bytes), kernelBytes),
  ];
  return alignedTable(
    ['Kernel counters', formatBytes(kernelBytes), ''],
    [
      line('attributed', attributedBytes),
      line('owner unknown', unknownBytes),
      line('not captured', notCapturedBytes),
      line('difference', kernelBytes - attributedBytes - unknownBytes - notCapturedBytes),
    ],
  );
}

/** One line of blocks; a dot is time that was not recorded. */
function sparkline({ series: { points, stepUs } }: ReportData): string {
  const each = Math.max(1, Math.ceil(points.length / SPARK_COLUMNS));
  const rates: (number | undefined)[] = [];
  for (let at = 0; at < points.length; at += each) {
    const seen = points.slice(at, at + each).filter(({ coveredUs }) => coveredUs > 0);
    rates.push(
      seen.length === 0
        ? undefined
        : Math.max(...seen.map((point) => rateOf(point, point.rxBytes + point.txBytes, stepUs))),
    );
  }
  const most = Math.max(1, ...rates.map((rate) => rate ?? 0));
  const blocks = rates.map((rate) =>
    rate === undefined ? '·' : LEVELS[Math.ceil((rate / most) * (LEVELS.length - 1))],
  );
  return `${blocks.join('')}  at most ${formatBitRate(most)}`;
}
