// The LMDB store against the contract, and what only a file can do: go missing, be foreign, be cut, fill up, lose its writer.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { encodeBlock } from '@kaipo/core/store/block-codec.js';
import { LmdbFile } from '@kaipo/core/store/lmdb-file.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { FORMAT_KEY } from '@kaipo/core/store/store-keys.js';
import { RESOLUTIONS_S } from '@kaipo/core/store/store-limits.js';
import { storeContract, sumsAt, withDirectory } from '../../contract/store.contract.js';
import { intervalOf, seededRandom } from './store-fixtures.js';

const START_US = 1_700_000_000_000_000;
const FAR_CLOCK = (): number => START_US * 2;

storeContract('lmdb', (dir, options = {}) => openStore({ dir, clock: FAR_CLOCK, ...options }));

test('directory and files are for the user alone', () =>
  withDirectory(async (dir) => {
    const store = openStore({ dir });
    assert.equal(statSync(dir).mode & 0o777, 0o700);
    assert.equal(statSync(join(dir, 'data.mdb')).mode & 0o777, 0o600);
    assert.equal(statSync(join(dir, 'lock.mdb')).mode & 0o777, 0o600);
    await store.close();
  }));

test('a reader of nothing is told what to do, and creates nothing', () =>
  withDirectory(async (dir) => {
    assert.throws(() => openStore({ dir, readOnly: true }), { code: 'KAIPO_STORE_MISSING', fix: /kaipo daemon/ });
    assert.throws(() => statSync(dir), { code: 'ENOENT' });
  }));

test('a reader cannot record, and says so', () =>
  withDirectory(async (dir) => {
    await openStore({ dir }).close();
    const reader = openStore({ dir, readOnly: true });
    assert.equal(reader.state, 'read-only');
    await assert.rejects(reader.append({ intervals: [intervalOf(START_US, seededRandom(1))] }), {
      code: 'KAIPO_STORE_BUSY',
    });
    await reader.close();
  }));

test('what is no store is refused and left as it was', () =>
  withDirectory(async (dir) => {
    mkdirSync(dir, { recursive: true });
    const data = join(dir, 'data.mdb');
    for (const content of [
      '',
      'just some text',
      '\0'.repeat(100_000),
      readFileSync(process.execPath).subarray(0, 50_000),
    ]) {
      writeFileSync(data, content);
      for (const readOnly of [true, false]) {
        assert.throws(() => openStore({ dir, readOnly }), { code: 'KAIPO_STORE_CORRUPT', fix: /--store/ });
      }
      assert.deepEqual(readFileSync(data), Buffer.from(content));
    }
  }));

test('a foreign LMDB database and a newer format are refused', () =>
  withDirectory(async (dir) => {
    mkdirSync(dir, { recursive: true });
    const foreign = new LmdbFile({ dir, readOnly: false });
    foreign.writeSync((file) => file.put(['theirs'], Buffer.from('data')));
    await foreign.close();
    assert.throws(() => openStore({ dir }), { code: 'KAIPO_STORE_CORRUPT', message: /not a kaipo store/ });
    const newer = new LmdbFile({ dir, readOnly: false });
    newer.writeSync((file) => file.put(FORMAT_KEY, encodeBlock({ name: 'kaipo-store', version: 99 })));
    await newer.close();
    assert.throws(() => openStore({ dir, readOnly: true }), { code: 'KAIPO_STORE_NEWER', message: /newer kaipo/ });
  }));

test('a file that was cut short is refused, not mapped', () =>
  withDirectory(async (dir) => {
    const store = openStore({ dir, clock: FAR_CLOCK });
    for (let index = 0; index < 100; index++) {
      await store.append({ intervals: [intervalOf(START_US + index * 1e6, seededRandom(index))] });
    }
    await store.close();
    truncateSync(join(dir, 'data.mdb'), 3 * 4096);
    for (const readOnly of [true, false]) {
      assert.throws(() => openStore({ dir, readOnly }), { code: 'KAIPO_STORE_CORRUPT', message: /cut short/ });
    }
  }));

test('an unreadable directory names itself', { skip: process.getuid?.() === 0 }, () =>
  withDirectory(async (dir) => {
    await openStore({ dir }).close();
    chmodSync(dir, 0o000);
    assert.throws(() => openStore({ dir, readOnly: true }), { code: 'KAIPO_STORE_UNREADABLE' });
    chmodSync(dir, 0o700);
  }),
);

test('a file in the place of the directory is refused', () =>
  withDirectory(async (dir) => {
    writeFileSync(dir, 'a file');
    assert.throws(() => openStore({ dir }), { code: 'KAIPO_CANNOT_CREATE' });
  }));

test('without free space an append is refused, the store reads on and is not harmed', () =>
  withDirectory(async (dir) => {
    const store = openStore({ dir, clock: FAR_CLOCK });
    await store.append({ intervals: [intervalOf(START_US, seededRandom(1))] });
    await store.close();
    const full = openStore({ dir, clock: FAR_CLOCK, reserveBytes: Infinity });
    await assert.rejects(full.append({ intervals: [intervalOf(START_US + 1e6, seededRandom(1))] }), {
      code: 'KAIPO_STORE_FULL',
    });
    assert.equal(full.state, 'read-only');
    assert.match(full.stateDetail ?? '', /full/);
    assert.equal(full.info().intervals, 1);
    await full.close();
  }));

test('many hosts fold into "other" without losing a byte', () =>
  withDirectory(async (dir) => {
    const store = openStore({ dir, clock: FAR_CLOCK });
    const shape = { apps: 5, hosts: 3000, hostPool: 50_000, protocols: 3 };
    let tx = 0;
    for (let index = 0; index < 5; index++) {
      const interval = intervalOf(START_US + index * 1e6, seededRandom(index), shape);
      tx += interval.interfaces[0]!.txBytes;
      await store.append({ intervals: [interval] });
    }
    store.view((view) =>
      view.readSeries('host', 1, 0, Number.MAX_SAFE_INTEGER, (_, series) => {
        assert.ok(series.length <= 200);
        return true;
      }),
    );
    for (const resolutionS of RESOLUTIONS_S) assert.equal(sumsAt(store, resolutionS).host.tx, tx);
    await store.close();
  }));

test('a writer killed while it writes leaves a clean store: at most one interval missing, none twice, its lock taken over', () =>
  withDirectory(async (dir) => {
    const child = fileURLToPath(new URL('store-writer-main.js', import.meta.url));
    for (let round = 0; round < 4; round++) {
      const writer = spawn(process.execPath, [child, dir, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] });
      let acknowledged = 0;
      let buffered = '';
      writer.stdout.on('data', (chunk: Buffer) => {
        buffered += chunk.toString();
        acknowledged = buffered.split('\n').length - 1;
        if (acknowledged >= 40 + round * 7) writer.kill('SIGKILL');
      });
      await once(writer, 'close');
      acknowledged = buffered.split('\n').length - 1;
      const store = openStore({ dir, clock: FAR_CLOCK });
      const { intervals } = store.view((view) => {
        const sums = { intervals: 0, tx: 0 };
        view.readTotals(
          1,
          (START_US / 1e6 + round * 100_000) * 1e6,
          (START_US / 1e6 + (round + 1) * 100_000) * 1e6,
          (_, bucket) => {
            sums.intervals += bucket.intervals;
            sums.tx += bucket.txBytes;
            return true;
          },
        );
        return sums;
      });
      assert.ok(
        intervals >= acknowledged && intervals <= acknowledged + 1,
        `${acknowledged} acknowledged, ${intervals} stored`,
      );
      const [finest, ...coarser] = RESOLUTIONS_S.map((resolutionS) => sumsAt(store, resolutionS));
      for (const sums of coarser) assert.deepEqual(sums, finest);
      await store.close();
    }
  }));
