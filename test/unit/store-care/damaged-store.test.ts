// Files as no kaipo left them: flipped bytes, foreign and missing neighbours, places that cannot be written. Every one is answered
// by a named error or by the right data, and nothing is changed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { fileId } from '@kaipo/core/store/data-swap.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { runStoreCheck } from '@kaipo/core/store/store-check-run.js';
import { thisWriter } from '@kaipo/core/store/writer-lock.js';
import { withDirectory } from '../../contract/store.contract.js';
import { seededRandom } from '../store/store-fixtures.js';
import { digests, KEY, makeStore, START_US } from './care-fixtures.js';

const READ_ALL = fileURLToPath(new URL('read-all-main.js', import.meta.url));
const WRITE_ON = fileURLToPath(new URL('write-on-main.js', import.meta.url));
const PAGE_BYTES = 4096;
const ROUNDS = 8;

/** What the program says: `same DIGEST`, `written` or an error code; or `signal NAME`. */
function run(program: string, dir: string, key: readonly string[]): string {
  const { stdout, signal } = spawnSync(process.execPath, [program, dir, ...key], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  return signal === null ? stdout.trim() : `signal ${signal}`;
}

function readAll(dir: string, ...key: string[]): string {
  return run(READ_ALL, dir, key);
}

for (const [name, key] of [
  ['plain', undefined],
  ['encrypted', KEY],
] as const) {
  test(`a damaged page of a store (${name}): a named error, the right data, or the check says what is wrong`, () =>
    withDirectory(async (dir) => {
      const options = key === undefined ? {} : { key };
      const sound = join(dir, 'sound');
      await makeStore(sound, 200, options);
      const expected = readAll(sound, ...(key === undefined ? [] : [key]));
      assert.match(expected, /^same /);
      const bytes = readFileSync(join(sound, 'data.mdb'));
      const random = seededRandom(key === undefined ? 5 : 6);
      for (let round = 0; round < ROUNDS; round++) {
        const damaged = Buffer.from(bytes);
        const page = Math.floor(random() * (bytes.length / PAGE_BYTES)) * PAGE_BYTES;
        const at = Math.floor(random() * (round % 2 === 0 ? 64 : PAGE_BYTES));
        if (round % 4 === 3) damaged.fill(0, page, page + PAGE_BYTES);
        else damaged[page + at]! ^= 1 + Math.floor(random() * 255);
        const folder = join(dir, `round-${round}`);
        mkdirSync(folder, { mode: 0o700 });
        if (key !== undefined) copyFileSync(join(sound, 'key-check.json'), join(folder, 'key-check.json'));
        writeFileSync(join(folder, 'data.mdb'), damaged, { mode: 0o600 });
        const before = digests(folder);
        const answer = readAll(folder, ...(key === undefined ? [] : [key]));
        assert.deepEqual(digests(folder), before);
        assert.doesNotMatch(answer, /not named|signal/, `page ${page / PAGE_BYTES}, byte ${at}: ${answer}`);
        if (round % 2 === 1) {
          const other = join(dir, `written-${round}`);
          cpSync(folder, other, { recursive: true });
          const written = run(WRITE_ON, other, key === undefined ? [] : [key]);
          assert.match(written, /^(written|KAIPO_STORE_\w+)$/, `page ${page / PAGE_BYTES}, byte ${at}: ${written}`);
        }
        if (answer === expected || /^KAIPO_STORE_(CORRUPT|KEY|NEWER|MISSING|FULL)/.test(answer)) continue;
        // LMDB believed it, or did not survive it: then the check must tell.
        const found = await runStoreCheck({ dir: folder, ...options }).then(
          ({ findingCount }) => findingCount,
          () => 1,
        );
        assert.ok(found > 0, `page ${page / PAGE_BYTES}, byte ${at}: ${answer}, and the check saw nothing`);
      }
    }));
}

test('a directory, a pipe or nothing where a file should be', () =>
  withDirectory(async (dir) => {
    await makeStore(dir, 3);
    const data = join(dir, 'data.mdb');
    const lock = join(dir, 'lock.mdb');
    renameSync(data, `${data}.away`);
    mkdirSync(data);
    for (const readOnly of [true, false])
      assert.throws(() => openStore({ dir, readOnly }), { code: 'KAIPO_STORE_CORRUPT' });
    rmSync(data, { recursive: true });
    if (spawnSync('mkfifo', [data]).status === 0) {
      for (const readOnly of [true, false])
        assert.throws(() => openStore({ dir, readOnly }), { code: 'KAIPO_STORE_CORRUPT' });
    }
    rmSync(data, { force: true });
    renameSync(`${data}.away`, data);
    const before = digests(dir);
    for (const content of [undefined, '', 'not a lock', 'x'.repeat(100_000), '\0'.repeat(8272)]) {
      rmSync(lock, { force: true });
      if (content !== undefined) writeFileSync(lock, content, { mode: 0o600 });
      const reader = openStore({ dir, readOnly: true });
      assert.equal(reader.info().intervals, 3);
      await reader.close();
    }
    rmSync(lock);
    mkdirSync(lock);
    for (const readOnly of [true, false]) {
      assert.throws(
        () => openStore({ dir, readOnly }),
        (error: { code: string }) => /^KAIPO_STORE_/.test(error.code),
      );
    }
    assert.deepEqual(digests(dir), before);
  }));

test('a folder that belongs to someone else: permission denied, by name', { skip: process.geteuid?.() !== 0 }, () =>
  withDirectory(async (dir) => {
    await makeStore(dir, 3);
    const before = digests(dir);
    chmodSync(join(dir, '..'), 0o755);
    const { stdout } = spawnSync(process.execPath, [READ_ALL, dir], { encoding: 'utf8', uid: 65_534, gid: 65_534 });
    assert.equal(stdout.trim(), 'KAIPO_STORE_UNREADABLE');
    assert.deepEqual(digests(dir), before);
  }),
);

test('a compaction cut short is finished or undone by whoever opens the store next', () =>
  withDirectory(async (dir) => {
    await makeStore(dir, 30);
    const note = join(dir, 'compacting.json');
    const dead = { ...thisWriter(() => 0), pid: 2 ** 22 + 1, startTicks: '1' };
    const leave = (newData: string | undefined): void => {
      mkdirSync(join(dir, 'compacting'), { recursive: true });
      copyFileSync(join(dir, 'data.mdb'), join(dir, 'compacting', 'data.mdb'));
      writeFileSync(note, JSON.stringify({ writer: dead, newData, oldLock: fileId(join(dir, 'lock.mdb')) }));
    };
    const opens = async (): Promise<void> => {
      const store = openStore({ dir, clock: () => START_US * 2 });
      assert.equal(store.info().intervals, 30);
      await store.close();
      assert.throws(() => statSync(note), { code: 'ENOENT' });
      assert.throws(() => statSync(join(dir, 'compacting')), { code: 'ENOENT' });
      assert.deepEqual((await runStoreCheck({ dir })).findings, []);
    };
    leave('before anything was renamed');
    await opens();
    leave(fileId(join(dir, 'data.mdb')));
    await opens();
    writeFileSync(note, '{"half');
    assert.throws(() => openStore({ dir, readOnly: true }), {
      code: 'KAIPO_STORE_CORRUPT',
      message: /compacting.json/,
    });
    writeFileSync(note, JSON.stringify({ writer: thisWriter(() => 0) }));
    assert.throws(() => openStore({ dir, readOnly: true }), { code: 'KAIPO_STORE_BUSY' });
    rmSync(note);
    await opens();
  }));

test('a store whose creation was cut short is made anew, with the same key', () =>
  withDirectory(async (dir) => {
    await makeStore(dir, 3, { key: KEY });
    rmSync(join(dir, 'data.mdb'));
    rmSync(join(dir, 'lock.mdb'));
    assert.throws(() => openStore({ dir }), { code: 'KAIPO_STORE_KEY' });
    const store = openStore({ dir, key: KEY });
    assert.equal(store.info().intervals, 0);
    assert.equal(store.info().isEncrypted, true);
    await store.close();
  }));
