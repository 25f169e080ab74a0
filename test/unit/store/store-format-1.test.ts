// A store that the first version wrote: read as it is, converted by the next recorder, with every number it had.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { encodeBlock } from '@kaipo/core/store/block-codec.js';
import { LmdbFile } from '@kaipo/core/store/lmdb-file.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import type { Store } from '@kaipo/core/store/store.js';
import { FORMAT_KEY } from '@kaipo/core/store/store-keys.js';
import { RESOLUTIONS_S } from '@kaipo/core/store/store-limits.js';
import { withDirectory } from '../../contract/store.contract.js';
import { type AllSums, addInterval, sumsOfPeriod, sumsOfStretch } from '../../contract/store-sums.js';
import { intervalOf, seededRandom } from './store-fixtures.js';

const START_US = 1_700_000_000_000_000;
const CLOCK = (): number => START_US * 2;

/** What the data file was made of: sixty intervals, half an hour apart, later a day. */
function recorded(): { sums: AllSums; ends: number[] } {
  const sums: AllSums = new Map();
  const ends: number[] = [];
  for (let index = 0; index < 60; index++) {
    const atUs = START_US + index * 1_703_000_000 * (index > 30 ? 40 : 1);
    addInterval(sums, intervalOf(atUs, seededRandom(index)));
    ends.push(atUs);
  }
  return { sums, ends };
}

function oldStore(dir: string): void {
  mkdirSync(dir, { recursive: true });
  // Compiled tests lie in dist; the data stays beside the source.
  const path = fileURLToPath(new URL('../../../unit/store/testdata/format-1.mdb.gz', import.meta.url));
  writeFileSync(join(dir, 'data.mdb'), gunzipSync(readFileSync(path)));
}

function sorted(sums: AllSums): [string, number][] {
  return [...sums].sort(([left], [right]) => (left < right ? -1 : 1));
}

function check(store: Store, { sums, ends }: ReturnType<typeof recorded>): void {
  assert.deepEqual(sorted(store.view((view) => sumsOfPeriod(view, 0, START_US * 2))), sorted(sums));
  for (const resolutionS of RESOLUTIONS_S.filter((candidate) => candidate >= 3600)) {
    const whole = store.view((view) => sumsOfStretch(view, resolutionS, 0, Number.MAX_SAFE_INTEGER));
    assert.deepEqual(sorted(whole), sorted(sums), `${resolutionS} s`);
  }
  const flows: number[] = [];
  store.view((view) => view.readFlows(0, START_US * 2, 1000, ({ endUs }) => flows.push(endUs)));
  assert.deepEqual(
    flows.sort((left, right) => left - right),
    ends,
  );
  assert.deepEqual(
    store.view((view) => view.baseline()),
    { eth0: 59 },
  );
}

test('a reader reads an old store as it is', () =>
  withDirectory(async (dir) => {
    oldStore(dir);
    const reader = openStore({ dir, readOnly: true });
    check(reader, recorded());
    assert.equal(reader.info().formatVersion, 1);
    assert.equal(reader.info().device, undefined);
    await reader.close();
  }));

test('a recorder converts an old store once, and goes on in it', () =>
  withDirectory(async (dir) => {
    oldStore(dir);
    const expected = recorded();
    let store = openStore({ dir, clock: CLOCK });
    check(store, expected);
    const { device, formatVersion, alignS } = store.info();
    assert.equal(formatVersion, 2);
    // Its days are those of UTC: they cannot be cut anew.
    assert.equal(alignS, 0);
    assert.match(device?.id ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const late = intervalOf(START_US + 5_000_000, seededRandom(99));
    const next = intervalOf(expected.ends.at(-1)! + 90_000_000, seededRandom(98));
    await store.append({ intervals: [late, next] });
    addInterval(expected.sums, late);
    addInterval(expected.sums, next);
    check(store, expected);
    await store.close();
    store = openStore({ dir, clock: CLOCK });
    check(store, expected);
    assert.deepEqual(store.info().device, device);
    await store.close();
  }));

test('a newer store is left as it is', () =>
  withDirectory(async (dir) => {
    await openStore({ dir }).close();
    const file = new LmdbFile({ dir, readOnly: false });
    file.writeSync((access) => access.put(FORMAT_KEY, encodeBlock({ name: 'kaipo-store', version: 3 })));
    await file.close();
    const before = readFileSync(join(dir, 'data.mdb'));
    for (const readOnly of [true, false]) {
      assert.throws(() => openStore({ dir, readOnly }), { code: 'KAIPO_STORE_NEWER', fix: /update kaipo/ });
    }
    assert.deepEqual(readFileSync(join(dir, 'data.mdb')), before);
  }));
