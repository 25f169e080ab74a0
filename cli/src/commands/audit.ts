// `kaipo audit`: the books of a period by interface and in total. Owns the bound and the exit code; the sums are
// core/src/query/history-books.ts, the words cli/src/history/audit-entries.ts.
import { parseSize } from '@kaipo/core/config/config-units.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { EXIT_FOUND, EXIT_OK } from '@kaipo/core/kernel/exit-codes.js';
import { formatBytes } from '@kaipo/core/kernel/units.js';
import { type BooksSums, type HistoryBooks, queryBooks, queryTotals } from '@kaipo/core/query/history.js';
import { localText, type TimeRange } from '@kaipo/core/query/time-range.js';
import { entriesOf, REASON_SENTENCES, REASON_TITLES, reasonsOf } from '../history/audit-entries.js';
import {
  answerFromHistory,
  askedOr,
  type HistoryAnswer,
  type HistoryContext,
  type HistoryOptions,
} from '../history/history-context.js';
import { isRecorded, periodNotes } from '../history/period-notes.js';
import { alignedTable } from '../output/aligned-table.js';
import type { CsvCell } from '../output/csv.js';
import { reportError } from '../output/report-error.js';

export interface AuditOptions extends HistoryOptions {
  /** `10MB`, `0`, `1%`. */
  readonly bound: string;
}

/** How much of the kernel's count may be left that is not booked. */
export type AuditBound = { readonly bytes: number } | { readonly percent: number };

const US_PER_S = 1_000_000;
const PERCENT = /^(\d{1,3}(?:\.\d{1,9})?)\s*%$/;
const DEFAULT_PERIOD = 'last 24 hours';

/** Raises KAIPO_USAGE. */
export function parseBound(text: string): AuditBound {
  const percent = PERCENT.exec(text.trim());
  if (percent !== null && Number(percent[1]) <= 100) return { percent: Number(percent[1]) };
  const bytes = parseSize(text);
  if (bytes !== undefined) return { bytes };
  throw new KaipoError('KAIPO_USAGE', `"${text}" is no bound`, 'write --bound 10MB, --bound 0 or --bound 0.1%');
}

export function isWithin(bound: AuditBound, { residualBytes, kernelBytes }: BooksSums): boolean {
  const allowed = 'bytes' in bound ? bound.bytes : (kernelBytes * bound.percent) / 100;
  return Math.abs(residualBytes) <= allowed;
}

/** Prints the books; answers EXIT_FOUND when the residual of an interface or of all passes the bound. */
export async function runAudit(options: AuditOptions): Promise<number> {
  let isOver = false;
  let bound: AuditBound;
  try {
    bound = parseBound(options.bound);
  } catch (error) {
    return reportError(error);
  }
  const exitCode = await answerFromHistory(options, askedOr(DEFAULT_PERIOD), (context) => {
    const { answer, over } = askBooks(context, bound);
    isOver = over.length > 0;
    return answer;
  });
  return exitCode === EXIT_OK && isOver ? EXIT_FOUND : exitCode;
}

/** The books of a period, and how they stand to the bound. */
export function booksAnswer(context: HistoryContext, bound: AuditBound): HistoryAnswer {
  return askBooks(context, bound).answer;
}

function askBooks(context: HistoryContext, bound: AuditBound) {
  const books = queryBooks(context.store, context.range, context.filter);
  const over = shownAccounts(books).filter(({ sums }) => !isWithin(bound, sums));
  return { answer: auditAnswer(context, books, bound, over), over };
}

interface Account {
  /** Absent: all of them together. */
  readonly interface?: string;
  readonly sums: BooksSums;
}

function accountsOf({ interfaces, total }: HistoryBooks): Account[] {
  return [...interfaces.map(({ interface: name, ...sums }) => ({ interface: name, sums })), { sums: total }];
}

/** For people: where one interface is all there is, its account is the total. */
function shownAccounts(books: HistoryBooks): Account[] {
  return books.interfaces.length === 1 ? accountsOf(books).slice(0, 1) : accountsOf(books);
}

function auditAnswer(
  context: HistoryContext,
  books: HistoryBooks,
  bound: AuditBound,
  over: readonly Account[],
): HistoryAnswer {
  const { range, store, color } = context;
  const period = { from: range.fromUs / US_PER_S, to: range.toUs / US_PER_S };
  const interfaces = books.interfaces.map(({ interface: name, ...sums }) => ({
    interface: name,
    ...accountRecord(sums, bound),
  }));
  const total = accountRecord(books.total, bound);
  const reasons = Object.fromEntries(reasonsOf(books.total).map((reason) => [reason, REASON_SENTENCES[reason]]));
  const isClosed = over.length === 0;
  const totals = queryTotals(store, range);
  const recorded = isRecorded(totals) || books.interfaces.length > 0;
  return {
    document: {
      schema: 'kaipo.audit/1',
      ...period,
      recorded,
      bound,
      withinBound: isClosed,
      interfaces,
      total,
      reasons,
    },
    records: [
      ...interfaces.map((record) => ({ type: 'books', ...period, ...record })),
      { type: 'total', ...period, recorded, ...total },
    ],
    csv: { columns: CSV_COLUMNS, rows: accountsOf(books).flatMap(csvRows) },
    table: () => tableText(books, bound, range, color),
    notes: [...periodNotes(context, totals), ...over.map((account) => overText(account, bound))],
  };
}

function accountRecord(sums: BooksSums, bound: AuditBound): object {
  const share = sums.kernelBytes > 0 ? { residualShare: sums.residualBytes / sums.kernelBytes } : {};
  return { ...sums, ...share, withinBound: isWithin(bound, sums) };
}

function overText({ interface: name, sums }: Account, bound: AuditBound): string {
  const of = name === undefined ? 'in total' : `of ${interfaceText(name)}`;
  const size = `${formatBytes(sums.residualBytes)} (${sums.residualBytes} bytes)`;
  return `the books do not close: ${size} ${of} is not booked${partsText(sums)}, more than the bound of ${boundText(bound)}`;
}

/** What the residual is made of, where it is of two kinds. */
function partsText({ residualBytes, inFlightBytes, unexplainedBytes }: BooksSums): string {
  const missingBytes = residualBytes - inFlightBytes - unexplainedBytes;
  const parts = [
    [inFlightBytes, 'in flight'],
    [unexplainedBytes, 'unexplained'],
    [missingBytes, 'missing'],
  ] as const;
  const told = parts.filter(([bytes]) => bytes !== 0).map(([bytes, what]) => `${formatBytes(bytes)} ${what}`);
  return told.length === 0 ? '' : ` (${told.join(', ')})`;
}

const boundText = (bound: AuditBound): string =>
  'bytes' in bound ? formatBytes(bound.bytes) : `${bound.percent} % of what the kernel counted`;

const CSV_COLUMNS = ['interface', 'category', 'reason', 'bytes', 'share'] as const;

/** The rows of the total have no interface. */
function csvRows({ interface: name, sums }: Account): CsvCell[][] {
  return entriesOf(sums).map(({ category, reason, bytes }) => {
    const share = sums.kernelBytes > 0 ? bytes / sums.kernelBytes : undefined;
    return [name === undefined ? undefined : interfaceText(name), category, reason, bytes, share];
  });
}

function tableText(books: HistoryBooks, bound: AuditBound, range: TimeRange, isColored: boolean): string {
  const bold = (text: string): string => (isColored ? `\u001b[1m${text}\u001b[0m` : text);
  const head = `${bold('Books')}  ${localText(range.fromUs)} to ${localText(range.toUs)}, bound ${boundText(bound)}\n`;
  if (books.interfaces.length === 0) return `${head}\n  no entries: nothing was recorded in this period\n`;
  const parts = shownAccounts(books).map(({ interface: name, sums }) => {
    const rows = entriesOf(sums).map(({ title, bytes }) => [title, formatBytes(bytes), shareText(bytes, sums)]);
    const verdict = isWithin(bound, sums) ? 'closed' : 'NOT CLOSED';
    return `\n${bold(name === undefined ? 'all interfaces' : interfaceText(name))}  ${verdict}\n${alignedTable(['', 'Bytes', 'Share'], rows)}`;
  });
  const reasons = reasonsOf(books.total).map((reason) => [REASON_TITLES[reason], REASON_SENTENCES[reason]]);
  const legend =
    reasons.length === 0
      ? ''
      : `\n${bold('What the reasons mean')}\n${alignedTable(['', ''], reasons).replace(/^\s*\n/, '')}`;
  return `${head}${parts.join('')}${legend}`;
}

/** Four digits: a bound of 0.1 % must be told from nothing. */
function shareText(bytes: number, { kernelBytes }: BooksSums): string {
  return kernelBytes > 0 ? `${((bytes / kernelBytes) * 100).toFixed(4)} %` : '';
}

/** Rows of capture files, and of sockets on no counted interface. */
const interfaceText = (name: string): string => (name === '' ? '(no interface)' : name);
