// The report for a terminal. Owns the order of its parts; columns line up in output/aligned-table.ts.
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { formatBitRate, formatBytes, formatCount } from '@kaipo/core/kernel/units.js';
import type { HistoryRow, HistoryRows } from '@kaipo/core/query/history.js';
import { localText } from '@kaipo/core/query/time-range.js';
import { changeSigned } from '../history/change-text.js';
import { alignedTable } from '../output/aligned-table.js';
import { type HEAT_SHADES, heatShade, WEEKDAYS } from './parts/heat-map.js';
import { flowBytes, hasData, type ReportData } from './report-data.js';
import { formatShare, formatSpan, reportNotes } from './report-notes.js';
import { reportSummary } from './report-summary.js';
import { endpoint } from './report-tables.js';
import { NO_ALERTS } from './sections/account-sections.js';
import { sparkline } from './sparkline.js';
import { rateOf } from './throughput-chart.js';
import { wrappedText } from './wrapped-text.js';

const NAME_CHARACTERS = 48;
const TITLE_CHARACTERS = 200;
/** Rows of what changed: the page has more. */
const CHANGE_ROWS = 5;
const BLOCKS = [' ', '░', '▒', '▓', '█', '█'] as const satisfies readonly string[] & { length: typeof HEAT_SHADES };

export function textReport(data: ReportData, isColored: boolean): string {
  const bold = (text: string): string => (isColored ? `\u001b[1m${text}\u001b[0m` : text);
  const { range, totals, hosts, hostNames, title } = data;
  const head = `${bold(safeText(title, TITLE_CHARACTERS))}  ${localText(range.fromUs)} to ${localText(range.toUs)} (${formatSpan(range.toUs - range.fromUs)})\n`;
  if (!hasData(data)) return `${head}\nNothing was recorded in this period.\n`;
  const part = (name: string, rows: HistoryRows, nameOf: (row: HistoryRow) => string): string =>
    rows.rows.length === 0 ? '' : `\n${bold(name)}\n${trafficLines(name, rows, nameOf)}`;
  return [
    head,
    `\n${wrappedText(reportSummary(data).join(' '))}\n`,
    figures(data),
    `\n${bold('Throughput')}  ${formatSpan(data.series.stepUs)} a step, received and sent\n  ${sparkline(data)}\n`,
    part('Application', data.apps, ({ name }) => name),
    part('Host', hosts, ({ name }) => (hostNames.has(name) ? `${hostNames.get(name)} (${name})` : name)),
    part('Protocol', data.protocols, ({ name }) => name),
    zoneLines(data, bold),
    part('Interface', data.interfaces, ({ name }) => name),
    weekLines(data, bold),
    changeLines(data, bold),
    capLines(data, bold),
    flowLines(data, bold),
    `\n${bold('Alerts')}\n  ${NO_ALERTS}\n`,
    totals.kernelBytes > 0 ? `\n${bold('Books')}\n${bookLines(data)}` : '',
    `\n${bold('Good to know')}\n${reportNotes(data)
      .map((note) => wrappedText(note))
      .join('')}`,
  ].join('');
}

function figures({ totals, series, cost }: ReportData): string {
  const lost = totals.droppedByKernel + totals.droppedByHelper;
  const peak = Math.max(
    0,
    ...series.points.map((point) => rateOf(point, point.rxBytes + point.txBytes, series.stepUs)),
  );
  const packets = (count: number): string => `${formatCount(count)} packets`;
  const lines = [
    ['Total', formatBytes(totals.rxBytes + totals.txBytes), packets(totals.rxPackets + totals.txPackets)],
    ['Received', formatBytes(totals.rxBytes), packets(totals.rxPackets)],
    ['Sent', formatBytes(totals.txBytes), packets(totals.txPackets)],
    ...(cost === undefined
      ? []
      : [
          [
            'Cost',
            cost.total.cost_formatted,
            `${cost.received.cost_formatted} received, ${cost.sent.cost_formatted} sent`,
          ],
        ]),
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

type Bold = (text: string) => string;

function zoneLines({ zones: { zones, total } }: ReportData, bold: Bold): string {
  const whole = total.txBytes + total.rxBytes;
  if (whole === 0) return '';
  const rows = zones.map(({ zone, rxBytes, txBytes }) => [
    zone,
    formatBytes(rxBytes),
    formatBytes(txBytes),
    formatShare(rxBytes + txBytes, whole),
  ]);
  return `\n${bold('Zone')}\n${alignedTable(['Zone', 'Received', 'Sent', 'Share'], rows)}`;
}

/** A column an hour; a dot is an hour nobody recorded. */
function weekLines({ week: { weekdays } }: ReportData, bold: Bold): string {
  const bytes = (cell: { readonly txBytes: number; readonly rxBytes: number }): number => cell.txBytes + cell.rxBytes;
  const most = Math.max(1, ...weekdays.flat().map(bytes));
  const lines = weekdays.map((hours, day) => {
    const cells = hours.map((cell) =>
      cell.coveredUs === 0 && bytes(cell) === 0 ? '·' : BLOCKS[heatShade(bytes(cell), most)]!,
    );
    return `  ${WEEKDAYS[day]!.slice(0, 3)}  ${cells.map((cell) => cell + cell).join('')}`.trimEnd();
  });
  const axis = Array.from({ length: 8 }, (_, index) =>
    String(index * 3)
      .padStart(2, '0')
      .padEnd(6),
  ).join('');
  return `\n${bold('Weekday and hour')}  darker is more, a dot was not recorded\n${lines.join('\n')}\n       ${axis.trimEnd()}\n`;
}

function changeLines({ change }: ReportData, bold: Bold): string {
  const { asked, comparison, isComparable, sections } = change;
  const head = `\n${bold('Change')}  against ${localText(asked.before.fromUs)} to ${localText(asked.before.toUs)}\n`;
  if (!isComparable) return `${head}  nothing was recorded then: there is nothing to compare with\n`;
  const perDay = comparison.by === 'bytes-per-day' ? '/d' : '';
  const rows = sections.flatMap(({ title, rows: changed }) =>
    changed
      .slice(0, CHANGE_ROWS)
      .map(({ name, change: word, difference }) => [
        title,
        safeText(name, NAME_CHARACTERS),
        word,
        changeSigned(difference, perDay),
      ]),
  );
  return rows.length === 0
    ? `${head}  nothing changed\n`
    : head + alignedTable(['', 'Name', 'Change', 'Difference'], rows);
}

function capLines({ caps }: ReportData, bold: Bold): string {
  if (caps.length === 0) return '';
  const rows = caps.map(({ cap, state, usedBytes, share }) => [
    safeText(cap.name, NAME_CHARACTERS),
    state,
    formatBytes(usedBytes),
    formatBytes(cap.limitBytes),
    `${Math.round(share * 100)} %`,
  ]);
  return `\n${bold('Caps')}\n${alignedTable(['Cap', 'State', 'Used', 'Limit', 'Share'], rows)}`;
}

function flowLines({ flows, hostNames }: ReportData, bold: Bold): string {
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
