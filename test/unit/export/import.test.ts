// Rows of other usage trackers: which are taken, which refused, and that a second time adds nothing.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { runExport } from '@kaipo/cli/commands/export.js';
import { runImport } from '@kaipo/cli/commands/import.js';
import { csvCells } from '@kaipo/cli/export/csv-records.js';
import { queryBooks, queryTotals } from '@kaipo/core/query/history.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { withDirectory } from '../../contract/store.contract.js';
import { NOW_US, withHistory } from '../history-commands/history-fixture.js';

process.env['TZ'] = 'Europe/Berlin';
const ALL = { fromUs: 0, toUs: Number.MAX_SAFE_INTEGER };

interface Answer {
  readonly exitCode: number;
  readonly taken: { readonly rows: number; readonly txBytes: number; readonly rxBytes: number; readonly from?: number };
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
    assert.equal(totals.coveredUs, 32_000_000, 'a second, half a minute, a second');
    assert.equal(books.total.kernelBytes, 14_030);
    assert.equal(books.total.notCaptured['counters-only'], 14_030);
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
