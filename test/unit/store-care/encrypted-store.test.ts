// An encrypted store: nothing of it can be read without the key, and every wrong key is refused by name before anything changes.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { LmdbFile } from '@kaipo/core/store/lmdb-file.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { backupStore } from '@kaipo/core/store/store-backup.js';
import { compactStore } from '@kaipo/core/store/store-compact.js';
import { STATE_KEY } from '@kaipo/core/store/store-keys.js';
import { pruneStore } from '@kaipo/core/store/store-prune.js';
import { storeContract, withDirectory } from '../../contract/store.contract.js';
import { digests, fill, historyOf, KEY, makeStore, OTHER_KEY, START_US } from './care-fixtures.js';

storeContract('lmdb, encrypted', (dir, options = {}) =>
  openStore({ dir, clock: () => START_US * 2, key: KEY, ...options }),
);

test('the same history, sealed or not', () =>
  withDirectory(async (dir) => {
    await makeStore(join(dir, 'plain'), 200);
    await makeStore(join(dir, 'sealed'), 200, { key: KEY });
    const plain = openStore({ dir: join(dir, 'plain'), readOnly: true });
    const sealed = openStore({ dir: join(dir, 'sealed'), readOnly: true, key: KEY });
    assert.equal(historyOf(sealed), historyOf(plain));
    assert.equal(sealed.info().isEncrypted, true);
    assert.equal(plain.info().isEncrypted, false);
    await plain.close();
    await sealed.close();
  }));

test('no name of an application, host, path, interface or machine stands in the files, whatever was done to them', () =>
  withDirectory(async (dir) => {
    const folder = join(dir, 'store');
    const options = {
      clock: () => START_US * 2,
      key: KEY,
      hostname: 'ada-laptop',
      retentionS: [20, 100, 600, 7200, Infinity],
    };
    const store = openStore({ dir: folder, ...options });
    const words =
      /app-\d|\/usr\/bin|198\.51|192\.0\.2|curl|example|eth0|protocol-|\bada\b|ada-laptop|internet|capture|no-socket/;
    const look = (place: string): void => {
      for (const name of readdirSync(place).filter((entry) => statSync(join(place, entry)).isFile())) {
        const found = spawnSync('strings', ['-a', '-n', '4', join(place, name)], {
          encoding: 'utf8',
          maxBuffer: 1 << 28,
        });
        const text = found.status === 0 ? found.stdout : readFileSync(join(place, name), 'latin1');
        assert.doesNotMatch(text, words, join(place, name));
      }
    };
    await fill(store, 0, 400);
    look(folder);
    // What went is in free pages.
    await pruneStore({ dir: folder, key: KEY }, { flowsBeforeS: START_US / 1e6 + 120 });
    await fill(store, 7200, 7260);
    look(folder);
    await backupStore({ dir: folder, key: KEY }, { target: join(dir, 'copy') });
    await backupStore({ dir: folder, key: KEY }, { target: join(dir, 'other'), encryption: { key: OTHER_KEY } });
    await compactStore(store);
    await fill(store, 7260, 7290);
    await store.close();
    for (const place of [folder, join(dir, 'copy'), join(dir, 'other')]) look(place);
    // The same words are there when nothing is sealed: the test would see them.
    await makeStore(join(dir, 'plain'), 200);
    assert.match(readFileSync(join(dir, 'plain', 'data.mdb'), 'latin1'), words);
  }));

test('a missing, wrong or needless key is refused, and nothing is changed', () =>
  withDirectory(async (dir) => {
    const sealed = join(dir, 'sealed');
    const plain = join(dir, 'plain');
    await makeStore(sealed, 40, { key: KEY });
    await makeStore(plain, 40);
    const before = [digests(sealed), digests(plain)];
    const keyFile = join(dir, 'gone.key');
    for (const readOnly of [true, false]) {
      const open = (folder: string, options: object) => () => openStore({ dir: folder, readOnly, ...options });
      const refused = { code: 'KAIPO_STORE_KEY' };
      assert.throws(open(sealed, {}), { ...refused, message: /no key was given/, fix: /encryption_key_file/ });
      assert.throws(open(sealed, { key: OTHER_KEY }), { ...refused, message: /does not open/ });
      assert.throws(open(sealed, { key: 'tell me' }), { ...refused, message: /is no key/, fix: /openssl rand/ });
      assert.throws(open(sealed, { key: '' }), { ...refused, message: /is empty/ });
      assert.throws(open(sealed, { keyFile }), { ...refused, message: /is missing/ });
      assert.throws(open(plain, { key: KEY }), { ...refused, message: /is not encrypted/, fix: /db backup/ });
    }
    assert.deepEqual([digests(sealed), digests(plain)], before);
  }));

test('a key in a message stays unsaid', () => {
  const secret = 'hunter2hunter2';
  assert.throws(
    () => openStore({ dir: '/nonexistent/kaipo', readOnly: true, key: secret }),
    (error: Error) => !error.message.includes(secret),
  );
});

test('a key file: every text form, and every file that is none', () =>
  withDirectory(async (dir) => {
    mkdirSync(dir, { recursive: true });
    const keyFile = join(dir, 'key');
    const write = (content: string, mode = 0o600): void => {
      rmSync(keyFile, { force: true, recursive: true });
      writeFileSync(keyFile, content, { mode });
    };
    const store = join(dir, 'store');
    await makeStore(store, 3, { key: KEY });
    const bytes = Buffer.from(KEY, 'hex');
    for (const text of [
      KEY,
      `${KEY}\n`,
      KEY.toUpperCase(),
      bytes.toString('base64'),
      `${bytes.toString('base64url')}\r\n`,
    ]) {
      write(text);
      await openStore({ dir: store, readOnly: true, keyFile }).close();
    }
    write(KEY, 0o400);
    await openStore({ dir: store, readOnly: true, keyFile }).close();
    const refused = (message: RegExp, fix?: RegExp): void => {
      assert.throws(() => openStore({ dir: store, readOnly: true, keyFile }), {
        code: 'KAIPO_STORE_KEY',
        message,
        ...(fix === undefined ? {} : { fix }),
      });
    };
    for (const mode of [0o640, 0o604, 0o660, 0o620]) {
      write(KEY);
      chmodSync(keyFile, mode);
      refused(/can be read by others/, /chmod 600/);
    }
    for (const content of ['', '\n', 'password', KEY.slice(1), `${KEY}0`, '\0'.repeat(64), 'x'.repeat(10_000)]) {
      write(content);
      refused(/is no key|is empty|too long/);
    }
    rmSync(keyFile);
    mkdirSync(keyFile);
    refused(/is not a file/);
    rmSync(keyFile, { recursive: true });
    if (spawnSync('mkfifo', ['-m', '600', keyFile]).status === 0) refused(/is not a file/);
    if (process.geteuid?.() === 0) {
      write(KEY);
      chownSync(keyFile, 12_345, 12_345);
      refused(/belongs to another user/, /chown/);
    }
  }));

test('key-check.json: private, and not needed when it is lost', () =>
  withDirectory(async (dir) => {
    await makeStore(dir, 40, { key: KEY });
    const path = join(dir, 'key-check.json');
    assert.equal(statSync(path).mode & 0o777, 0o600);
    const content = readFileSync(path, 'utf8');
    rmSync(path);
    assert.throws(() => openStore({ dir, readOnly: true }), { code: 'KAIPO_STORE_KEY', message: /no key was given/ });
    assert.throws(() => openStore({ dir, key: OTHER_KEY }), { code: 'KAIPO_STORE_KEY', message: /does not open/ });
    await openStore({ dir, readOnly: true, key: KEY }).close();
    assert.throws(() => statSync(path));
    await openStore({ dir, key: KEY }).close();
    assert.equal(readFileSync(path, 'utf8'), content, 'a writer puts it back');
    writeFileSync(path, '{"cipher":');
    assert.throws(() => openStore({ dir, readOnly: true, key: KEY }), {
      code: 'KAIPO_STORE_KEY',
      message: /damaged/,
      fix: /rm /,
    });
  }));

test('key-check.json of another store is noticed', () =>
  withDirectory(async (dir) => {
    await makeStore(join(dir, 'one'), 3, { key: KEY });
    await makeStore(join(dir, 'two'), 3, { key: KEY });
    await makeStore(join(dir, 'plain'), 3);
    const strange = readFileSync(join(dir, 'one', 'key-check.json'));
    for (const other of ['two', 'plain']) {
      writeFileSync(join(dir, other, 'key-check.json'), strange);
      assert.throws(() => openStore({ dir: join(dir, other), readOnly: true, key: KEY }), {
        code: 'KAIPO_STORE_KEY',
        message: /another store/,
      });
    }
  }));

test('a changed, moved or plain block is refused, not believed', () =>
  withDirectory(async (dir) => {
    await makeStore(dir, 40, { key: KEY });
    const tamper = async (change: (value: Uint8Array) => Uint8Array): Promise<void> => {
      const file = new LmdbFile({ dir, readOnly: false });
      const value = file.readStored((reader) => Buffer.from(reader.get(STATE_KEY) ?? []));
      file.writeSync((access) => access.put(STATE_KEY, change(Buffer.from(value))));
      await file.close();
      const store = openStore({ dir, readOnly: true, key: KEY });
      assert.throws(() => store.info(), { code: 'KAIPO_STORE_CORRUPT' });
      await store.close();
      const back = new LmdbFile({ dir, readOnly: false });
      back.writeSync((access) => access.put(STATE_KEY, value));
      await back.close();
    };
    for (const at of [0, 1, 13, 20, -1]) {
      await tamper((value) => {
        value[(at + value.length) % value.length]! ^= 1;
        return value;
      });
    }
    await tamper((value) => value.subarray(0, 12));
    const file = new LmdbFile({ dir, readOnly: false });
    const other = file.readStored((reader) =>
      Buffer.from([...reader.range([0, 'baseline'], [0, 'baselinf'])][0]?.value ?? []),
    );
    await file.close();
    assert.ok(other.length > 0);
    await tamper(() => other);
    const store = openStore({ dir, readOnly: true, key: KEY });
    assert.equal(store.info().intervals, 40);
    await store.close();
  }));
