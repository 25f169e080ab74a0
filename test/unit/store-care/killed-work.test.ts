// Compactions and backups killed in the middle: the store is as it was, and what they left behind goes away.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { backupStore } from '@kaipo/core/store/store-backup.js';
import { runStoreCheck } from '@kaipo/core/store/store-check-run.js';
import { withDirectory } from '../../contract/store.contract.js';
import { seededRandom } from '../store/store-fixtures.js';
import { historyOf, makeStore, START_US } from './care-fixtures.js';

const KAIPO = fileURLToPath(new URL('../../../../cli/bin/kaipo.js', import.meta.url));
const ROUNDS = 6;
/** A pid no system gives out, so that nobody has it. */
const NOBODY = 2 ** 22 + 1;
const LONG_AGO = new Date(START_US / 1000);

async function historyIn(dir: string): Promise<string> {
  const store = openStore({ dir, readOnly: true });
  const history = historyOf(store);
  await store.close();
  return history;
}

/** As a process left it that was killed long ago. */
function agedCopy(from: string, to: string): void {
  cpSync(from, to, { recursive: true });
  for (const path of [join(to, 'data.mdb'), to]) utimesSync(path, LONG_AGO, LONG_AGO);
}

test('a compaction or backup killed at any moment: the history is whole, and the next one leaves no rest', () =>
  withDirectory(async (dir) => {
    const store = join(dir, 'store');
    const copy = join(dir, 'copy');
    await makeStore(store, 600);
    const before = await historyIn(store);
    const random = seededRandom(Date.now());
    for (let round = 0; round < ROUNDS; round++) {
      const work = round % 2 === 0 ? ['compact'] : ['backup', copy, '--force'];
      const child = spawn(process.execPath, [KAIPO, 'db', ...work, '--store', store], { stdio: 'ignore' });
      const timer = setTimeout(() => child.kill('SIGKILL'), 150 + random() * 250);
      await once(child, 'close');
      clearTimeout(timer);
      assert.equal(await historyIn(store), before);
    }
    await openStore({ dir: store }).close();
    // Also of a copy that had taken the place of another, which was not removed yet.
    for (const name of readdirSync(dir).filter((entry) => /\.tmp(\.old)?$/.test(entry)))
      for (const path of [join(dir, name, 'data.mdb'), join(dir, name)])
        if (existsSync(path)) utimesSync(path, LONG_AGO, LONG_AGO);
    await backupStore({ dir: store }, { target: copy, force: true });
    assert.deepEqual(readdirSync(dir).sort(), ['copy', 'store']);
    assert.deepEqual(readdirSync(store).sort(), ['data.mdb', 'lock.mdb']);
    assert.equal(await historyIn(copy), before);
    assert.deepEqual((await runStoreCheck({ dir: store })).findings, []);
  }));

test('rests of killed processes go when someone records again', () =>
  withDirectory(async (dir) => {
    await makeStore(dir, 3);
    mkdirSync(join(dir, 'compacting'));
    copyFileSync(join(dir, 'data.mdb'), join(dir, 'compacting', 'data.mdb'));
    for (const name of [`key-check.json.${NOBODY}.tmp`, 'writer-AAAAAAAAAAAA.sock']) {
      writeFileSync(join(dir, name), '');
      utimesSync(join(dir, name), LONG_AGO, LONG_AGO);
    }
    // Of a process that may still be waiting for its turn.
    writeFileSync(join(dir, 'writer-BBBBBBBBBBBB.sock'), '');
    writeFileSync(join(dir, 'notes of mine.txt'), '');
    await openStore({ dir, readOnly: true }).close();
    assert.equal(readdirSync(dir).length, 7, 'a reader removes nothing');
    await openStore({ dir }).close();
    assert.deepEqual(readdirSync(dir).sort(), [
      'data.mdb',
      'lock.mdb',
      'notes of mine.txt',
      'writer-BBBBBBBBBBBB.sock',
    ]);
  }));

test('of copies cut short: the dead go, the living stay, and one that was moved aside comes back', () =>
  withDirectory(async (dir) => {
    const store = join(dir, 'store');
    const copy = join(dir, 'copy');
    await makeStore(store, 3);
    await backupStore({ dir: store }, { target: copy });
    agedCopy(copy, `${copy}.${NOBODY}.tmp`);
    agedCopy(copy, `${copy}.${process.pid}.tmp`);
    agedCopy(copy, `${copy}.${NOBODY}.tmp.mine`);
    cpSync(copy, `${copy}.${NOBODY + 1}.tmp`, { recursive: true });
    // Killed between moving the old copy away and giving the new one its name.
    renameSync(copy, `${copy}.${NOBODY + 2}.tmp.old`);
    for (const path of ['data.mdb', '']) utimesSync(join(`${copy}.${NOBODY + 2}.tmp.old`, path), LONG_AGO, LONG_AGO);
    await assert.rejects(backupStore({ dir: store }, { target: copy }), { code: 'KAIPO_CANNOT_CREATE' });
    const left = ['copy', `copy.${NOBODY + 1}.tmp`, `copy.${NOBODY}.tmp.mine`, `copy.${process.pid}.tmp`, 'store'];
    assert.deepEqual(readdirSync(dir).sort(), left.sort());
    assert.equal(await historyIn(copy), await historyIn(store));
  }));
