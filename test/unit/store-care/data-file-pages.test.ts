// Damage to the pages LMDB walks through: found before LMDB opens the file, for whoever opens it, and nothing is written.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { checkDataFile } from '@kaipo/core/store/data-file-check.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { withDirectory } from '../../contract/store.contract.js';
import { seededRandom } from '../store/store-fixtures.js';
import { digests, makeStore } from './care-fixtures.js';

const PAGE_BYTES = 4096;
const HEADER_BYTES = 24;
/** In a meta: the transaction, and the roots of the list of free pages and of the entries. */
const TXN_AT = HEADER_BYTES + 128;
const FREE_ROOT_AT = HEADER_BYTES + 24 + 40;
const MAIN_ROOT_AT = HEADER_BYTES + 72 + 40;

interface Roots {
  readonly meta: number;
  readonly free: number;
  readonly main: number;
}

function rootsOf(bytes: Buffer): Roots {
  const meta = bytes.readBigUInt64LE(TXN_AT) > bytes.readBigUInt64LE(PAGE_BYTES + TXN_AT) ? 0 : PAGE_BYTES;
  const at = (offset: number): number => Number(bytes.readBigUInt64LE(meta + offset)) * PAGE_BYTES;
  return { meta, free: at(FREE_ROOT_AT), main: at(MAIN_ROOT_AT) };
}

function nodeOf(bytes: Buffer, page: number, index: number): number {
  return page + HEADER_BYTES + bytes.readUInt16LE(page + HEADER_BYTES + 2 * index);
}

async function withStore(seconds: number, work: (bytes: Buffer, put: (changed: Buffer) => string) => void) {
  await withDirectory(async (dir) => {
    await makeStore(join(dir, 'sound'), seconds);
    const folder = join(dir, 'damaged');
    const put = (changed: Buffer): string => {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { mode: 0o700 });
      writeFileSync(join(folder, 'data.mdb'), changed, { mode: 0o600 });
      return folder;
    };
    work(readFileSync(join(dir, 'sound', 'data.mdb')), put);
  });
}

test('what LMDB would not survive has a name, for readers and recorders', () =>
  withStore(400, (bytes, put) => {
    const { meta, free, main } = rootsOf(bytes);
    assert.equal(bytes.readUInt16LE(main + 18), 1, 'the root is a branch');
    const leaf = bytes.readUIntLE(nodeOf(bytes, main, 1), 6) * PAGE_BYTES;
    const changes: [string, (page: Buffer) => void][] = [];
    for (const [name, page] of [
      ['free list', free],
      ['root', main],
      ['leaf', leaf],
    ] as const) {
      const change = (what: string, how: (copy: Buffer) => void): void => {
        changes.push([`${name}: ${what}`, how]);
      };
      change('zeros', (copy) => copy.fill(0, page, page + PAGE_BYTES));
      change('another number', (copy) => copy.writeUInt8(copy[page]! ^ 1, page));
      change('of a later transaction', (copy) => copy.writeUInt8(1, page + 14));
      change('of another kind', (copy) => copy.writeUInt16LE(4, page + 18));
      change('no bounds', (copy) => copy.writeUInt16LE(0xfffe, page + 20));
      change('a pointer outside', (copy) => copy.writeUInt16LE(0xfff0, page + HEADER_BYTES));
      change('a key longer than the page', (copy) => copy.writeUInt16LE(0xffff, nodeOf(copy, page, 0) + 6));
      change('no entries', (copy) => copy.writeUInt16LE(0, page + 20));
    }
    changes.push(
      ['leaf: a value longer than the page', (copy) => copy.writeUInt32LE(1e6, nodeOf(copy, leaf, 0))],
      ['leaf: an entry with duplicates', (copy) => copy.writeUInt16LE(4, nodeOf(copy, leaf, 0) + 4)],
      ['root: leads back to itself', (copy) => copy.writeUIntLE(main / PAGE_BYTES, nodeOf(copy, main, 1), 6)],
      ['root: leads behind the end', (copy) => copy.writeUIntLE(1e9, nodeOf(copy, main, 1), 6)],
      ['a used page is free', (copy) => copy.writeBigInt64LE(BigInt(leaf / PAGE_BYTES), nodeOf(copy, free, 0) + 24)],
      ['more free pages than listed', (copy) => copy.writeBigInt64LE(1n << 40n, nodeOf(copy, free, 0) + 16)],
      ['meta: a root behind the end', (copy) => copy.writeBigUInt64LE(1n << 40n, meta + MAIN_ROOT_AT)],
      ['meta: a depth of none', (copy) => copy.writeUInt16LE(0, meta + HEADER_BYTES + 72 + 6)],
      ['meta: keys in another order', (copy) => copy.writeUInt16LE(2, meta + HEADER_BYTES + 72 + 4)],
      [
        'meta: the other one newer and not one',
        (copy) => copy.fill(0xee, PAGE_BYTES - meta + 8, PAGE_BYTES - meta + 400),
      ],
      ['meta: flushed before it was written', (copy) => copy.fill(0xee, PAGE_BYTES / 2, PAGE_BYTES - 8)],
      ['meta: larger than can be mapped', (copy) => copy.writeBigUInt64LE(1n << 60n, meta + HEADER_BYTES + 16)],
      ['meta: more pages than can be', (copy) => copy.writeBigUInt64LE(1n << 50n, meta + HEADER_BYTES + 120)],
    );
    for (const [what, how] of changes) {
      const copy = Buffer.from(bytes);
      how(copy);
      const folder = put(copy);
      const before = digests(folder);
      for (const readOnly of [true, false])
        assert.throws(
          () => openStore({ dir: folder, readOnly }),
          { code: 'KAIPO_STORE_CORRUPT', fix: /--store/ },
          what,
        );
      assert.deepEqual(digests(folder), before, what);
      assert.deepEqual(readdirSync(folder), ['data.mdb'], what);
    }
  }));

test('a file cut anywhere: refused while a page that is needed is missing, read when only free ones are', () =>
  withStore(100, (bytes, put) => {
    const folder = put(bytes);
    checkDataFile(folder);
    let longestRefused = 0;
    let shortestRead = bytes.length;
    for (let length = bytes.length - 1; length >= 0; length -= 1000) {
      truncateSync(join(folder, 'data.mdb'), length);
      try {
        checkDataFile(folder);
        shortestRead = length;
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'KAIPO_STORE_CORRUPT');
        assert.match((error as Error).message, length < 8192 ? /cut short|not a kaipo store/ : /cut short/);
        longestRefused = Math.max(longestRefused, length);
      }
    }
    assert.ok(longestRefused < shortestRead);
    assert.ok(longestRefused > bytes.length / 2);
    assert.deepEqual(readdirSync(folder), ['data.mdb']);
  }));

test('random damage never makes the look itself fail', () =>
  withStore(100, (bytes, put) => {
    const random = seededRandom(12);
    const folder = put(bytes);
    for (let round = 0; round < 300; round++) {
      const copy = Buffer.from(bytes);
      const page = Math.floor(random() * (bytes.length / PAGE_BYTES)) * PAGE_BYTES;
      const changes = round % 3 === 0 ? 500 : 1;
      for (let change = 0; change < changes; change++) {
        const at = Math.floor(random() * (round % 2 === 0 ? PAGE_BYTES : 200));
        copy[page + at] = Math.floor(random() * 256);
      }
      writeFileSync(join(folder, 'data.mdb'), copy);
      try {
        checkDataFile(folder);
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'KAIPO_STORE_CORRUPT', String(error));
      }
    }
  }));
