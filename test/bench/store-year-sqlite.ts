// The year benchmark for SQLite, through Debian's sqlite3 with the schema anyone would write: samples by time, kind and name in
// minutes, hours and days, an index on (kind, ts). Rows come from a staging table, so that reading text is not in its time.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Periods } from './store-year-questions.js';

const US_PER_S = 1_000_000;
const COLUMNS = 'ts, kind, name_id, interface, zone, tx, rx, txp, rxp, flows';
const SUMS = 'sum(tx), sum(rx), sum(txp), sum(rxp), sum(flows)';
const WARM_ROUNDS = 9;
const APP = 1;
const HOST = 3;

export interface SqliteBuild {
  readonly rows: number;
  readonly insertS: number;
  readonly fileBytes: number;
  readonly storedRows: number;
}

/** Is the binary there? */
export function hasSqlite(): boolean {
  return spawnSync('sqlite3', ['--version']).status === 0;
}

function run(file: string, script: string): string {
  const { status, stdout, stderr } = spawnSync('sqlite3', ['-batch', file], {
    input: script,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`sqlite3: ${stderr.slice(0, 2000)}`);
  return stdout;
}

/** Seconds by its own clock, one for each statement that was timed. */
function timesOf(output: string): number[] {
  return [...output.matchAll(/^Run Time: real ([\d.]+)/gm)].map((match) => Number(match[1]));
}

/** Builds the database from the files of SqliteFeed: older hours at once, the minutes hour by hour with their sums, timed. */
export function buildSqlite(dir: string, minuteRows: number, minutesFromUs: number, endUs: number): SqliteBuild {
  const file = join(dir, 'year.sqlite');
  const table = (name: string): string =>
    `CREATE TABLE ${name}(ts INTEGER, kind INTEGER, name_id INTEGER, interface INTEGER, zone TEXT, tx INTEGER, rx INTEGER,
     txp INTEGER, rxp INTEGER, flows INTEGER); CREATE INDEX ${name}_kind_ts ON ${name}(kind, ts);\n`;
  const sumInto = (into: string, from: string, lengthS: number, where: string): string =>
    `INSERT INTO ${into} SELECT ts / ${lengthS} * ${lengthS}, kind, name_id, interface, zone, ${SUMS} FROM ${from}
     WHERE ${where} GROUP BY ts / ${lengthS}, kind, name_id, interface, zone;\n`;
  // Named one by one, so that the index is of use.
  const kinds = 'kind IN (0, 1, 2, 3, 4)';
  let script = `PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;
CREATE TABLE names(id INTEGER PRIMARY KEY, kind INTEGER, name TEXT);
${table('minutes')}${table('hours')}${table('days')}
CREATE TABLE stage(${COLUMNS.replaceAll(',', ' INTEGER,')} INTEGER);
.mode csv
.import ${join(dir, 'names.csv')} names
.import ${join(dir, 'hours.csv')} hours
.import ${join(dir, 'minutes.csv')} stage
CREATE INDEX stage_ts ON stage(ts);
${sumInto('days', 'hours', 86_400, kinds)}
.timer on
`;
  const endS = Math.ceil(endUs / US_PER_S);
  for (let hourS = minutesFromUs / US_PER_S; hourS < endS; hourS += 3600) {
    const within = `ts >= ${hourS} AND ts < ${hourS + 3600}`;
    script += `BEGIN; INSERT INTO minutes SELECT ${COLUMNS} FROM stage WHERE ${within};\n`;
    script += sumInto('hours', 'minutes', 3600, `${kinds} AND ${within}`);
    const dayS = Math.floor(hourS / 86_400) * 86_400;
    const isDayOver = (hourS + 3600) % 86_400 === 0 || hourS + 3600 >= endS;
    if (isDayOver) {
      script += `DELETE FROM days WHERE ts = ${dayS};\n`;
      script += sumInto('days', 'hours', 86_400, `${kinds} AND ts >= ${dayS} AND ts < ${dayS + 86_400}`);
    }
    script += 'COMMIT;\n';
  }
  const insertS = timesOf(run(file, script)).reduce((sum, seconds) => sum + seconds, 0);
  const count = run(
    file,
    `DROP TABLE stage; VACUUM; PRAGMA wal_checkpoint(TRUNCATE);
     SELECT 'rows ' || ((SELECT count(*) FROM minutes) + (SELECT count(*) FROM hours) + (SELECT count(*) FROM days));\n`,
  );
  const storedRows = Number(/rows (\d+)/.exec(count)?.[1] ?? 0);
  return { rows: minuteRows, insertS, fileBytes: statSync(file).size, storedRows };
}

export interface SqliteAnswer {
  readonly coldMs: number;
  readonly warmMs: number;
}

/** The questions of store-year-questions.ts by name, as SQL; those without one are not asked. */
export function askSqlite(dir: string, { month, year }: Periods): ReadonlyMap<string, SqliteAnswer> {
  const within = ({ fromUs, toUs }: Periods['month']): string =>
    `ts >= ${Math.floor(fromUs / US_PER_S)} AND ts < ${Math.ceil(toUs / US_PER_S)}`;
  const totals = (table: string): string =>
    `SELECT ts, sum(tx), sum(rx) FROM ${table} WHERE kind = 0 AND ${within(year)} GROUP BY ts;`;
  const top = (kind: number): string =>
    `WITH top AS (SELECT name_id FROM days WHERE kind = ${kind} AND ${within(year)} GROUP BY 1
     ORDER BY sum(tx + rx) DESC LIMIT 10)
     SELECT ts, CASE WHEN name_id IN top THEN name_id ELSE 0 END AS who, sum(tx), sum(rx) FROM days
     WHERE kind = ${kind} AND ${within(year)} GROUP BY 1, 2;`;
  const statements = new Map([
    [
      'month by application',
      `SELECT name, sum(tx), sum(rx), sum(txp), sum(rxp), sum(flows) FROM days JOIN names ON names.id = name_id
       WHERE days.kind = ${APP} AND ${within(month)} GROUP BY name_id ORDER BY sum(tx + rx) DESC LIMIT 20;`,
    ],
    ['year: totals by day', totals('days')],
    ['year: totals by hour', totals('hours')],
    ['year: top 10 applications by day', top(APP)],
    ['year: top 10 hosts by day', top(HOST)],
    [
      'year: one application by day',
      `SELECT ts, sum(tx), sum(rx) FROM days WHERE kind = ${APP} AND ${within(year)}
       AND name_id = (SELECT id FROM names WHERE kind = ${APP} AND name = 'application-19') GROUP BY 1;`,
    ],
    [
      'year by month, one interface',
      `SELECT strftime('%Y-%m', ts, 'unixepoch', 'localtime') AS month, sum(tx), sum(rx) FROM days WHERE kind = 0
       AND name_id = (SELECT id FROM names WHERE kind = 0 AND name = 'eth0') AND ${within(year)} GROUP BY 1;`,
    ],
  ]);
  const file = join(dir, 'year.sqlite');
  return new Map(
    [...statements].map(([name, sql]) => {
      const lines = `.output /dev/null\n${`${sql}\n`.repeat(WARM_ROUNDS + 1)}`;
      const output = run(file, `.timer on\n${lines}`);
      const [cold = Number.NaN, ...warm] = timesOf(output).map((seconds) => seconds * 1000);
      warm.sort((left, right) => left - right);
      return [name, { coldMs: cold, warmMs: warm[Math.floor(warm.length / 2)] ?? Number.NaN }];
    }),
  );
}
