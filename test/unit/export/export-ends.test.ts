// How an export ends: everything is in it however much there is, a signal leaves nothing behind, a device stays a device.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { runExport } from '@kaipo/cli/commands/export.js';
import { exportRows } from '@kaipo/cli/export/export-rows.js';
import { withDirectory } from '../../contract/store.contract.js';
import { KAIPO, kaipoEnv } from '../../fixtures/run-kaipo.js';
import { FIRST_US, NOW_US, withHistory } from '../history-commands/history-fixture.js';

const PERIOD = { from: '2026-11-19', to: '2026-11-21T14:30:00+01:00', step: '1h', what: 'totals' } as const;
const DEADLINE_MS = 20_000;

test('flows and names beyond one piece are all there, once, in order of time', () =>
  withHistory((store) => {
    const question = { store, range: { fromUs: FIRST_US, toUs: NOW_US }, step: 3_600_000_000, filter: {} };
    for (const table of ['flows', 'dns'] as const) {
      const whole = [...exportRows(question, table)];
      for (const pieceRows of [1, 2, 7]) {
        const inPieces = [...exportRows({ ...question, pieceRows }, table)];
        assert.equal(inPieces.length, whole.length);
        const text = (rows: readonly object[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
        assert.deepEqual(text(inPieces), text(whole));
        const times = inPieces.map((row) => Number(row['end'] ?? row['ts']));
        if (pieceRows === 1)
          assert.deepEqual(
            times,
            [...times].sort((left, right) => left - right),
          );
      }
      assert.ok(whole.length > 20);
    }
  }));

for (const format of ['ndjson', 'parquet']) {
  test(`SIGINT during an export as ${format}: exit 130, no file, no half of one`, { timeout: 60_000 }, () =>
    withHistory((_, store) =>
      withDirectory(async (dir) => {
        mkdirSync(dir);
        const output = join(dir, 'out');
        const { from, to } = PERIOD;
        const asked = ['--what', 'apps', '--step', '1s', '--from', from, '--to', to, '--format', format];
        const child = spawn(process.execPath, [KAIPO, 'export', ...asked, '-o', output, '--store', store], {
          env: kaipoEnv(),
          stdio: 'ignore',
        });
        const ended = once(child, 'exit');
        const endMs = Date.now() + DEADLINE_MS;
        while (readdirSync(dir).length === 0) {
          assert.ok(Date.now() < endMs && child.exitCode === null, 'no file appeared');
          await sleep(10);
        }
        child.kill('SIGINT');
        assert.equal((await ended)[0], 130);
        assert.deepEqual(readdirSync(dir), []);
      }),
    ),
  );
}

test('a pipe stays a pipe, a link stays a link, and Parquet takes neither a pipe nor a device', () =>
  withHistory((_, store) =>
    withDirectory(async (dir) => {
      mkdirSync(dir);
      const [pipe, link, file] = [join(dir, 'pipe'), join(dir, 'link'), join(dir, 'file')];
      execFileSync('mkfifo', [pipe]);
      const reader = spawn('cat', [pipe], { stdio: ['ignore', 'pipe', 'ignore'] });
      const text: Buffer[] = [];
      reader.stdout.on('data', (chunk: Buffer) => text.push(chunk));
      const read = once(reader, 'close');
      assert.equal(await runExport({ ...PERIOD, format: 'csv', store, output: pipe }), 0);
      await read;
      assert.match(Buffer.concat(text).toString(), /^timestamp,device_id,/);
      assert.ok(lstatSync(pipe).isFIFO());
      writeFileSync(file, 'old');
      symlinkSync(file, link);
      assert.equal(await runExport({ ...PERIOD, format: 'csv', store, output: link }), 0);
      assert.ok(lstatSync(link).isSymbolicLink());
      assert.match(readFileSync(file, 'utf8'), /^timestamp,device_id,/);
      assert.equal(await runExport({ ...PERIOD, format: 'parquet', store, output: pipe }), 73);
      assert.ok(lstatSync(pipe).isFIFO());
      rmSync(pipe);
    }),
  ));
