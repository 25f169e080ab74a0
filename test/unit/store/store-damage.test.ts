// A store in whose file any byte of any value was changed: a named error or the truth, never another.
import assert from 'node:assert/strict';
import test from 'node:test';
import { LmdbFile } from '@kaipo/core/store/lmdb-file.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import type { Store } from '@kaipo/core/store/store.js';
import { FIRST_KEY, LAST_KEY, type StoreKey } from '@kaipo/core/store/store-keys.js';
import { RESOLUTIONS_S } from '@kaipo/core/store/store-limits.js';
import fc from 'fast-check';
import { withDirectory } from '../../contract/store.contract.js';
import { sumsOfStretch } from '../../contract/store-sums.js';
import { flowEnded, nameAnswered, scopedIntervalOf, seededRandom } from './store-fixtures.js';

const START_US = 1_700_000_000_000_000;
const CLOCK = (): number => START_US * 2;

function everything(store: Store): unknown {
  return store.view((view) => {
    const sums = RESOLUTIONS_S.map((resolutionS) => [...sumsOfStretch(view, resolutionS, 0, Number.MAX_SAFE_INTEGER)]);
    const flows: unknown[] = [];
    const names: unknown[] = [];
    view.readFlows(0, START_US * 2, 1000, (flow) => flows.push(flow));
    view.readNames(0, START_US * 2, 1000, (name) => names.push(name));
    // The file grows with every change made to it here.
    const { writer: _, fileBytes: __, ...info } = view.info();
    return { sums, flows, names, info, baseline: view.baseline() };
  });
}

test('any changed byte of any value is found, or changes nothing', () =>
  withDirectory(async (dir) => {
    const store = openStore({ dir, clock: CLOCK });
    for (let index = 0; index < 15; index++) {
      const atUs = START_US + index * 200_000_000;
      const random = seededRandom(index);
      await store.append({
        intervals: [scopedIntervalOf(atUs, random)],
        ended: [flowEnded(atUs, random, 1), flowEnded(atUs, random, 2)],
        names: [nameAnswered(atUs, 'example.com', ['198.51.0.1'])],
        baseline: { eth0: index },
      });
    }
    await store.close();
    const file = new LmdbFile({ dir, readOnly: false });
    const reader = openStore({ dir, readOnly: true });
    const truth = everything(reader);
    const entries = file.read((access) =>
      [...access.range(FIRST_KEY, LAST_KEY)].map(({ key, value }) => ({ key, value: Buffer.from(value) })),
    );
    const put = (key: StoreKey, value: Uint8Array): void => file.writeSync((writer) => writer.put(key, value));
    // Also records, of which there are few, must get their turn.
    const which = fc.oneof(fc.integer({ min: 0, max: 12 }), fc.nat());
    const change = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 3 });
    const property = fc.property(which, change, fc.integer({ min: -3, max: 3 }), (number, flips, longer) => {
      const { key, value } = entries[number % entries.length]!;
      const bytes = Buffer.alloc(Math.max(1, value.length + Math.min(longer, 1)));
      value.copy(bytes);
      for (const [at, bits] of flips) bytes[at % bytes.length]! ^= bits;
      put(key, bytes);
      try {
        assert.deepEqual(everything(reader), truth);
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'KAIPO_STORE_CORRUPT', String(error));
      } finally {
        put(key, value);
      }
    });
    try {
      fc.assert(property, { numRuns: 80, includeErrorInReport: true });
    } finally {
      await reader.close();
      await file.close();
    }
  }));
