// Everything that is promised to be safe while a recorder runs, done to one that never rests and compacts its own file meanwhile.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { backupStore } from '@kaipo/core/store/store-backup.js';
import { runStoreCheck } from '@kaipo/core/store/store-check-run.js';
import { storeStats } from '@kaipo/core/store/store-stats.js';
import { withDirectory } from '../../contract/store.contract.js';
import { intervalOf, seededRandom } from '../store/store-fixtures.js';
import { KEY, SHAPE, START_US } from './care-fixtures.js';

const RECORDER = fileURLToPath(new URL('busy-recorder-main.js', import.meta.url));
const PRUNE = fileURLToPath(new URL('prune-main.js', import.meta.url));
const MIN_COMPACTIONS = 3;

async function prune(dir: string, flowsBeforeS: number, key: string | undefined): Promise<void> {
  const child = spawn(process.execPath, [PRUNE, dir, String(flowsBeforeS), ...(key === undefined ? [] : [key])], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [status] = (await once(child, 'close')) as [number | null];
  assert.equal(status, 0);
}

for (const key of [undefined, KEY]) {
  test(`readers, backups, checks and pruning beside a busy recorder (${key === undefined ? 'plain' : 'encrypted'})`, () =>
    withDirectory(async (dir) => {
      const options = key === undefined ? {} : { key };
      const folder = join(dir, 'store');
      const recorder = spawn(process.execPath, [RECORDER, folder, ...(key === undefined ? [] : [key])], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      recorder.stdout.setEncoding('utf8');
      await once(recorder.stdout, 'data');
      const reader = openStore({ dir: folder, readOnly: true, ...options });
      let last = 0;
      const look = async (): Promise<void> => {
        await new Promise(setImmediate);
        const { intervals } = reader.info();
        assert.ok(intervals >= last, 'a reader that stays open follows the file through compactions');
        last = intervals;
      };
      for (let round = 0; round < 4 || last < MIN_COMPACTIONS * 200 + 100; round++) {
        for (let times = 0; times < 20; times++) await look();
        const step = round % 4;
        if (step === 0) await storeStats({ dir: folder, ...options });
        if (step === 1) assert.deepEqual((await runStoreCheck({ dir: folder, ...options })).findings, []);
        // Another process, as the command is: lmdb shares one view of a file within a process.
        if (step === 2) await prune(folder, START_US / 1e6 + last / 2, key);
        if (step === 3) await backupStore({ dir: folder, ...options }, { target: join(dir, 'copy'), force: true });
      }
      recorder.stdin.write('stop\n');
      const [said] = (await once(recorder.stdout, 'data')) as [string];
      const [seconds = 0, compactions = 0] = said.split(' ').map(Number);
      assert.ok(compactions >= MIN_COMPACTIONS);
      await reader.close();
      const store = openStore({ dir: folder, readOnly: true, ...options });
      const stored = new Map<number, number>();
      let days = 0;
      store.view((view) => {
        view.readTotals(1, 0, Number.MAX_SAFE_INTEGER, (startUs, { txBytes, rxBytes }) => {
          stored.set((startUs - START_US) / 1_000_000, txBytes + rxBytes);
          return true;
        });
        view.readTotals(86_400, 0, Number.MAX_SAFE_INTEGER, (_, { txBytes, rxBytes }) => {
          days += txBytes + rxBytes;
          return true;
        });
      });
      await store.close();
      let expected = 0;
      const wrong: number[] = [];
      for (let second = 0; second < seconds; second++) {
        const { interfaces } = intervalOf(START_US + second * 1_000_000, seededRandom(second), SHAPE);
        const bytes = interfaces[0]!.txBytes + interfaces[0]!.rxBytes;
        expected += bytes;
        if ((stored.get(second) ?? 0) !== bytes) wrong.push(second);
      }
      assert.deepEqual(wrong, [], 'every second is there, once');
      assert.equal(days, expected);
      assert.deepEqual((await runStoreCheck({ dir: folder, ...options })).findings, []);
      assert.deepEqual((await runStoreCheck({ dir: join(dir, 'copy'), ...options })).findings, []);
    }));
}
