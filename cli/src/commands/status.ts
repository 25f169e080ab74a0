// `kaipo status`: totals of now, today, this month and all time, and whether a recorder runs.
import type { KaipoConfig } from '@kaipo/core/config/kaipo-config.js';
import { wallClockUs } from '@kaipo/core/kernel/clock.js';
import { EXIT_OK } from '@kaipo/core/kernel/exit-codes.js';
import { formatBitRate, formatBytes } from '@kaipo/core/kernel/units.js';
import { type HistoryTotals, queryTotals } from '@kaipo/core/query/history.js';
import { localDay, localMonth, localText } from '@kaipo/core/query/time-range.js';
import type { Store, StoreInfo } from '@kaipo/core/store/store.js';
import { openStoreOf } from '../history/open-history.js';
import { costFields, costLine } from '../history/usage-cost.js';
import { askRecorderHealth, healthProblem, type RecorderHealth } from '../live/recorder-health.js';
import { alignedTable } from '../output/aligned-table.js';
import { type DataFormat, writeAnswer } from '../output/data-output.js';
import { reportError } from '../output/report-error.js';
import { formatSpan } from '../report/report-notes.js';
import { loadSettings } from '../settings/settings.js';

export interface StatusOptions {
  readonly format: DataFormat;
  readonly output?: string;
  readonly store?: string;
  readonly config?: string;
  readonly color?: boolean;
}

/** "Now" is the average of this long, up to the latest interval. */
const NOW_US = 10_000_000;
const US_PER_S = 1_000_000;
/** The year 275760: the last one Date knows. */
const MOST_TIME_US = 8.64e18;

interface Period {
  readonly name: 'now' | 'today' | 'month' | 'lifetime';
  readonly fromUs: number;
  readonly toUs: number;
  readonly totals: HistoryTotals;
}

export async function runStatus(options: StatusOptions): Promise<number> {
  let store: Store | undefined;
  try {
    const { config } = await loadSettings(options);
    store = await openStoreOf(config);
    const nowUs = wallClockUs();
    const info = store.info();
    const health = info.writer && (await askRecorderHealth(info.writer));
    const periods = periodsOf(store, info, nowUs);
    writeAnswer(
      {
        document: document(info, health, periods, nowUs, config),
        records: [
          ...periods.map((period) => ({ type: 'period', ...record(period) })),
          { type: 'recorder', ...recorderFields(info, health) },
        ],
        csv: {
          columns: CSV_COLUMNS,
          rows: periods.map((period) => CSV_COLUMNS.map((column) => record(period)[column])),
        },
        table: () => table(info, health, periods, nowUs, config, options.color === true),
      },
      options.format,
      options.output,
    );
    const problem = health && healthProblem(health);
    if (problem !== undefined && options.format !== 'table') process.stderr.write(`kaipo: ${problem}\n`);
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
  'caughtUpBytes',
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
    caughtUpBytes: totals.caughtUpBytes,
  };
}

function recorderFields(info: StoreInfo, health: RecorderHealth | undefined): object {
  return {
    running: info.writer !== undefined,
    ...(info.writer === undefined ? {} : { pid: info.writer.pid, since: info.writer.sinceUs / US_PER_S }),
    ...(info.mode === undefined ? {} : { mode: info.mode }),
    ...(health === undefined ? {} : { recording: health }),
  };
}

function document(
  info: StoreInfo,
  health: RecorderHealth | undefined,
  periods: readonly Period[],
  nowUs: number,
  config: KaipoConfig,
): object {
  const sums = Object.fromEntries(
    periods.map((period) => {
      const { period: name, ...rest } = record(period);
      // A moment costs nothing worth a number.
      return [name, period.name === 'now' ? rest : { ...rest, ...costFields(config, period.totals) }];
    }),
  );
  return {
    schema: 'kaipo.status/1',
    ts: nowUs / US_PER_S,
    ...sums,
    recorder: recorderFields(info, health),
    store: {
      dir: info.dir,
      bytes: info.fileBytes,
      intervals: info.intervals,
      flows: info.flows,
      encrypted: info.isEncrypted,
      formatVersion: info.formatVersion,
      ...(info.refusedNames > 0 ? { refusedNames: info.refusedNames } : {}),
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

function table(
  info: StoreInfo,
  health: RecorderHealth | undefined,
  periods: readonly Period[],
  nowUs: number,
  config: KaipoConfig,
  isColored: boolean,
): string {
  const bold = (text: string): string => (isColored ? `\u001b[1m${text}\u001b[0m` : text);
  const problem = health && healthProblem(health);
  const loud = problem === undefined ? '' : `  ${isColored ? `\u001b[1;31m${problem}\u001b[0m` : problem}\n`;
  const rows = periods.map(({ name, totals }) => {
    if (name === 'now' && (info.writer === undefined || totals.coveredUs === 0))
      return [TITLES[name], '–', '–', '–', ''];
    const text = (bytes: number): string =>
      name === 'now' ? formatBitRate(bytes / (totals.coveredUs / US_PER_S)) : formatBytes(bytes);
    const cost = name === 'now' ? '' : (costLine(config, totals) ?? '');
    return [TITLES[name], text(totals.rxBytes), text(totals.txBytes), text(totals.rxBytes + totals.txBytes), cost];
  });
  const hasCost = rows.some(([, , , , cost = '']) => cost !== '');
  return `${bold('Traffic')}\n${alignedTable(['', 'Received', 'Sent', 'Total', ...(hasCost ? ['Cost'] : [])], rows)}\n${bold('Recorder')}\n${loud}${recorderLines(
    info,
    nowUs,
    periods,
  )
    .map((line) => `  ${line}\n`)
    .join('')}`;
}

/** Nothing more is to be seen there. */
const FULL_MODE = 'capture+events';
/** What was not seen by a recorder of this machine. */
const SEEN: Readonly<Record<string, string>> = {
  file: 'the latest interval was read from a capture file',
  import: 'the latest interval was imported from another tracker',
};

/** Capture files may carry times that no clock has shown yet, or that no calendar has. */
function whenText(us: number, nowUs: number): string {
  if (us > MOST_TIME_US) return 'at a time that cannot be: it came from a capture file';
  const text = localText(us);
  return us > nowUs ? `${text}, ahead of the clock` : `${text}, ${formatSpan(nowUs - us)} ago`;
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

function recorderLines(info: StoreInfo, nowUs: number, periods: readonly Period[]): string[] {
  const lines = [
    info.writer === undefined
      ? 'not running; start it with: kaipo daemon'
      : `running, process ${info.writer.pid}, since ${localText(info.writer.sinceUs)}`,
  ];
  if (info.lastEndUs !== undefined) lines.push(`latest interval ${whenText(info.lastEndUs, nowUs)}`);
  if (info.mode !== undefined)
    lines.push(
      SEEN[info.mode] ?? `seen by ${info.mode}${info.mode === FULL_MODE ? '' : '; kaipo doctor tells how to see more'}`,
    );
  const caughtUp = periods.find(({ name }) => name === 'today')?.totals.caughtUpBytes ?? 0;
  if (caughtUp > 0) lines.push(`${formatBytes(caughtUp)} of today moved while no recorder ran: counters caught up`);
  lines.push(
    `store ${info.dir}${info.isEncrypted ? ', encrypted' : ''}, ${formatBytes(info.fileBytes)}, ${counted(info.intervals, 'interval')}, ${counted(info.flows, 'flow')}`,
  );
  return lines;
}
