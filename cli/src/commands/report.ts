// `kaipo report`: what happened in a period, as text, as one HTML file, or as a document for programs. Owns options and exit codes; what
// is told is report/'s work.
import { readFileSync } from 'node:fs';
import { wallClockUs } from '@kaipo/core/kernel/clock.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { EXIT_OK } from '@kaipo/core/kernel/exit-codes.js';
import { periodAsked, type TimeRange } from '@kaipo/core/query/time-range.js';
import type { Store, StoreInfo } from '@kaipo/core/store/store.js';
import { type HistoryOptions, historyContext } from '../history/history-context.js';
import { openStoreOf } from '../history/open-history.js';
import { writeTo } from '../output/data-output.js';
import { localeText } from '../output/locale-text.js';
import { reportError } from '../output/report-error.js';
import { htmlReport } from '../report/html-report.js';
import { reportDataOf } from '../report/html-report-of.js';
import { hasData, type ReportData } from '../report/report-data.js';
import { reportDocument } from '../report/report-document.js';
import { textReport } from '../report/text-report.js';
import { loadSettings } from '../settings/settings.js';

export interface ReportOptions extends Partial<Omit<HistoryOptions, 'sort' | 'reverse' | 'format'>> {
  /** Without `html` a text report. */
  readonly form?: 'text' | 'json';
  /** A file, or "-" for stdout. */
  readonly html?: string;
  readonly title?: string;
  readonly redact?: boolean;
  readonly redactKey?: string;
  /** Nothing is written when nothing was recorded. */
  readonly skipEmpty?: boolean;
}

const DEFAULT_PERIOD = '-24h';

/** Prints the report; answers the exit code. An empty period is a report too, and said on stderr. */
export async function runReport(options: ReportOptions): Promise<number> {
  let store: Store | undefined;
  try {
    checkForms(options);
    const { config } = await loadSettings(options);
    const nowUs = wallClockUs();
    periodAsked(options, nowUs, DEFAULT_PERIOD);
    store = await openStoreOf(config);
    const { color = false, title, limit, redactKey: redactKeyFile, redact = redactKeyFile !== undefined } = options;
    let isWholeStore = false;
    const context = historyContext(
      store,
      config,
      { ...options, format: 'table', color },
      (asked, info) => {
        const period = periodOf(asked, info, nowUs);
        isWholeStore = period.isWholeStore;
        return period.range;
      },
      nowUs,
    );
    const data = await reportDataOf(
      context,
      { isWholeStore, ...(title !== undefined && { title }), ...(limit !== undefined && { limit }) },
      { redact, ...(redactKeyFile !== undefined && { redactKeyFile }) },
    );
    if (!hasData(data)) process.stderr.write('kaipo: nothing was recorded in this period\n');
    if (hasData(data) || options.skipEmpty !== true) writeReport(data, options);
    return EXIT_OK;
  } catch (error) {
    return reportError(error);
  } finally {
    await store?.close();
  }
}

function checkForms({ html, form, output }: ReportOptions): void {
  if (html === undefined) return;
  if (form !== undefined)
    throw new KaipoError('KAIPO_USAGE', `--html and --${form} at once`, 'kaipo report --html FILE');
  if (output !== undefined) {
    throw new KaipoError('KAIPO_USAGE', '--html names its file itself', `kaipo report --html ${output}`);
  }
}

function writeReport(data: ReportData, { html, form, output, color = false }: ReportOptions): void {
  if (html !== undefined) {
    const page = htmlReport(data, version());
    writeTo(html, (sink) => sink.write(page));
    if (html !== '-') process.stderr.write(`kaipo: wrote ${html}\n`);
    return;
  }
  const isColored = color && (output === undefined || output === '-');
  const text = form === 'json' ? `${JSON.stringify(reportDocument(data))}\n` : localeText(textReport(data, isColored));
  writeTo(output, (sink) => sink.write(text));
}

/** When nobody asked for a period and the last day is empty (a store made of old captures), everything is meant. */
function periodOf(
  asked: HistoryOptions,
  { firstUs, lastEndUs }: StoreInfo,
  nowUs: number,
): { range: TimeRange; isWholeStore: boolean } {
  const range = periodAsked(asked, nowUs, DEFAULT_PERIOD);
  const isOpen = [asked.period, asked.since, asked.from, asked.to].every((given) => given === undefined);
  if (!isOpen || firstUs === undefined || lastEndUs === undefined || lastEndUs > range.fromUs) {
    return { range, isWholeStore: false };
  }
  // A period ends where nothing more can start.
  return { range: { fromUs: firstUs, toUs: Math.max(lastEndUs, firstUs + 1_000_000) }, isWholeStore: true };
}

function version(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}
