// Which page of a [[report]] is due, and what it is called. Owns when a period is over and the names of files. Pure; time is local and an
// argument.
import { basename, dirname, join } from 'node:path';
import type { ReportConfig } from '@kaipo/core/config/kaipo-config.js';
import { billingPeriod } from '@kaipo/core/query/billing-period.js';
import { localText, type TimeRange } from '@kaipo/core/query/time-range.js';

export interface DueReport {
  readonly range: TimeRange;
  readonly dueUs: number;
  readonly file: string;
  /** What comes after it. */
  readonly nextDueUs: number;
}

const US_PER_MS = 1000;
const IS_PAGE = /\.html?$/i;
const DEFAULT_NAME = 'kaipo-{every}-{from}.html';

/** The latest page whose time has come: of a recorder that was off for a month, the last day alone. */
export function dueReport(report: ReportConfig, nowUs: number): DueReport {
  // The period that is running began when the one before was over.
  const isDue = nowUs >= clockUs(billingPeriod(report.every, 1, nowUs).fromUs, report.atMin);
  const offset = isDue ? 0 : -1;
  const running = billingPeriod(report.every, 1, nowUs, offset);
  const range = billingPeriod(report.every, 1, nowUs, offset - 1);
  return {
    range,
    dueUs: clockUs(running.fromUs, report.atMin),
    nextDueUs: clockUs(running.toUs, report.atMin),
    file: fileOf(report, range),
  };
}

/** A time of the clock on the day that begins at midnight: in summer time as in winter. */
function clockUs(midnightUs: number, minutes: number): number {
  const day = new Date(midnightUs / US_PER_MS);
  day.setHours(Math.floor(minutes / 60), minutes % 60, 0, 0);
  return day.getTime() * US_PER_MS;
}

/** {from} is the first day of the period, {to} the last. */
function fileOf(report: ReportConfig, { fromUs, toUs }: TimeRange): string {
  return templateOf(report)
    .replaceAll('{every}', report.every)
    .replaceAll('{from}', localText(fromUs).slice(0, 10))
    .replaceAll('{to}', localText(toUs - 1).slice(0, 10));
}

function templateOf({ file }: ReportConfig): string {
  return IS_PAGE.test(file) ? file : join(file, DEFAULT_NAME);
}

/** The names that pages of a report have in their directory; undefined where each takes the place of the one before. */
export function pagesOf(report: ReportConfig): { readonly dir: string; isPage(name: string): boolean } | undefined {
  const template = templateOf(report);
  const name = basename(template);
  // With dates in the directory, each page has one of its own.
  if (!/\{(?:from|to)\}/.test(name) || /\{(?:from|to)\}/.test(dirname(template))) return undefined;
  const pattern = name
    .replaceAll('{every}', report.every)
    .split(/(\{from\}|\{to\})/)
    .map((part) =>
      /^\{(?:from|to)\}$/.test(part) ? '\\d{4}-\\d{2}-\\d{2}' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'),
    )
    .join('');
  const isPage = new RegExp(`^${pattern}$`);
  return { dir: dirname(template).replaceAll('{every}', report.every), isPage: (text) => isPage.test(text) };
}
