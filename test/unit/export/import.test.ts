// Rows of other usage trackers: which are taken, which refused, and that a second time adds nothing.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { runExport } from '@kaipo/cli/commands/export.js';
import { runImport } from '@kaipo/cli/commands/import.js';
import { csvCells } from '@kaipo/cli/export/csv-records.js';
import { countedNames } from '@kaipo/cli/export/import-counted.js';
import { readImportFile } from '@kaipo/cli/export/import-file.js';
import { ImportRows } from '@kaipo/cli/export/import-rows.js';
import { spanRows } from '@kaipo/cli/export/import-spans.js';
import { queryBooks, queryTotals } from '@kaipo/core/query/history.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { withDirectory } from '../../contract/store.contract.js';
import { NOW_US, withHistory } from '../history-commands/history-fixture.js';
import { seededRandom } from '../store/store-fixtures.js';

process.env['TZ'] = 'Europe/Berlin';
const ALL = { fromUs: 0, toUs: Number.MAX_SAFE_INTEGER };

interface Answer {
  readonly exitCode: number;
  readonly taken: { readonly rows: number; readonly txBytes: number; readonly rxBytes: number; readonly from?: number };
  readonly assumed?: readonly string[];
  readonly interfaces?: readonly string[];
  readonly alreadyThere: number;
  readonly empty: number;
  readonly refused: number;
  readonly refusals: readonly { readonly line: number; readonly reason: string }[];
}

async function withImport(
  check: (imported: (text: string, options?: object) => Promise<Answer>, dir: string) => Promise<void>,
) {
  await withDirectory(async (store) => {
    const [file, output] = [join(store, '..', 'in'), join(store, '..', 'out')];
    await check(async (text, options = {}) => {
      writeFileSync(file, text);
      const ask = { interface: 'imported', isDryRun: false, format: 'json' as const, color: false, store, output };
      const exitCode = await runImport(file, { ...ask, ...options }, () => NOW_US);
      return { ...JSON.parse(readFileSync(output, 'utf8')), exitCode };
    }, store);
  });
}

function read<T>(dir: string, ask: (store: ReturnType<typeof openStore>) => T): Promise<T> {
  const store = openStore({ dir, readOnly: true });
  const answer = ask(store);
  return store.close().then(() => answer);
}

const USAGE_LOGS = `id,timestamp,device_id,bytes_sent,bytes_received,synced
1,2026-03-01T10:00:00,abc,1000,5000,1
2,2026-03-01T10:00:30,abc,2000,6000,1
3,2026-03-01T10:01:00,abc,-5,6000,1
4,nonsense,abc,2000,6000,1

5,2026-03-02T10:01:00,abc,0,0,1
6,2036-10-01T10:01:00,abc,10,20,1
7,2026-10-01T10:01:00,"a ""b"", c",10,20,1
8,2026-10-01T10:01:00
`;

test('usage_logs: taken, refused by line, and once', () =>
  withImport(async (imported, dir) => {
    assert.equal((await imported(USAGE_LOGS, { isDryRun: true })).taken.rows, 3);
    const first = await imported(USAGE_LOGS);
    assert.equal(first.exitCode, 65);
    assert.deepEqual([first.taken.rows, first.taken.txBytes, first.taken.rxBytes], [3, 3010, 11_020]);
    assert.deepEqual(
      first.refusals.map(({ line }) => line),
      [4, 5, 8, 10],
    );
    assert.equal(first.empty, 1);
    const again = await imported(USAGE_LOGS);
    assert.deepEqual([again.taken.rows, again.alreadyThere], [0, 3]);
    const { totals, books } = await read(dir, (store) => ({
      totals: queryTotals(store, ALL),
      books: queryBooks(store, ALL),
    }));
    assert.equal(totals.txBytes + totals.rxBytes, 14_030);
    assert.equal(totals.coveredUs, 90_000_000, 'half a minute each, as the first two are apart');
    assert.equal(books.total.kernelBytes, 14_030);
    assert.equal(books.total.notCaptured.imported, 14_030);
    assert.equal(books.total.residualBytes, 0);
  }));

test('network_usage as JSON, daily sums, seconds since the epoch', () =>
  withImport(async (imported, dir) => {
    const rows = [
      { timestamp: '2026-03-01T10:00:00Z', device_id: 'x', bytes_sent: 1, bytes_received: 2 },
      { timestamp: '2026-03-01T10:00:00Z', device_id: 'y', bytes_sent: 10, bytes_received: 20 },
    ];
    assert.equal((await imported(JSON.stringify({ network_usage: rows }))).taken.txBytes, 11);
    assert.equal((await imported(JSON.stringify(rows))).alreadyThere, 2);
    const days = await imported('date,total_sent,total_received\n2026-10-25,100,200\n2026-10-26,100,200\n');
    assert.equal(days.taken.from, new Date('2026-10-25T00:00:00').getTime() / 1000);
    assert.equal((await imported('timestamp,sent,received\n1780000000,1,1\n1780000000500,1,1\n')).taken.rows, 2);
    const day = {
      fromUs: new Date('2026-10-25T00:00').getTime() * 1000,
      toUs: new Date('2026-10-26T00:00').getTime() * 1000,
    };
    assert.equal((await read(dir, (store) => queryTotals(store, day))).coveredUs, 25 * 3_600_000_000);
  }));

test('what kaipo exports it imports, with every byte', { timeout: 60_000 }, () =>
  withHistory(async (store, dir) => {
    const totals = queryTotals(store, ALL);
    for (const format of ['csv', 'json'] as const) {
      const output = join(dir, `out.${format}`);
      const period = { from: '2026-11-19', to: '2026-11-21T14:30:00+01:00' };
      assert.equal(await runExport({ format, what: 'totals', step: '1h', store: dir, output, ...period }), 0);
      await withImport(async (imported, other) => {
        const { taken, exitCode } = await imported(readFileSync(output, 'utf8'));
        assert.deepEqual([exitCode, taken.txBytes, taken.rxBytes], [0, totals.txBytes, totals.rxBytes]);
        assert.equal((await read(other, (copy) => queryTotals(copy, ALL))).rxBytes, totals.rxBytes);
      });
    }
  }),
);

const hourText = (hour: number): string => {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `2026-03-${two(1 + Math.floor(hour / 24))} ${two(hour % 24)}:00:00`;
};
const localUs = (text: string): number => new Date(text).getTime() * 1000;

test('sums by hour are hours, and the first is in its month; the same file again adds nothing', () =>
  withImport(async (imported, dir) => {
    const lines = Array.from({ length: 48 }, (_, hour) => `${hourText(hour)},10,20`).filter((_, hour) => hour !== 5);
    const text = `timestamp,bytes_sent,bytes_received\n${lines.join('\n')}\n`;
    const first = await imported(text);
    assert.deepEqual([first.exitCode, first.taken.rows], [0, 47]);
    assert.deepEqual(first.assumed, ['each time is the begin of 1 h']);
    assert.equal((await imported(text)).alreadyThere, 47);
    const month = { fromUs: localUs('2026-03-01T00:00'), toUs: localUs('2026-04-01T00:00') };
    const totals = await read(dir, (store) => queryTotals(store, month));
    assert.equal(totals.coveredUs, 47 * 3_600_000_000, 'the hour that is missing is not recorded');
    assert.equal(totals.txBytes + totals.rxBytes, 47 * 30);
  }));

test('what a tracker wrote every half minute ends at its time; rows of a day or a month begin at theirs', () => {
  const rows = (...times: string[]) => times.map((text) => ({ atUs: localUs(text), txBytes: 1, rxBytes: 1 }));
  const nowUs = localUs('2026-11-21T14:30:00');
  const spans = (...times: string[]) =>
    spanRows(rows(...times), nowUs).rows.map(({ startUs, endUs }) => (endUs - startUs) / 1e6);
  // A pause of an hour is no row of an hour; the first is as long as usual.
  assert.deepEqual(
    spans('2026-11-01T10:00:07', '2026-11-01T10:00:37', '2026-11-01T10:01:08', '2026-11-01T11:00:08'),
    [31, 30, 31, 31],
  );
  assert.deepEqual(
    spans('2026-10-24T00:00', '2026-10-25T00:00', '2026-10-26T00:00').map((seconds) => seconds / 3600),
    [24, 25, 24],
  );
  assert.deepEqual(
    spans('2026-01-01T00:00', '2026-02-01T00:00', '2026-03-01T00:00').map((seconds) => seconds / 86_400),
    [31, 28, 28],
  );
  assert.deepEqual(spans('2026-11-21T13:00', '2026-11-21T14:00'), [3600, 1800], 'not past now');
  assert.deepEqual(spans('2025-01-07T10:11:12', '2026-01-07T10:11:13'), [1, 1], 'a year apart says nothing');
  assert.deepEqual(spans('2026-11-01T10:00:07'), [1]);
});

test('no rows overlap', () => {
  const random = seededRandom(5);
  for (let round = 0; round < 200; round++) {
    const stepUs = [1, 30, 60, 300, 3600, 86_400][round % 6]! * 1e6;
    const base = localUs('2026-01-01T00:00') + (round % 2) * 7_000_000;
    const rows = Array.from({ length: 40 }, (_, index) => {
      return { atUs: base + Math.round(index + random() * (round % 3)) * stepUs, txBytes: 1, rxBytes: 0 };
    });
    const spans = spanRows(rows, Number.MAX_SAFE_INTEGER).rows.filter(
      ({ startUs }, index, all) => startUs !== all[index - 1]?.startUs,
    );
    for (const [index, { startUs, endUs }] of spans.entries()) {
      assert.ok(startUs < endUs && endUs <= (spans[index + 1]?.startUs ?? Infinity), `round ${round}, row ${index}`);
    }
  }
});

test('the interface of a row is the one the file names, unless all are counted on one', () =>
  withImport(async (imported, dir) => {
    const text =
      'timestamp,interface,bytes_sent,bytes_received\n' +
      '2026-03-01 10:00:00,eth0,1,2\n2026-03-01 10:00:00,wlan0,10,20\n2026-03-01 11:00:00,eth0,3,4\n';
    assert.deepEqual((await imported(text, { interface: undefined })).interfaces, ['eth0', 'wlan0']);
    assert.equal((await imported(text, { interface: undefined })).alreadyThere, 3);
    const { eth0, all } = await read(dir, (store) => ({
      eth0: queryTotals(store, ALL, { interface: 'eth0' }),
      all: queryTotals(store, ALL),
    }));
    assert.deepEqual([eth0.txBytes, all.txBytes], [4, 14]);
    assert.equal(all.coveredUs, 7_200_000_000, 'an hour of two interfaces is one hour');
    assert.equal((await imported(text, { interface: 'one' })).taken.rows, 3);
  }));

test('an SQLite file is not read as text: the command that makes rows of it is named', () =>
  withDirectory(async (dir) => {
    const file = join(dir, '..', 'in');
    writeFileSync(file, 'SQLite format 3\0\u0010\u0000\u0001');
    await assert.rejects(readImportFile(file, new ImportRows(() => NOW_US)), {
      code: 'KAIPO_NOT_A_HISTORY',
      message: /is an SQLite database/,
      fix: /sqlite3 -header -csv .*network_usage/,
    });
  }));

test('files that are none of it, and a store that another recorder writes', () =>
  withImport(async (_, dir) => {
    const options = { interface: 'imported', isDryRun: false, format: 'json' as const, color: false, store: dir };
    const file = join(dir, '..', 'in');
    for (const text of ['', 'a,b\n1,2\n', '[1,2]', '{"rows":[]}', '{"rows":', '\u0000\u0001']) {
      writeFileSync(file, text);
      assert.equal(await runImport(file, options), 65, text);
    }
    assert.equal(await runImport(join(dir, 'none'), options), 66);
    const writer = openStore({ dir });
    writeFileSync(file, USAGE_LOGS);
    assert.equal(await runImport(file, options), 75);
    await writer.close();
  }));

test('a name with line ends in it shifts nothing; semicolons of a spreadsheet are read', () =>
  withImport(async (imported) => {
    const rows = 'timestamp,device_id,bytes_sent,bytes_received\n2026-03-01T10:00:00,"a\nb, ""c",1000,5000\nx,y,1,2\n';
    const answer = await imported(rows);
    assert.deepEqual([answer.taken.txBytes, answer.taken.rxBytes, answer.refusals[0]!.line], [1000, 5000, 4]);
    assert.equal((await imported('date;sent;received\n2026-04-01;7;8\n')).taken.rxBytes, 8);
  }));

test('cells of CSV', () => {
  assert.deepEqual(csvCells('a,"b, ""c""",,d'), ['a', 'b, "c"', '', 'd']);
  assert.deepEqual(csvCells(''), ['']);
});

test('a byte that passes a VPN or a bridge and a NIC is counted once', () =>
  withImport(async (imported, dir) => {
    const rows = ['eth0,1000', 'wg0,600', 'docker0,200', 'lo,5000'].map((row) => `2026-03-01T10:00:00,${row},0`);
    const text = `timestamp,interface,bytes_received,bytes_sent\n${rows.join('\n')}\n`;
    assert.equal((await imported(text, { interface: undefined })).taken.rows, 4);
    const [total, books] = await read(dir, (store) => [queryTotals(store, ALL), queryBooks(store, ALL)] as const);
    assert.equal(total.rxBytes, 1000);
    assert.deepEqual(
      books.interfaces.map((one) => [one.interface, one.kernelBytes]),
      [['eth0', 1000]],
    );
    // Nothing of it twice.
    assert.equal((await imported(text, { interface: undefined })).taken.rows, 0);
    assert.deepEqual([...countedNames(['wg0'])], ['wg0']);
  }));
