// One year of history: how fast it is written, how much room it takes, how fast it answers, beside the same in SQLite.
//   node test/dist/bench/store-year.bench.js [--days 365] [--seed 1] [--keep DIR] [--no-sqlite]
// Exits 1 when a target is missed and the year is whole.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { IntervalRecord } from '@kaipo/core/api/interval-record.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { SqliteFeed } from './store-year-feed.js';
import { type Periods, periodsOf, QUESTIONS } from './store-year-questions.js';
import type { ReaderAnswer } from './store-year-reader-main.js';
import { askSqlite, buildSqlite, hasSqlite, type SqliteAnswer } from './store-year-sqlite.js';
import { APPS, HOSTS, PROTOCOLS, YearTraffic } from './store-year-traffic.js';

const SECOND_US = 1_000_000;
const MINUTE_US = 60 * SECOND_US;
const HOUR_US = 60 * MINUTE_US;
const DAY_US = 24 * HOUR_US;
/** Every resolution is there: the last hours come in seconds. */
const SECONDS_HOURS = 2;
const BATCH = 60;
/** tx and rx bytes, tx and rx packets, flows. */
const VALUES_A_ROW = 5;
const MIN_ROWS_A_SECOND = 500_000;
const MAX_FILE_BYTES = 100_000_000;

const { values } = parseArgs({
  options: {
    days: { type: 'string', default: '365' },
    seed: { type: 'string', default: '1' },
    keep: { type: 'string' },
    'no-sqlite': { type: 'boolean', default: false },
  },
});
const days = Math.max(1, Number(values.days));
/** An evening at the end of a month: the month is not over by some hours. */
const endUs = new Date(2026, 9, 31, 19).getTime() * 1000;
const startUs = endUs - days * DAY_US;
const minutesFromUs = Math.max(startUs, Math.floor((endUs - 30 * DAY_US) / HOUR_US) * HOUR_US);
const periods = periodsOf(startUs, endUs);
const dir = values.keep ?? mkdtempSync(join(tmpdir(), 'kaipo-year-'));
mkdirSync(dir, { recursive: true });

interface Written {
  readonly rows: number;
  readonly appendS: number;
  readonly cpuS: number;
  readonly fileBytes: number;
  readonly bytes: { month: number; year: number };
}

const rowsOf = (interval: IntervalRecord): number =>
  [interval.interfaces, interval.apps, interval.protocols, interval.hosts, interval.unknown].reduce(
    (sum, rows) => sum + rows.length,
    0,
  );

async function write(storeDir: string, feed: SqliteFeed | undefined): Promise<Written> {
  let nowUs = startUs;
  const store = openStore({ dir: storeDir, clock: () => nowUs });
  const traffic = new YearTraffic(Number(values.seed), startUs, days);
  const bytes = { month: 0, year: 0 };
  let rows = 0;
  let appendMs = 0;
  let cpuUs = 0;
  let shownS = 0;
  while (nowUs < endUs) {
    const intervals: IntervalRecord[] = [];
    while (intervals.length < BATCH && nowUs < endUs) {
      const lengthUs = nowUs < endUs - SECONDS_HOURS * HOUR_US ? MINUTE_US : SECOND_US;
      const interval = traffic.interval(nowUs, lengthUs);
      feed?.add(interval);
      rows += rowsOf(interval);
      const moved = interval.apps.reduce((sum, { txBytes, rxBytes }) => sum + txBytes + rxBytes, 0);
      bytes.year += moved;
      if (nowUs >= periods.month.fromUs) bytes.month += moved;
      intervals.push(interval);
      nowUs += lengthUs;
    }
    const cpu = process.cpuUsage();
    const started = performance.now();
    await store.append({ intervals });
    appendMs += performance.now() - started;
    const used = process.cpuUsage(cpu);
    cpuUs += used.user + used.system;
    if (appendMs / 1000 > shownS + 10) {
      shownS = appendMs / 1000;
      const done = (nowUs - startUs) / DAY_US;
      process.stderr.write(`day ${done.toFixed(0)} of ${days}: ${Math.round(rows / shownS)} rows/s\n`);
    }
  }
  await store.close();
  const reader = openStore({ dir: storeDir, readOnly: true });
  const { fileBytes } = reader.info();
  await reader.close();
  return { rows, appendS: appendMs / 1000, cpuS: cpuUs / 1e6, fileBytes, bytes };
}

/** A fresh process answers; -1 asks everything once. */
function ask(storeDir: string, which: number): ReaderAnswer {
  const main = join(import.meta.dirname, 'store-year-reader-main.js');
  const args = [main, storeDir, String(startUs), String(endUs), String(which)];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the reader failed: ${stderr}`);
  return JSON.parse(stdout) as ReaderAnswer;
}

const line = (...cells: readonly string[]): void => {
  process.stdout.write(`${cells.map((cell, index) => (index === 0 ? cell.padEnd(36) : cell.padStart(14))).join('')}\n`);
};
const ms = (value: number | undefined): string => (value === undefined ? '' : `${value.toFixed(1)} ms`);
const whole = (value: number): string => Math.round(value).toLocaleString('en');
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
let missed = 0;
const verdict = (isOk: boolean): string => {
  if (!isOk) missed += 1;
  return isOk ? 'ok' : 'short';
};

/** A target holds when the first answer of a fresh process keeps it. */
function spoken(coldMs: number, warmMs: number, targetMs: number): string {
  const isOk = verdict(coldMs <= targetMs) === 'ok';
  return isOk ? 'ok' : warmMs <= targetMs ? 'short, warm ok' : 'short';
}

function reportWriting(written: Written): void {
  const { rows, appendS, cpuS, fileBytes } = written;
  process.stdout.write(
    `${days} days, ${APPS} applications, ${HOSTS} hosts, 5 interfaces, ${PROTOCOLS} protocols: ${whole(rows)} rows\n` +
      'A row is a series point: one series (a name in its interface and zone) in one interval, with five values: bytes and\n' +
      'packets sent and received, flows. Intervals of a minute in batches of 60, the last two hours in seconds. Rolling up,\n' +
      'pruning, totals and books are in the time; making the records is not. Closed flows have a budget of their own.\n\n',
  );
  line('writing', 'kaipo', 'target', '');
  line(
    'series points (rows) a second',
    whole(rows / appendS),
    '>= 500,000',
    verdict(rows / appendS >= MIN_ROWS_A_SECOND),
  );
  line('values a second', whole((rows * VALUES_A_ROW) / appendS));
  line('time of append', `${appendS.toFixed(1)} s`, '', `cpu ${cpuS.toFixed(1)} s`);
  line('size', megabytes(fileBytes), '<= 100 MB', verdict(fileBytes <= MAX_FILE_BYTES));
  line('bytes a row that was inserted', (fileBytes / rows).toFixed(2));
}

function reportReading(storeDir: string, written: Written, sqlite: ReadonlyMap<string, SqliteAnswer>): void {
  process.stdout.write(
    '\nCold is the first answer of a fresh process, from the question to the answer: the program is loaded and the store open,\n' +
      'nothing of it is decoded or compiled yet. Warm is the median of fifteen more. The file is in the page cache.\n\n',
  );
  line('asking', 'cold process', 'of it cpu', 'warm', 'target', '', 'sqlite cold', 'sqlite warm');
  for (const [index, { name, targetMs }] of QUESTIONS.entries()) {
    const { coldMs, coldCpuMs, warmMs, bytes } = ask(storeDir, index);
    const other = sqlite.get(name);
    const target = targetMs === undefined ? ['', ''] : [`<= ${targetMs} ms`, spoken(coldMs, warmMs, targetMs)];
    line(name, ms(coldMs), ms(coldCpuMs), ms(warmMs), ...target, ms(other?.coldMs), ms(other?.warmMs));
    const expected = {
      'month by application': written.bytes.month,
      'year: top 10 applications by day': written.bytes.year,
    }[name];
    if (expected !== undefined && expected !== bytes) {
      missed += 1;
      process.stdout.write(`  wrong: ${whole(bytes)} bytes, ${whole(expected)} were written\n`);
    }
  }
  const { openMs, baseAnonKb, anonKb, peakRssKb } = ask(storeDir, -1);
  process.stdout.write('\n');
  line('opening, cold process', ms(openMs));
  line('reader, all questions: RssAnon', megabytes(anonKb * 1024), '', `before ${megabytes(baseAnonKb * 1024)}`);
  line('reader, all questions: peak RSS', megabytes(peakRssKb * 1024), '', 'with the mapped file');
}

function buildOther(minuteRows: number): ReadonlyMap<string, SqliteAnswer> {
  process.stderr.write('building SQLite …\n');
  const { rows, insertS, fileBytes, storedRows } = buildSqlite(dir, minuteRows, minutesFromUs, endUs);
  process.stdout.write('\n');
  line('sqlite (minutes, hours and days)', 'sqlite');
  line('rows of minutes a second', whole(rows / insertS), '', `${insertS.toFixed(1)} s`);
  line('size, vacuumed', megabytes(fileBytes), '', `${whole(storedRows)} rows`);
  return askSqlite(dir, periods);
}

async function main(periodOfAll: Periods['year']): Promise<void> {
  const storeDir = join(dir, 'store');
  const withSqlite = !values['no-sqlite'] && hasSqlite();
  const feed = withSqlite ? new SqliteFeed(dir, minutesFromUs) : undefined;
  const written = await write(storeDir, feed);
  const fed = feed?.close();
  reportWriting(written);
  if (fed === undefined) process.stdout.write('\nsqlite3 is not there or not wanted: nothing to compare with\n');
  const sqlite = fed === undefined ? new Map<string, SqliteAnswer>() : buildOther(fed.minutes);
  reportReading(storeDir, written, sqlite);
  const isYear = periodOfAll.toUs - periodOfAll.fromUs >= 365 * DAY_US;
  process.exitCode = missed > 0 && isYear ? 1 : 0;
}

try {
  await main(periods.year);
} finally {
  if (values.keep === undefined) rmSync(dir, { recursive: true, force: true });
}
