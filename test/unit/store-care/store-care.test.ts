// Stats, check, backup, compaction and pruning against what a reader sees: each keeps every byte of history it should keep, also
// while somebody writes.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { encodeBlock } from '@kaipo/core/store/block-codec.js';
import { LmdbFile } from '@kaipo/core/store/lmdb-file.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { backupStore } from '@kaipo/core/store/store-backup.js';
import { checkStore } from '@kaipo/core/store/store-check.js';
import { runStoreCheck } from '@kaipo/core/store/store-check-run.js';
import { compactStore } from '@kaipo/core/store/store-compact.js';
import { nameOfIdKey, STATE_KEY } from '@kaipo/core/store/store-keys.js';
import { openStoreFile } from '@kaipo/core/store/store-opening.js';
import { pruneStore } from '@kaipo/core/store/store-prune.js';
import { storeStats } from '@kaipo/core/store/store-stats.js';
import { withDirectory } from '../../contract/store.contract.js';
import { intervalOf, seededRandom } from '../store/store-fixtures.js';
import { digests, fill, historyOf, KEY, makeStore, OTHER_KEY, START_US } from './care-fixtures.js';

const START_S = START_US / 1e6;

test('stats count every entry, name and page', () =>
  withDirectory(async (dir) => {
    await makeStore(dir, 400, { key: KEY });
    const stats = await storeStats({ dir, key: KEY });
    assert.equal(stats.info.isEncrypted, true);
    assert.equal(stats.info.intervals, 400);
    assert.ok(stats.pages.pages > stats.pages.freePages && stats.pages.freePages >= 0);
    assert.equal(stats.names.find(({ kind }) => kind === 'app')?.count, 5);
    assert.ok(stats.kinds.some(({ kind, entries }) => kind === 'flows' && entries > 0));
    assert.ok(!stats.kinds.some(({ kind }) => kind === 'unknown'));
    const { file } = openStoreFile({ dir, key: KEY, readOnly: true });
    assert.equal(
      stats.kinds.reduce((sum, { entries }) => sum + entries, 0),
      file.entryCount(),
    );
    await file.close();
  }));

test('a sound store passes the check, sealed or not, empty or not, and while it is written', () =>
  withDirectory(async (dir) => {
    for (const [name, options] of [
      ['plain', {}],
      ['sealed', { key: KEY }],
    ] as const) {
      const folder = join(dir, name);
      const store = openStore({ dir: folder, clock: () => START_US * 2, ...options });
      assert.deepEqual((await runStoreCheck({ dir: folder, ...options })).findings, []);
      await fill(store, 0, 1500, 200);
      const writing = fill(store, 1500, 1900, 10);
      const report = await runStoreCheck({ dir: folder, ...options });
      await writing;
      assert.deepEqual(report.findings, []);
      assert.ok(report.buckets > 1000 && report.flows >= 1500 && report.names > 0);
      await store.close();
    }
  }));

test('the check finds a lost name, a wrong counter, a changed bucket, and says where', () =>
  withDirectory(async (dir) => {
    await makeStore(dir, 1500);
    const file = new LmdbFile({ dir, readOnly: false });
    const kinds = (): string[] => [...new Set(checkStore(file).findings.map(({ kind }) => kind))];
    assert.deepEqual(kinds(), []);
    const break1 = async (key: (string | number)[], value: Uint8Array | undefined, expected: string): Promise<void> => {
      const before = file.read((reader) => Buffer.from(reader.get(key) ?? []));
      file.writeSync((access) => (value === undefined ? access.remove(key) : access.put(key, value)));
      assert.ok(kinds().includes(expected), `${expected} in ${kinds().join(' ')}`);
      file.writeSync((access) => access.put(key, before));
      assert.deepEqual(kinds(), []);
    };
    await break1(nameOfIdKey('app', 2), undefined, 'unnamed');
    const buckets = file.read((reader) =>
      [...reader.range([30], [60])].map(({ key, value }) => ({
        key,
        level: Number(key[1]),
        value: Buffer.from(value),
      })),
    );
    for (const level of [0, 1]) {
      const of = buckets.filter((entry) => entry.level === level);
      const middle = of[of.length >> 1]!;
      await break1(middle.key, undefined, 'sums');
      await break1(middle.key, Buffer.from('rubbish'), 'unreadable');
      // Another bucket's data in its place: everything decodes, only the sums tell.
      await break1(middle.key, of[(of.length >> 1) + 1]!.value, 'sums');
    }
    await break1([99, 1], Buffer.from('x'), 'unknown-entry').catch(() => {});
    file.writeSync((access) => access.remove([99, 1]));
    await break1(STATE_KEY, encodeBlock({ newestS: 'many' }), 'unreadable');
    await break1(STATE_KEY, encodeBlock({}), 'counters');
    await file.close();
  }));

test('a bucket whose books do not close is found', () =>
  withDirectory(async (dir) => {
    const store = openStore({ dir, clock: () => START_US * 2 });
    const interval = intervalOf(START_US, seededRandom(1));
    await store.append({
      intervals: [{ ...interval, books: interval.books.map((row, index) => ({ ...row, bytes: row.bytes + index })) }],
    });
    await store.close();
    const report = await runStoreCheck({ dir });
    assert.ok(report.findingCount >= 1);
    assert.match(report.findings[0]!.message, /do not close: -1 bytes/);
    assert.equal(report.findings[0]!.atS, START_S);
  }));

test('a backup made while the recorder writes is a store of its own with one moment of history', () =>
  withDirectory(async (dir) => {
    const source = join(dir, 'source');
    const store = openStore({ dir: source, key: KEY, clock: () => START_US * 2 });
    await fill(store, 0, 500);
    const writing = fill(store, 500, 800, 5);
    const target = join(dir, 'copy');
    const answer = await backupStore({ dir: source, key: KEY }, { target });
    await writing;
    assert.deepEqual({ ...answer, bytes: 0 }, { target, bytes: 0, isEncrypted: true });
    assert.equal(statSync(target).mode & 0o777, 0o700);
    for (const name of readdirSync(target)) assert.equal(statSync(join(target, name)).mode & 0o777, 0o600, name);
    const copy = openStore({ dir: target, readOnly: true, key: KEY });
    assert.ok(copy.info().intervals >= 500 && copy.info().intervals <= 800);
    assert.equal(copy.info().writer, undefined);
    await copy.close();
    assert.deepEqual((await runStoreCheck({ dir: target, key: KEY })).findings, []);
    assert.deepEqual(readdirSync(dir).sort(), ['copy', 'source']);
    await store.close();
  }));

test('a copy with another key, or none, has the same history, and the recorder goes on in it', () =>
  withDirectory(async (dir) => {
    const folder = (name: string): string => join(dir, name);
    await makeStore(folder('plain'), 300);
    const keyFile = folder('key');
    writeFileSync(keyFile, OTHER_KEY, { mode: 0o600 });
    // A key in the configuration, as after a person decided to encrypt: the plain store is read without it.
    await backupStore({ dir: folder('plain'), keyFile }, { target: folder('sealed'), encryption: { keyFile } });
    await backupStore({ dir: folder('sealed'), keyFile }, { target: folder('again'), encryption: { key: KEY } });
    await backupStore({ dir: folder('again'), key: KEY }, { target: folder('open'), encryption: 'none' });
    const expected = openStore({ dir: folder('plain'), readOnly: true });
    const history = historyOf(expected);
    await expected.close();
    for (const [name, options] of [
      ['sealed', { keyFile }],
      ['again', { key: KEY }],
      ['open', {}],
    ] as const) {
      const store = openStore({ dir: folder(name), clock: () => START_US * 2, ...options });
      assert.equal(historyOf(store), history, name);
      const { nextNames } = await namesAfter(store, folder(name), options);
      assert.equal(nextNames, 5, 'known names are found again under their digest');
      await store.close();
      assert.deepEqual((await runStoreCheck({ dir: folder(name), ...options })).findings, []);
    }
    assert.doesNotMatch(readFileSync(join(folder('sealed'), 'data.mdb'), 'latin1'), /app-\d|usr\/bin/);
  }));

async function namesAfter(
  store: ReturnType<typeof openStore>,
  dir: string,
  options: { key?: string; keyFile?: string },
): Promise<{ nextNames: number | undefined }> {
  await fill(store, 300, 330);
  const { names } = await storeStats({ dir, ...options });
  return { nextNames: names.find(({ kind }) => kind === 'app')?.count };
}

test('a backup replaces nothing it was not told to, and leaves nothing behind when it fails', () =>
  withDirectory(async (dir) => {
    const source = join(dir, 'source');
    await makeStore(source, 60);
    const refused = async (target: string, message: RegExp, force = false): Promise<void> => {
      const before = readdirSync(dir).sort();
      await assert.rejects(backupStore({ dir: source }, { target, force }), { code: 'KAIPO_CANNOT_CREATE', message });
      assert.deepEqual(readdirSync(dir).sort(), before);
    };
    const target = join(dir, 'target');
    await backupStore({ dir: source }, { target });
    const kept = digests(target);
    await refused(target, /there is a store of that name/);
    await refused(source, /the store itself/, true);
    await refused(join(dir, 'no', 'such'), /there is no folder/);
    writeFileSync(join(dir, 'file'), 'x');
    await refused(join(dir, 'file'), /there is a file/, true);
    mkdirSync(join(dir, 'other'));
    writeFileSync(join(dir, 'other', 'letters.txt'), 'x');
    await refused(join(dir, 'other'), /other things in it \(letters.txt\)/, true);
    assert.deepEqual(digests(target), kept);
    const more = openStore({ dir: source, clock: () => START_US * 2 });
    await fill(more, 60, 90);
    await more.close();
    await backupStore({ dir: source }, { target, force: true });
    const copy = openStore({ dir: target, readOnly: true });
    assert.equal(copy.info().intervals, 90);
    await copy.close();
    const recorder = openStore({ dir: target, clock: () => START_US * 2 });
    await refused(target, /process \d+ records into it|other things in it \(writer/, true);
    await recorder.close();
  }));

test('compaction gives free pages back, keeps history, and readers and the recorder go on', () =>
  withDirectory(async (dir) => {
    for (const options of [{}, { key: KEY }]) {
      rmSync(dir, { recursive: true, force: true });
      const store = openStore({ dir, clock: () => START_US * 2, ...options });
      await fill(store, 0, 3000, 20);
      const reader = openStore({ dir, readOnly: true, ...options });
      await reader.close();
      const before = historyOf(store);
      const compacting = compactStore(store);
      const appending = fill(store, 3000, 3010, 1);
      const answer = await compacting;
      assert.ok(answer.afterBytes < answer.beforeBytes, `${answer.afterBytes} < ${answer.beforeBytes}`);
      assert.equal(statSync(join(dir, 'data.mdb')).mode & 0o777, 0o600);
      await appending;
      assert.equal(store.info().intervals, 3010);
      await store.close();
      assert.deepEqual((await runStoreCheck({ dir, ...options })).findings, []);
      assert.ok(!existsSync(join(dir, 'compacting')) && !existsSync(join(dir, 'compacting.json')));
      const again = openStore({ dir, readOnly: true, ...options });
      assert.equal(again.info().intervals, 3010);
      assert.ok(before.length > 0);
      await again.close();
    }
  }));

test('only the recorder compacts', () =>
  withDirectory(async (dir) => {
    await makeStore(dir, 3);
    const reader = openStore({ dir, readOnly: true });
    await assert.rejects(compactStore(reader), { code: 'KAIPO_STORE_BUSY' });
    await reader.close();
  }));

test('pruning takes whole days and minutes, and what stays is as before', () =>
  withDirectory(async (dir) => {
    const store = openStore({ dir, clock: () => START_US * 2 });
    const day = 86_400;
    const bytesOf = async (): Promise<number> => {
      const reader = openStore({ dir, readOnly: true });
      let sum = 0;
      reader.view((view) =>
        view.readTotals(86_400, 0, Number.MAX_SAFE_INTEGER, (_, sums) => {
          sum += sums.txBytes + sums.rxBytes;
          return true;
        }),
      );
      await reader.close();
      return sum;
    };
    for (let index = 0; index < 40; index++) await fill(store, index * day, index * day + 90);
    const limitS = START_S + 35 * day;
    const all = await bytesOf();
    const dry = await pruneStore({ dir }, { beforeS: limitS, dryRun: true });
    assert.equal(await bytesOf(), all);
    const gone = await pruneStore({ dir }, { beforeS: limitS });
    assert.deepEqual(gone, dry);
    assert.ok(gone.bucketEntries > 0 && gone.flows === 35 * 90);
    const kept = await bytesOf();
    assert.ok(kept < all && kept > 0, `${kept} of ${all}`);
    // The recorder had all of it in memory: it goes on with what is there.
    await fill(store, 40 * day, 40 * day + 90);
    assert.deepEqual((await runStoreCheck({ dir })).findings, []);
    assert.equal((await bytesOf()) > kept, true);
    assert.equal((await pruneStore({ dir }, { beforeS: limitS })).bucketEntries, 0);
    const flows = await pruneStore({ dir }, { flowsBeforeS: START_S + 39 * day });
    assert.equal(flows.flows, 4 * 90);
    assert.equal(flows.keptFromS, undefined);
    await store.close();
    assert.deepEqual((await runStoreCheck({ dir })).findings, []);
  }));
