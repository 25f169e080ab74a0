// What every store must keep, whoever wrote it. Run against each one: storeContract('name', open).
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import type { FlowRecord } from '@kaipo/core/api/events.js';
import type { SeriesKind } from '@kaipo/core/store/series-kind.js';
import { SERIES_KINDS } from '@kaipo/core/store/series-kind.js';
import type { Store } from '@kaipo/core/store/store.js';
import { DEFAULT_RETENTION_S, RESOLUTIONS_S, type ResolutionS } from '@kaipo/core/store/store-limits.js';
import fc from 'fast-check';
import { flowEnded, intervalOf, nameAnswered, scopedIntervalOf, seededRandom } from '../unit/store/store-fixtures.js';
import { type AllSums, addInterval, sumsOfPeriod, sumsOfStretch } from './store-sums.js';

export type OpenStore = (
  dir: string,
  options?: { readonly retentionS?: readonly number[]; readonly alignS?: number },
) => Store;

const SHAPE = { apps: 3, hosts: 4, hostPool: 6, protocols: 2 };

function sorted(sums: AllSums): [string, number][] {
  return [...sums].sort(([left], [right]) => (left < right ? -1 : 1));
}

export interface Sums {
  tx: number;
  rx: number;
  txPackets: number;
  rxPackets: number;
}

const START_US = 1_700_000_000_000_000;

/** Sums of everything in one resolution; the series of every kind must say the same. */
export function sumsAt(store: Store, resolutionS: ResolutionS): Record<'totals' | SeriesKind, Sums> {
  return store.view((view) => {
    const none = (): Sums => ({ tx: 0, rx: 0, txPackets: 0, rxPackets: 0 });
    const sums = { totals: none(), interface: none(), app: none(), protocol: none(), host: none(), unknown: none() };
    view.readTotals(resolutionS, 0, Number.MAX_SAFE_INTEGER, (_, bucket) => {
      sums.totals.tx += bucket.txBytes;
      sums.totals.rx += bucket.rxBytes;
      sums.totals.txPackets += bucket.txPackets;
      sums.totals.rxPackets += bucket.rxPackets;
      return true;
    });
    for (const kind of SERIES_KINDS) {
      view.readSeries(kind, resolutionS, 0, Number.MAX_SAFE_INTEGER, (_, series) => {
        for (let row = 0; row < series.length; row++) {
          sums[kind].tx += series.txBytes[row]!;
          sums[kind].rx += series.rxBytes[row]!;
          sums[kind].txPackets += series.txPackets[row]!;
          sums[kind].rxPackets += series.rxPackets[row]!;
        }
        return true;
      });
    }
    return sums;
  });
}

export async function withDirectory<Answer>(work: (dir: string) => Promise<Answer>): Promise<Answer> {
  const dir = mkdtempSync(join(tmpdir(), 'kaipo-store-'));
  try {
    return await work(join(dir, 'store'));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

export function storeContract(name: string, open: OpenStore): void {
  test(`${name}: an empty store answers with nothing`, () =>
    withDirectory(async (dir) => {
      const store = open(dir);
      assert.equal(store.state, 'recording');
      assert.equal(store.info().intervals, 0);
      assert.equal(store.info().firstUs, undefined);
      assert.deepEqual(
        store.view((view) => view.segments(0, START_US)),
        [],
      );
      assert.equal(sumsAt(store, 60).totals.tx, 0);
      await store.close();
      assert.equal(store.state, 'closed');
    }));

  test(`${name}: any interleaving of batches, roll-ups, prunings and reopenings sums to the same in every resolution`, async () => {
    // Mostly onwards, sometimes a pause, sometimes back: late records and clocks that jump.
    const stepS = fc.oneof(
      { weight: 12, arbitrary: fc.integer({ min: 0, max: 3 }) },
      { weight: 4, arbitrary: fc.integer({ min: 4, max: 5000 }) },
      { weight: 2, arbitrary: fc.integer({ min: 5000, max: 300_000 }) },
      { weight: 1, arbitrary: fc.integer({ min: 300_000, max: 5_000_000 }) },
      { weight: 2, arbitrary: fc.integer({ min: -9000, max: -1 }) },
      { weight: 1, arbitrary: fc.integer({ min: -400_000, max: -9000 }) },
    );
    const intervals = fc.record({
      stepS,
      fractionUs: fc.integer({ min: 0, max: 999_999 }),
      lengthS: fc.constantFrom(1, 1, 10, 60),
      seed: fc.integer(),
      isCaughtUp: fc.integer({ min: 0, max: 9 }).map((value) => value === 0),
    });
    const moves = fc.record({
      intervals: fc.array(intervals, { minLength: 1, maxLength: 6 }),
      reopen: fc.integer({ min: 0, max: 9 }).map((value) => value === 0),
    });
    const retentions = fc.constantFrom(undefined, [20, 100, 600, 7200, Infinity], [1, 3600, 1, 86_400, Infinity]);
    const offsets = fc.constantFrom(0, 3600, 19_800, -18_000);
    const check = fc.asyncProperty(
      fc.array(moves, { minLength: 1, maxLength: 25 }),
      retentions,
      offsets,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (sequence, retentionS, alignS, cutAt) =>
        withDirectory(async (dir) => {
          const options = { alignS, ...(retentionS === undefined ? {} : { retentionS }) };
          let store = open(dir, options);
          const expected: AllSums = new Map();
          let atUs = START_US;
          for (const { intervals: steps, reopen } of sequence) {
            const batch = steps.map(({ stepS: onwardsS, fractionUs, lengthS, seed, isCaughtUp }) => {
              atUs = Math.max(0, atUs + onwardsS * 1_000_000);
              const interval = scopedIntervalOf(atUs + fractionUs, seededRandom(seed), {
                ...SHAPE,
                lengthUs: lengthS * 1_000_000,
              });
              return isCaughtUp ? { ...interval, isCaughtUp } : interval;
            });
            await store.append({ intervals: batch });
            for (const interval of batch) addInterval(expected, interval);
            if (reopen) {
              await store.close();
              store = open(dir, options);
            }
          }
          const {
            finestS,
            firstUs = 0,
            newestUs = 0,
          } = store.view((view) => {
            return { finestS: view.finestResolutionS(0), ...view.info() };
          });
          const keptS = retentionS ?? DEFAULT_RETENTION_S;
          const finest = RESOLUTIONS_S.indexOf(finestS);
          for (const [level, resolutionS] of RESOLUTIONS_S.entries()) {
            // Retention may be longer for a finer resolution than for a coarser one: then only the finer one has all of it.
            if (level < finest || keptS[level]! < keptS[finest]!) continue;
            const sums = store.view((view) => sumsOfStretch(view, resolutionS, 0, Number.MAX_SAFE_INTEGER));
            assert.deepEqual(sorted(sums), sorted(expected), `in buckets of ${resolutionS} s`);
          }
          const endUs = START_US * 2;
          const whole = store.view((view) => sumsOfPeriod(view, 0, endUs));
          assert.deepEqual(sorted(whole), sorted(expected));
          const cutUs = Math.floor((firstUs + (newestUs - firstUs) * cutAt) / 1e6) * 1e6;
          const parts = store.view((view) => sumsOfPeriod(view, 0, cutUs));
          for (const [key, value] of store.view((view) => sumsOfPeriod(view, cutUs, endUs))) {
            const sum = (parts.get(key) ?? 0) + value;
            if (sum === 0) parts.delete(key);
            else parts.set(key, sum);
          }
          assert.deepEqual(sorted(parts), sorted(expected), `cut at ${cutUs}`);
          await store.close();
        }),
    );
    const step = { fractionUs: 0, lengthS: 1 as const, seed: 0, isCaughtUp: true };
    const moved = { intervals: [0, 2801].map((stepS) => ({ ...step, stepS })), reopen: true };
    await fc.assert(check, {
      numRuns: Number(process.env['KAIPO_PROPERTY_RUNS'] ?? 25),
      includeErrorInReport: true,
      examples: [[[moved], [1, 3600, 1, 86_400, Infinity], 3600, 0]],
    });
  });

  test(`${name}: a period is covered without gap or overlap, so neighbours add up`, () =>
    withDirectory(async (dir) => {
      const store = open(dir);
      const random = seededRandom(7);
      const total = { bytes: 0 };
      for (let index = 0; index < 400; index++) {
        const interval = intervalOf(START_US + index * 37_000_000, random);
        total.bytes += interval.interfaces[0]!.txBytes;
        await store.append({ intervals: [interval] });
      }
      const endUs = START_US + 400 * 37_000_000;
      const bytesIn = (fromUs: number, toUs: number): number =>
        store.view((view) => {
          let bytes = 0;
          for (const { resolutionS, fromS, toS } of view.segments(fromUs, toUs)) {
            view.readTotals(resolutionS, fromS * 1e6, toS * 1e6, (_, sums) => {
              bytes += sums.txBytes;
              return true;
            });
          }
          return bytes;
        });
      assert.equal(bytesIn(0, endUs), total.bytes);
      for (let cut = 0; cut < 40; cut++) {
        const cutUs = START_US + Math.floor(random() * 400 * 37) * 1_000_000;
        assert.equal(bytesIn(0, cutUs) + bytesIn(cutUs, endUs), total.bytes, `cut at ${cutUs}`);
      }
      await store.close();
    }));

  test(`${name}: what is pruned lives on in the next resolution`, () =>
    withDirectory(async (dir) => {
      const store = open(dir, { retentionS: [20, 100, 600, 7200, Infinity] });
      const random = seededRandom(3);
      let tx = 0;
      for (let index = 0; index < 1500; index++) {
        const interval = intervalOf(START_US + index * 10_000_000, random);
        tx += interval.interfaces[0]!.txBytes;
        await store.append({ intervals: [interval] });
      }
      store.view((view) => {
        let fine = 0;
        view.readTotals(1, 0, Number.MAX_SAFE_INTEGER, () => {
          fine += 1;
          return true;
        });
        assert.ok(fine < 10, `${fine} buckets of a second are left`);
        assert.equal(view.finestResolutionS(0), 86_400 as ResolutionS);
        let sum = 0;
        for (const { resolutionS, fromS, toS } of view.segments(0, START_US * 2)) {
          view.readTotals(resolutionS, fromS * 1e6, toS * 1e6, (_, sums) => {
            sum += sums.txBytes;
            return true;
          });
        }
        assert.equal(sum, tx);
      });
      assert.equal(sumsAt(store, 86_400).totals.tx, tx);
      assert.equal(sumsAt(store, 86_400).host.tx, tx);
      await store.close();
    }));

  test(`${name}: flows and names come back as they went in, by the time they ended`, () =>
    withDirectory(async (dir) => {
      const store = open(dir);
      const random = seededRandom(5);
      const written: FlowRecord[] = [];
      for (let index = 0; index < 1500; index++) {
        const atUs = START_US + index * 1_000_000;
        const ended = [flowEnded(atUs, random, 1), flowEnded(atUs - 90_000_000, random, 2)];
        written.push(...ended.map(({ flow }) => flow));
        await store.append({
          intervals: [intervalOf(atUs, random)],
          ended,
          names: [nameAnswered(atUs, 'example.com', ['198.51.0.1', 'alias.example'])],
        });
      }
      const read: FlowRecord[] = [];
      assert.equal(
        store.view((view) => view.readFlows(0, START_US * 2, 10_000, (flow) => read.push(flow))),
        false,
      );
      const byId = (left: FlowRecord, right: FlowRecord): number => (left.id < right.id ? -1 : 1);
      assert.deepEqual(read.sort(byId), written.sort(byId));
      assert.equal(store.info().flows, 3000);

      const fromUs = START_US + 100_000_000;
      const toUs = START_US + 200_000_000;
      const inside = written.filter(({ endUs }) => endUs >= fromUs && endUs < toUs).length;
      let count = 0;
      store.view((view) => view.readFlows(fromUs, toUs, 10_000, () => (count += 1)));
      assert.equal(count, inside);
      assert.equal(
        store.view((view) => view.readFlows(0, START_US * 2, 10, () => {})),
        true,
      );

      let names = 0;
      store.view((view) =>
        view.readNames(fromUs, toUs, 10_000, ({ name, answers }) => {
          assert.equal(name, 'example.com');
          assert.deepEqual(answers, ['198.51.0.1', 'alias.example']);
          names += 1;
        }),
      );
      assert.equal(names, 100);
      await store.close();
    }));

  test(`${name}: a second writer is refused with the pid of the first, a reader is not`, () =>
    withDirectory(async (dir) => {
      const store = open(dir);
      assert.equal(store.info().writer?.pid, process.pid);
      await store.append({ intervals: [intervalOf(START_US, seededRandom(1))] });
      assert.throws(() => open(dir), { code: 'KAIPO_STORE_BUSY', message: new RegExp(`process ${process.pid} `) });
      await store.append({ intervals: [intervalOf(START_US + 1e6, seededRandom(1))] });
      await store.close();
      await open(dir).close();
    }));
}
