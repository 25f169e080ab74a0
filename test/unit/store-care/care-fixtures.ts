// What the tests of the store's care share: a store with some history in it, and what of a folder must not change.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openStore, type StoreOptions } from '@kaipo/core/store/lmdb-store.js';
import type { Store } from '@kaipo/core/store/store.js';
import { flowEnded, intervalOf, nameAnswered, seededRandom } from '../store/store-fixtures.js';

/** A full hour, so that seconds roll up to hours soon. */
export const START_US = 1_699_999_200_000_000;
export const KEY = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff';
export const OTHER_KEY = Buffer.alloc(32, 7).toString('base64url');
export const SHAPE = { apps: 5, hosts: 8, hostPool: 40, protocols: 3 };

/** Appends seconds [from, to), with flows and names. */
export async function fill(store: Store, from: number, to: number, perAppend = 30): Promise<void> {
  for (let first = from; first < to; first += perAppend) {
    const seconds = Array.from({ length: Math.min(perAppend, to - first) }, (_, index) => first + index);
    await store.append({
      intervals: seconds.map((second) => intervalOf(START_US + second * 1_000_000, seededRandom(second), SHAPE)),
      ended: seconds.map((second) => flowEnded(START_US + second * 1_000_000, seededRandom(second), second % 100)),
      names: [nameAnswered(START_US + first * 1_000_000, 'private.example.net', ['198.51.0.1'])],
      baseline: { eth0: { rxBytes: first } },
    });
  }
}

export async function makeStore(dir: string, seconds: number, options: Partial<StoreOptions> = {}): Promise<void> {
  const store = openStore({ dir, clock: () => START_US * 2, ...options });
  await fill(store, 0, seconds);
  await store.close();
}

/** Every regular file of a folder by name: digest of its content. lock.mdb is lmdb's own and changes with every reader. */
export function digests(dir: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(dir)
      .filter((name) => name !== 'lock.mdb' && statSync(join(dir, name)).isFile())
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(dir, name)))
          .digest('hex'),
      ]),
  );
}

/** Everything a reader can ask, as one text: two stores with the same history give the same. */
export function historyOf(store: Store): string {
  return store.view((view) => {
    const parts: unknown[] = [];
    for (const resolutionS of [1, 10, 60, 3600, 86_400] as const) {
      view.readTotals(resolutionS, 0, Number.MAX_SAFE_INTEGER, (startUs, sums) => {
        parts.push([resolutionS, startUs, { ...sums }]);
        return true;
      });
      view.readBooks(resolutionS, 0, Number.MAX_SAFE_INTEGER, (startUs, rows) => {
        parts.push([resolutionS, startUs, rows]);
        return true;
      });
    }
    view.readFlows(0, Number.MAX_SAFE_INTEGER, 1e6, (flow) => parts.push(flow));
    view.readNames(0, Number.MAX_SAFE_INTEGER, 1e6, (name) => parts.push(name));
    for (const kind of ['app', 'host', 'protocol', 'interface'] as const) {
      for (let id = 1; id < 60; id++) parts.push(view.nameOf(kind, id));
    }
    parts.push(view.baseline());
    return JSON.stringify(parts);
  });
}
