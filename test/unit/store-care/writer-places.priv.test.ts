// Writers in other pid namespaces, as containers that share a volume are; and stores on file systems that are full or read-only.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { withDirectory } from '../../contract/store.contract.js';
import { digests, KEY, makeStore } from './care-fixtures.js';

const HOLD = fileURLToPath(new URL('hold-store-main.js', import.meta.url));

/** Opens the store in a pid namespace of its own; resolves with what it says. */
async function holdElsewhere(dir: string): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn('unshare', ['--pid', '--fork', '--kill-child', '--mount-proc', process.execPath, HOLD, dir], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdout!.setEncoding('utf8');
  const [said] = (await once(child.stdout!, 'data')) as [string];
  return { child, said: said.trim() };
}

for (const folder of ['store', 'a-store-whose-path-is-longer-than-a-socket-may-have-'.repeat(3)]) {
  test(`a writer of another pid namespace is alive while it is, and gone when it was killed (${folder.length})`, () =>
    withDirectory(async (dir) => {
      const store = join(dir, folder);
      const { child, said } = await holdElsewhere(store);
      assert.match(said, /^open \d+/);
      assert.throws(() => openStore({ dir: store }), {
        code: 'KAIPO_STORE_BUSY',
        message: /of another container \(or of the host\) records/,
        fix: /where it runs/,
      });
      const reader = openStore({ dir: store, readOnly: true });
      assert.equal(reader.info().writer?.pid, Number(said.split(' ')[1]));
      await reader.close();
      child.kill('SIGKILL');
      await once(child, 'close');
      const next = openStore({ dir: store });
      assert.equal(next.info().writer?.pid, process.pid);
      const other = await holdElsewhere(store);
      assert.match(other.said, /^KAIPO_STORE_BUSY/);
      await once(other.child, 'close');
      await next.close();
      assert.deepEqual(readdirSync(store).sort(), ['data.mdb', 'lock.mdb']);
    }));
}

test('a read-only file system and a full one: a named error, nothing changed', () =>
  withDirectory(async (dir) => {
    mkdirSync(dir, { recursive: true });
    const mount = (...args: string[]): void => {
      assert.equal(spawnSync('mount', args, { stdio: 'inherit' }).status, 0);
    };
    mount('-t', 'tmpfs', '-o', 'size=8m', 'kaipo-test', dir);
    try {
      const store = join(dir, 'store');
      await makeStore(store, 30, { key: KEY });
      rmSync(join(store, 'lock.mdb'));
      const before = digests(store);
      mount('-o', 'remount,ro', dir);
      assert.throws(() => openStore({ dir: store, key: KEY }), {
        code: 'KAIPO_STORE_UNREADABLE',
        message: /read-only/,
      });
      assert.throws(() => openStore({ dir: join(dir, 'new') }), { code: 'KAIPO_CANNOT_CREATE' });
      mount('-o', 'remount,rw', dir);
      const ballast = join(dir, 'ballast');
      spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=4096'], { stdio: 'ignore' });
      for (const readOnly of [true, false]) {
        assert.throws(() => openStore({ dir: store, key: KEY, readOnly }), { code: 'KAIPO_STORE_FULL' });
      }
      assert.throws(() => openStore({ dir: join(dir, 'new'), key: KEY }), { code: 'KAIPO_STORE_FULL' });
      assert.deepEqual(digests(store), before);
      rmSync(ballast);
      writeFileSync(join(dir, 'free'), 'x');
      const again = openStore({ dir: store, key: KEY });
      assert.equal(again.info().intervals, 30);
      await again.close();
    } finally {
      spawnSync('umount', [dir]);
    }
  }));
