// What every answer about a period begins with: schema, period, filter and coverage for programs; sums in lines for people.

import { formatBytes, formatCount } from '@kaipo/core/kernel/units.js';
import type { HistoryTotals } from '@kaipo/core/query/history.js';
import { localText } from '@kaipo/core/query/time-range.js';
import { alignedTable } from '../output/aligned-table.js';
import { formatSpan } from '../report/report-notes.js';
import type { HistoryContext } from './history-context.js';
import { coverageOf, isRecorded } from './period-notes.js';
import { costFields, costLine } from './usage-cost.js';
import { secondsOf, usageFields } from './usage-fields.js';

/** `kaipo.NAME/1`, the period as asked, what was filtered, and how much of the period was recorded. */
export function documentHead(name: string, context: HistoryContext, totals: HistoryTotals): object {
  const { isRecorded: recorded, recordedSeconds, periodSeconds, caughtUp } = coverageOf(context, totals);
  return {
    schema: `kaipo.${name}/1`,
    from: secondsOf(context.range.fromUs),
    to: secondsOf(context.range.toUs),
    ...context.filter,
    recorded,
    recordedSeconds,
    periodSeconds,
    ...(caughtUp !== undefined && { caughtUp }),
  };
}

/** The sums of the whole period, with what they cost. */
export function totalFields(context: HistoryContext, totals: HistoryTotals): object {
  return { ...usageFields(totals), ...costFields(context.config, totals) };
}

/** Title, period and sums; `more`: further lines of name and value. */
export function headLines(
  title: string,
  context: HistoryContext,
  totals: HistoryTotals,
  more: readonly (readonly [name: string, value: string, also?: string])[] = [],
): string {
  const { range, color, filter } = context;
  const asked = [filter.interface, filter.zone].flat().filter((part) => part !== undefined);
  const of = asked.length === 0 ? '' : `  ${asked.join(', ')}`;
  const head = `${heading(title, color)}  ${localText(range.fromUs)} to ${localText(range.toUs)}${of}\n`;
  if (!isRecorded(totals)) return `${head}  not recorded\n`;
  const { recordedSeconds, periodSeconds } = coverageOf(context, totals);
  const cost = costLine(context.config, totals);
  const rows: (readonly [string, string, string?])[] = [
    [
      'Total',
      formatBytes(totals.txBytes + totals.rxBytes),
      `${formatCount(totals.txPackets + totals.rxPackets)} packets`,
    ],
    ['Received', formatBytes(totals.rxBytes)],
    ['Sent', formatBytes(totals.txBytes)],
    ...(cost === undefined ? [] : [['Cost', cost] as const]),
    ...more,
    ['Recorded', formatSpan(recordedSeconds * 1e6), `of ${formatSpan(periodSeconds * 1e6)}`],
  ];
  return head + alignedLines(rows);
}

export function heading(title: string, isColored: boolean): string {
  return isColored ? `\u001b[1m${title}\u001b[0m` : title;
}

function alignedLines(rows: readonly (readonly [string, string, string?])[]): string {
  return alignedTable(
    ['', '', ''],
    rows.map(([name, value, also = '']) => [name, value, also]),
  )
    .split('\n')
    .slice(1)
    .join('\n');
}
