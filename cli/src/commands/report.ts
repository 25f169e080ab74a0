// `kaipo report`: what happened in a period, as text or as one HTML file. Owns options and exit codes; the page is report/'s work.
import { readFileSync } from 'node:fs';
import { wallClockUs } from '@kaipo/core/kernel/clock.js';
import { EXIT_OK } from '@kaipo/core/kernel/exit-codes.js';
import { parseRange, type TimeRange } from '@kaipo/core/query/time-range.js';
import type { Store } from '@kaipo/core/store/store.js';
import { openHistory } from '../history/open-history.js';
import { writeTo } from '../output/data-output.js';
import { localeText } from '../output/locale-text.js';
import { reportError } from '../output/report-error.js';
import { htmlReport } from '../report/html-report.js';
import { collectReport, hasData } from '../report/report-data.js';
import { textReport } from '../report/text-report.js';

export interface ReportOptions {
  /** A file, or "-" for stdout; without it a text report. */
  readonly html?: string;
  readonly from?: string;
  readonly to?: string;
  readonly store?: string;
  readonly config?: string;
  readonly output?: string;
  readonly color?: boolean;
}

/** Prints the report; answers the exit code. An empty period is a report too, and said on stderr. */
export async function runReport(options: ReportOptions): Promise<number> {
  let store: Store | undefined;
  try {
    const nowUs = wallClockUs();
    const asked = parseRange(options.from, options.to, nowUs);
    store = await openHistory(options);
    const { range, isWholeStore } = periodOf(store, asked, options);
    const data = collectReport(store, range, isWholeStore, nowUs);
    if (!hasData(data)) process.stderr.write('kaipo: nothing was recorded in this period\n');
    if (options.html === undefined) {
      const isColored = options.color === true && (options.output === undefined || options.output === '-');
      writeTo(options.output, (sink) => sink.write(localeText(textReport(data, isColored))));
    } else {
      const page = htmlReport(data, version());
      writeTo(options.html, (sink) => sink.write(page));
      if (options.html !== '-') process.stderr.write(`kaipo: wrote ${options.html}\n`);
    }
    return EXIT_OK;
  } catch (error) {
    return reportError(error);
  } finally {
    await store?.close();
  }
}

/** When nobody asked for a period and the last day is empty (a store made of old captures), everything is meant. */
function periodOf(store: Store, asked: TimeRange, options: ReportOptions): { range: TimeRange; isWholeStore: boolean } {
  const { firstUs, lastEndUs } = store.info();
  const isOpen = options.from === undefined && options.to === undefined;
  if (!isOpen || firstUs === undefined || lastEndUs === undefined || lastEndUs > asked.fromUs) {
    return { range: asked, isWholeStore: false };
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
