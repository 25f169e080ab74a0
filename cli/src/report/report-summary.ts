// The report in a paragraph that people can send: how much, what most, when, against the period before, what nobody knows.
// Owns the sentences; must not know HTML or terminals.
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { formatBytes } from '@kaipo/core/kernel/units.js';
import type { HistoryRow, HistoryRows } from '@kaipo/core/query/history.js';
import { dayText } from './chart-scale.js';
import { WEEKDAYS } from './parts/heat-map.js';
import { hasData, type ReportData, type ReportStep } from './report-data.js';
import { formatShare, formatSpan } from './report-notes.js';

/** How many names a sentence lists. */
const NAMED = 3;
const NAME_CHARACTERS = 60;
/** A change of less is no news. */
const SAME = 0.01;
/** More recorded is all of it. */
const NEARLY_ALL = 0.98;

export function reportSummary(data: ReportData): readonly string[] {
  if (!hasData(data)) return ['Nothing was recorded in this period.'];
  return [howMuch(data), change(data), mostOf(data), when(data), ...unrecorded(data)].filter(
    (sentence) => sentence !== undefined,
  );
}

function howMuch({ totals, cost, filter }: ReportData): string {
  const of = [filter.interface ?? [], filter.zone ?? []].flat();
  const where = of.length === 0 ? '' : ` (${of.join(', ')} alone)`;
  const total = totals.txBytes + totals.rxBytes;
  const price = cost === undefined ? '' : `, which cost ${cost.total.cost_formatted}`;
  return `${formatBytes(total)} moved${where}: ${formatBytes(totals.rxBytes)} received and ${formatBytes(totals.txBytes)} sent${price}.`;
}

function change({ change: { isComparable, comparison, total, totals } }: ReportData): string | undefined {
  if (!isComparable) return undefined;
  const was = totals.before.txBytes + totals.before.rxBytes;
  const perDay = comparison.by === 'bytes-per-day' ? ' a day' : '';
  const before = `the period before (${formatBytes(was)})`;
  const ratio = total === undefined ? 1 : total.ratio;
  if (ratio === undefined) return undefined;
  if (Math.abs(ratio - 1) < SAME) return `That is as much${perDay} as in ${before}.`;
  if (ratio >= 2) return `That is ${ratio.toFixed(ratio < 9.95 ? 1 : 0)} times as much${perDay} as in ${before}.`;
  return `That is ${Math.round(Math.abs(ratio - 1) * 100)} % ${ratio > 1 ? 'more' : 'less'}${perDay} than in ${before}.`;
}

function mostOf({ apps, hosts, hostNames }: ReportData): string | undefined {
  const whole = bytesOf(hosts.total);
  const app = namedShares(apps, Math.max(whole, bytesOf(apps.total)), ({ name }) => name);
  const host = namedShares(hosts, whole, ({ name }) => hostNames.get(name) ?? name);
  if (app === undefined) return host === undefined ? undefined : `Most went to and came from ${host}.`;
  return `Most belonged to ${app}${host === undefined ? '' : `; the other ends were mostly ${host}`}.`;
}

/** "firefox (61 %), curl (12 %) and ssh (3 %)" */
function namedShares({ rows }: HistoryRows, whole: number, nameOf: (row: HistoryRow) => string): string | undefined {
  const named = new Map<string, number>();
  for (const row of rows) {
    const bytes = (named.get(nameOf(row)) ?? 0) + bytesOf(row);
    if (bytes > 0) named.set(nameOf(row), bytes);
  }
  const largest = [...named].sort(([, left], [, right]) => right - left).slice(0, NAMED);
  const parts = largest.map(([name, bytes]) => `${safeText(name, NAME_CHARACTERS)} (${formatShare(bytes, whole)})`);
  if (parts.length < 2) return parts[0];
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

function when({ steps, step, week, range }: ReportData): string | undefined {
  const busiest = steps.reduce<ReportStep | undefined>(
    (most, part) => (most === undefined || bytesOf(part.totals) > bytesOf(most.totals) ? part : most),
    undefined,
  );
  const parts: string[] = [];
  if (busiest !== undefined && steps.length > 1 && bytesOf(busiest.totals) > 0) {
    parts.push(`most was moved ${stepText(busiest, step)} (${formatBytes(bytesOf(busiest.totals))})`);
  }
  const hour = week.busiest;
  // Within two days the steps are hours or less themselves.
  if (typeof step === 'string' && hour !== undefined && range.toUs - range.fromUs > 0) {
    const bytes = formatBytes(hour.txBytes + hour.rxBytes);
    parts.push(`the busiest hour began ${weekdayText(hour.fromUs)} at ${clockText(hour.fromUs)} (${bytes})`);
  }
  const text = parts.join('; ');
  return text === '' ? undefined : `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}

/** "on Saturday 14 Nov", "in 2026-10", "from 14:00 on" */
function stepText({ fromUs }: ReportStep, step: ReportData['step']): string {
  const at = new Date(fromUs / 1000);
  if (step === 'day') return `on ${weekdayText(fromUs)}`;
  if (step === 'month') return `in ${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, '0')}`;
  if (step === 'year') return `in ${at.getFullYear()}`;
  return step === 'week' ? `in the week of ${dayText(at)}` : `from ${clockText(fromUs)} on ${weekdayText(fromUs)}`;
}

function weekdayText(us: number): string {
  const at = new Date(us / 1000);
  return `${WEEKDAYS[(at.getDay() + 6) % 7]!} ${dayText(at)}`;
}

function clockText(us: number): string {
  const at = new Date(us / 1000);
  return `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`;
}

function unrecorded({ totals, range, madeUs, isWholeStore }: ReportData): string[] {
  const sentences: string[] = [];
  const periodUs = Math.min(range.toUs, madeUs) - range.fromUs;
  if (!isWholeStore && totals.coveredUs < periodUs * NEARLY_ALL) {
    sentences.push(
      `Only ${formatSpan(totals.coveredUs)} of ${formatSpan(periodUs)} were recorded: the rest is not known, and not counted as nothing.`,
    );
  }
  if (totals.caughtUpBytes > 0) {
    sentences.push(
      `${formatBytes(totals.caughtUpBytes)} of it moved while no recorder ran: counters tell how much, nothing tells who.`,
    );
  }
  return sentences;
}

function bytesOf({ txBytes, rxBytes }: { readonly txBytes: number; readonly rxBytes: number }): number {
  return txBytes + rxBytes;
}
