// What changed between two periods, in four forms. Owns the fields, the table and what has to be said about the comparison.
import { formatBytes } from '@kaipo/core/kernel/units.js';
import type { FlowSums, HistoryTotals } from '@kaipo/core/query/history.js';
import type { Comparison, DiffRow, DiffRows } from '@kaipo/core/query/period-diff.js';
import { localText, type TimeRange } from '@kaipo/core/query/time-range.js';
import type { CsvCell } from '../output/csv.js';
import { formatSpan } from '../report/report-notes.js';
import { heading } from './answer-head.js';
import { changeRatio, changeSigned } from './change-text.js';
import type { DiffPeriods } from './diff-periods.js';
import { fittedTable, type TableColumn } from './fitted-table.js';
import type { HistoryAnswer, HistoryContext } from './history-context.js';
import { coverageOf, isRecorded } from './period-notes.js';
import { sumFields } from './rows-answer.js';
import { secondsOf, usageFields } from './usage-fields.js';

export interface DiffSection extends DiffRows {
  readonly type: 'app' | 'host' | 'protocol';
  readonly title: string;
  /** Bytes of names too small to be kept by name. */
  readonly folded: { readonly before: number; readonly after: number };
}

export interface DiffParts {
  /** As asked, and the part of it that can have been recorded. */
  readonly asked: DiffPeriods;
  readonly periods: DiffPeriods;
  readonly totals: { readonly before: HistoryTotals; readonly after: HistoryTotals };
  readonly comparison: Comparison;
  /** Both were recorded. */
  readonly isComparable: boolean;
  readonly total: DiffRow | undefined;
  readonly sections: readonly DiffSection[];
}

const SIDES = ['before', 'after'] as const;
type Side = (typeof SIDES)[number];
/** Recorded shares that differ by more may be the whole difference. */
const SHARE_APART = 0.05;
/** Of the change that is listed: less of it among the unnamed is no news. */
const FOLDED_SHARE = 0.01;

export function diffAnswerOf(context: HistoryContext, parts: DiffParts): HistoryAnswer {
  const { comparison, sections, total } = parts;
  const head = {
    schema: 'kaipo.diff/1',
    ...context.filter,
    before: periodFields(context, parts, 'before'),
    after: periodFields(context, parts, 'after'),
    comparable: parts.isComparable,
    comparedBy: comparison.by,
    ...(parts.isComparable && { difference: total?.difference ?? 0 }),
    ...(total?.ratio !== undefined && parts.isComparable && { ratio: total.ratio }),
  };
  const rows = (section: DiffSection) => section.rows.map((row) => rowFields(section, row, comparison));
  const { schema: _, ...record } = head;
  return {
    document: {
      ...head,
      ...Object.fromEntries(
        sections.map((section) => [
          `${section.type}s`,
          { ...section.counts, rows: rows(section), moreRows: section.moreCount, folded: section.folded },
        ]),
      ),
    },
    records: [
      ...sections.flatMap((section) => rows(section).map((row) => ({ type: section.type, ...row }))),
      { type: 'total', ...record },
    ],
    csv: {
      columns: CSV_COLUMNS,
      rows: sections.flatMap((section) => section.rows.map((row) => csvCells(section, row))),
    },
    table: () => table(context, parts),
    notes: notesOf(context, parts),
  };
}

function periodFields(context: HistoryContext, { asked, periods, totals }: DiffParts, side: Side): object {
  const coverage = coverageOf({ ...context, range: periods[side] }, totals[side]);
  return {
    from: secondsOf(asked[side].fromUs),
    to: secondsOf(asked[side].toUs),
    recorded: coverage.isRecorded,
    recordedSeconds: coverage.recordedSeconds,
    comparedSeconds: lengthUs(periods[side]) / 1e6,
    ...usageFields(totals[side]),
  };
}

function rowFields({ type }: DiffSection, row: DiffRow, comparison: Comparison): object {
  const { name, change, before, after, difference, ratio } = row;
  const side = (sums: FlowSums | undefined, factor: number) =>
    sums === undefined
      ? undefined
      : { ...sumFields(sums), ...(comparison.by === 'bytes-per-day' && { bytesPerDay: bytesOf(sums) * factor }) };
  return {
    [type]: name,
    change,
    ...(before !== undefined && { before: side(before, comparison.beforeFactor) }),
    ...(after !== undefined && { after: side(after, comparison.afterFactor) }),
    difference,
    ...(ratio !== undefined && { ratio }),
  };
}

const CSV_COLUMNS = [
  'row',
  'name',
  'change',
  'beforeTxBytes',
  'beforeRxBytes',
  'afterTxBytes',
  'afterRxBytes',
  'difference',
  'ratio',
] as const;

function csvCells({ type }: DiffSection, { name, change, before, after, difference, ratio }: DiffRow): CsvCell[] {
  return [type, name, change, before?.txBytes, before?.rxBytes, after?.txBytes, after?.rxBytes, difference, ratio];
}

function table(context: HistoryContext, parts: DiffParts): string {
  const { color, filter } = context;
  const { asked, totals, comparison, total, sections, isComparable } = parts;
  const of = [filter.interface, filter.zone].flat().filter((part) => part !== undefined);
  const lines = [`${heading('What changed', color)}${of.length === 0 ? '' : `  ${of.join(', ')}`}\n`];
  const perDay = comparison.by === 'bytes-per-day' ? '/d' : '';
  lines.push(
    fittedTable(
      [
        { title: '' },
        { title: 'From' },
        { title: 'To' },
        { title: 'Total', align: 'right' },
        { title: perDay === '' ? '' : 'A day', align: 'right', drop: 1 },
      ],
      SIDES.map((side) => [
        side === 'before' ? 'Before' : 'After',
        localText(asked[side].fromUs),
        localText(asked[side].toUs),
        isRecorded(totals[side]) ? formatBytes(bytesOf(totals[side])) : 'not recorded',
        perDay === '' || !isRecorded(totals[side]) ? '' : rate(bytesOf(totals[side]), comparison, side),
      ]),
      context.width,
    ),
  );
  if (isComparable) lines.push(`  ${total === undefined ? 'As much as before' : changeText(total, perDay)}\n`);
  for (const section of sections) {
    lines.push(
      '\n',
      fittedTable(
        columnsOf(section, perDay),
        section.rows.map((row) => cellsOf(row, comparison, perDay)),
        context.width,
      ),
    );
    if (section.rows.length === 0) lines.push('  nothing changed\n');
    if (section.moreCount > 0) lines.push(`  ${moreText(section)}\n`);
  }
  return lines.join('');
}

/** What is not listed, and what of it nobody should miss. */
function moreText({ moreCount, counts, rows }: DiffSection): string {
  const parts = (['new', 'gone'] as const).flatMap((kind) => {
    const hidden = counts[kind] - rows.filter(({ change }) => change === kind).length;
    return hidden > 0 ? [`${hidden} ${kind}`] : [];
  });
  return `${moreCount} more changed less${parts.length === 0 ? '' : `, of them ${parts.join(', ')}`}`;
}

const columnsOf = ({ title }: DiffSection, perDay: string): readonly TableColumn[] => [
  { title, shrinksTo: 14 },
  { title: 'Change' },
  { title: perDay === '' ? 'Before' : 'Before a day', align: 'right', drop: 2 },
  { title: perDay === '' ? 'After' : 'After a day', align: 'right', drop: 3 },
  { title: 'Difference', align: 'right' },
  { title: '', align: 'right', drop: 1 },
];

function cellsOf(
  { name, change, before, after, difference, ratio }: DiffRow,
  comparison: Comparison,
  perDay: string,
): string[] {
  const side = (sums: FlowSums | undefined, of: Side): string =>
    sums === undefined ? '–' : rate(bytesOf(sums), comparison, of);
  const times = ratio === undefined || after === undefined ? '' : changeRatio(ratio);
  return [name, change, side(before, 'before'), side(after, 'after'), changeSigned(difference, perDay), times];
}

const rate = (bytes: number, { beforeFactor, afterFactor, by }: Comparison, side: Side): string =>
  `${formatBytes(Math.round(bytes * (side === 'before' ? beforeFactor : afterFactor)))}${by === 'bytes' ? '' : '/d'}`;

function changeText({ difference, ratio }: DiffRow, perDay: string): string {
  return `${changeSigned(difference, perDay)}${ratio === undefined ? '' : ` (${changeRatio(ratio)})`} in all`;
}

function notesOf(context: HistoryContext, parts: DiffParts): string[] {
  const { asked, periods, totals, comparison, sections } = parts;
  const missing = SIDES.filter((side) => !isRecorded(totals[side]));
  const notes: string[] = missing.map((side) => {
    return `nothing was recorded in the ${side === 'before' ? 'first' : 'second'} period, ${spanText(asked[side])}: there is nothing to compare`;
  });
  if (missing.length > 0) return notes;
  if (comparison.by === 'bytes-per-day') {
    const [first, second] = SIDES.map((side) => formatSpan(lengthUs(periods[side])));
    notes.push(`${lengthReason(context, parts)}: ${first} and ${second} are compared by bytes a day`);
  }
  const [was, is] = SIDES.map((side) => Math.min(1, totals[side].coveredUs / lengthUs(periods[side])));
  if (Math.abs(was! - is!) > SHARE_APART) {
    notes.push(
      `${percent(was!)} of the first period and ${percent(is!)} of the second were recorded: what was not may look like a change`,
    );
  }
  if (asked.before.fromUs < asked.after.toUs && asked.after.fromUs < asked.before.toUs) {
    notes.push('the periods overlap: what moved in both is in both');
  }
  for (const { title, folded, rows } of sections) {
    const most = Math.max(folded.before, folded.after);
    const listed = rows.reduce((sum, { difference }) => sum + Math.abs(difference), 0);
    if (most > listed * FOLDED_SHARE && most > 0) {
      notes.push(
        `${title}s: ${formatBytes(most)} belong to names too small to be kept, which may be old where they seem new`,
      );
    }
  }
  return notes;
}

/** Why the periods are not as long as each other. */
function lengthReason({ nowUs, info: { firstUs = 0 } }: HistoryContext, { asked }: DiffParts): string {
  if (asked.before.fromUs < firstUs || asked.after.fromUs < firstUs) return `history begins ${localText(firstUs)}`;
  const isOpen = SIDES.some((side) => asked[side].toUs >= nowUs);
  return isOpen ? 'the second period is not over' : 'the periods are not equally long';
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
const lengthUs = ({ fromUs, toUs }: TimeRange): number => toUs - fromUs;
const spanText = ({ fromUs, toUs }: TimeRange): string => `${localText(fromUs)} to ${localText(toUs)}`;
const bytesOf = ({ txBytes, rxBytes }: Pick<FlowSums, 'txBytes' | 'rxBytes'>): number => txBytes + rxBytes;
