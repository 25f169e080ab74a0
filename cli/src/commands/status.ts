// `kaipo status`: totals of now, today, this month and all time, and whether a recorder runs.
import { wallClockUs } from '@kaipo/core/kernel/clock.js';
import { EXIT_OK } from '@kaipo/core/kernel/exit-codes.js';
import { formatBitRate, formatBytes } from '@kaipo/core/kernel/units.js';
import { defaultStoreDir } from '@kaipo/core/query/default-store-dir.js';
import { type HistoryTotals, queryTotals } from '@kaipo/core/query/history.js';
import { localDay, localMonth, localText } from '@kaipo/core/query/time-range.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import type { Store, StoreInfo } from '@kaipo/core/store/store.js';
import { alignedTable } from '../output/aligned-table.js';
import { type DataFormat, writeAnswer } from '../output/data-output.js';
import { reportError } from '../output/report-error.js';
import { formatSpan } from '../report/report-notes.js';

export interface StatusOptions {
  readonly format: DataFormat;
  readonly output?: string;
  readonly store?: string;
  readonly color?: boolean;
}

/** "Now" is the average of this long, up to the latest interval. */
const NOW_US = 10_000_000;
const US_PER_S = 1_000_000;

interface Period {
  readonly name: 'now' | 'today' | 'month' | 'lifetime';
  readonly fromUs: number;
  readonly toUs: number;
  readonly totals: HistoryTotals;
}

export async function runStatus(options: StatusOptions): Promise<number> {
  let store: Store | undefined;
  try {
    const nowUs = wallClockUs();
    store = openStore({ dir: options.store ?? defaultStoreDir(), readOnly: true });
    const info = store.info();
    const periods = periodsOf(store, info, nowUs);
    writeAnswer(
      {
        document: document(info, periods, nowUs),
        records: periods.map((period) => ({ type: 'period', ...record(period) })),
        csv: {
          columns: CSV_COLUMNS,
          rows: periods.map((period) => CSV_COLUMNS.map((column) => record(period)[column])),
        },
        table: () => table(info, periods, nowUs, options.color === true),
      },
      options.format,
      options.output,
    );
    return EXIT_OK;
  } catch (error) {
    return reportError(error);
  } finally {
    await store?.close();
  }
}

function periodsOf(store: Store, info: StoreInfo, nowUs: number): Period[] {
  const today = localDay(nowUs);
  const month = localMonth(nowUs);
  const period = (name: Period['name'], fromUs: number, toUs: number): Period => {
    return { name, fromUs, toUs, totals: queryTotals(store, { fromUs, toUs }) };
  };
  return [
    // Without a recorder there is no now.
    ...(info.writer === undefined ? [] : [period('now', (info.lastEndUs ?? nowUs) - NOW_US, nowUs)]),
    period('today', today.fromUs, today.toUs),
    period('month', month.fromUs, month.toUs),
    period('lifetime', info.firstUs ?? 0, Math.max(nowUs, info.lastEndUs ?? 0)),
  ];
}

const CSV_COLUMNS = [
  'period',
  'from',
  'to',
  'txBytes',
  'rxBytes',
  'totalBytes',
  'txPackets',
  'rxPackets',
  'recordedSeconds',
] as const;

function record({ name, fromUs, toUs, totals }: Period): Record<(typeof CSV_COLUMNS)[number], string | number> {
  return {
    period: name,
    from: fromUs / US_PER_S,
    to: toUs / US_PER_S,
    txBytes: totals.txBytes,
    rxBytes: totals.rxBytes,
    totalBytes: totals.txBytes + totals.rxBytes,
    txPackets: totals.txPackets,
    rxPackets: totals.rxPackets,
    recordedSeconds: totals.coveredUs / US_PER_S,
  };
}

function document(info: StoreInfo, periods: readonly Period[], nowUs: number): object {
  const sums = Object.fromEntries(
    periods.map((period) => {
      const { period: name, ...rest } = record(period);
      return [name, rest];
    }),
  );
  return {
    schema: 'kaipo.status/1',
    ts: nowUs / US_PER_S,
    ...sums,
    recorder: {
      running: info.writer !== undefined,
      ...(info.writer === undefined ? {} : { pid: info.writer.pid, since: info.writer.sinceUs / US_PER_S }),
      ...(info.mode === undefined ? {} : { mode: info.mode }),
    },
    store: {
      dir: info.dir,
      bytes: info.fileBytes,
      intervals: info.intervals,
      flows: info.flows,
      ...(info.firstUs === undefined ? {} : { firstTs: info.firstUs / US_PER_S }),
      ...(info.lastEndUs === undefined ? {} : { lastTs: info.lastEndUs / US_PER_S }),
    },
  };
}

const TITLES: Readonly<Record<Period['name'], string>> = {
  now: 'Now',
  today: 'Today',
  month: 'This month',
  lifetime: 'All time',
};

function table(info: StoreInfo, periods: readonly Period[], nowUs: number, isColored: boolean): string {
  const bold = (text: string): string => (isColored ? `\u001b[1m${text}\u001b[0m` : text);
  const rows = periods.map(({ name, totals }) => {
    if (name === 'now' && (info.writer === undefined || totals.coveredUs === 0)) return [TITLES[name], '–', '–', '–'];
    const text = (bytes: number): string =>
      name === 'now' ? formatBitRate(bytes / (totals.coveredUs / US_PER_S)) : formatBytes(bytes);
    return [TITLES[name], text(totals.rxBytes), text(totals.txBytes), text(totals.rxBytes + totals.txBytes)];
  });
  return `${bold('Traffic')}\n${alignedTable(['', 'Received', 'Sent', 'Total'], rows)}\n${bold('Recorder')}\n${recorderLines(
    info,
    nowUs,
  )
    .map((line) => `  ${line}\n`)
    .join('')}`;
}

function recorderLines(info: StoreInfo, nowUs: number): string[] {
  const lines = [
    info.writer === undefined
      ? 'not running; start it with: kaipo live'
      : `running, process ${info.writer.pid}, since ${localText(info.writer.sinceUs)}`,
  ];
  if (info.lastEndUs !== undefined) {
    lines.push(`latest interval ${localText(info.lastEndUs)}, ${formatSpan(nowUs - info.lastEndUs)} ago`);
  }
  if (info.mode !== undefined)
    lines.push(
      `seen by ${info.mode}${info.mode === 'capture+events' || info.mode === 'file' ? '' : '; kaipo doctor tells how to see more'}`,
    );
  lines.push(`store ${info.dir}, ${formatBytes(info.fileBytes)}, ${info.intervals} intervals, ${info.flows} flows`);
  return lines;
}
