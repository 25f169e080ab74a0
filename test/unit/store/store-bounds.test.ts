// What bounds a store: budgets of bytes, the number of names. The oldest goes, the newest stays, and what went is counted.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { NamedSums } from '@kaipo/core/api/interval-record.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import type { Store } from '@kaipo/core/store/store.js';
import { withDirectory } from '../../contract/store.contract.js';
import { type AllSums, addInterval, sumsOfPeriod, sumsOfStretch } from '../../contract/store-sums.js';
import { flowEnded, intervalOf, nameAnswered, seededRandom } from './store-fixtures.js';

const START_US = 1_700_000_000_000_000;
const CLOCK = (): number => START_US * 2;
const ALL_US = START_US * 2;

function endsOfFlows(store: Store): number[] {
  const ends: number[] = [];
  store.view((view) => view.readFlows(0, ALL_US, 1_000_000, ({ endUs }) => ends.push(endUs)));
  return ends.sort((left, right) => left - right);
}

test('flows and names over their budget: the oldest minutes go, counts stay right', () =>
  withDirectory(async (dir) => {
    const store = openStore({ dir, clock: CLOCK, flowBudgetBytes: 20_000, nameBudgetBytes: 3000 });
    const atUs = (minute: number): number => START_US + minute * 60_000_000;
    for (let minute = 0; minute < 120; minute += 2) {
      const random = seededRandom(minute);
      const batch = [minute, minute + 1];
      await store.append({
        intervals: batch.map((each) => intervalOf(atUs(each), random)),
        ended: batch.flatMap((each) => [flowEnded(atUs(each), random, 1), flowEnded(atUs(each), random, 2)]),
        names: batch.map((each) => nameAnswered(atUs(each), `host-${each}.example.com`, ['198.51.0.1'])),
      });
    }
    const { flows, flowBytes, nameBytes } = store.info();
    const ends = endsOfFlows(store);
    assert.ok(flowBytes <= 20_000 && flowBytes > 10_000, `${flowBytes} bytes of flows`);
    assert.ok(nameBytes <= 3000 && nameBytes > 1000, `${nameBytes} bytes of names`);
    assert.equal(ends.length, flows);
    assert.equal(ends.at(-1), atUs(119));
    assert.ok(ends[0]! > atUs(20));
    assert.ok(ends.every((endUs) => endUs >= ends[0]!));
    await store.close();
  }));

test('a store over its budget: flows go first, then the finest buckets; totals stay, what went is counted', () =>
  withDirectory(async (dir) => {
    const maxBytes = 700_000;
    const store = openStore({
      dir,
      clock: CLOCK,
      alignS: 0,
      maxBytes,
      retentionS: [Infinity, Infinity, Infinity, Infinity],
    });
    const expected: AllSums = new Map();
    const shape = { apps: 20, hosts: 50, hostPool: 500, protocols: 10 };
    let atUs = START_US;
    for (let batch = 0; batch < 60; batch++) {
      const random = seededRandom(batch);
      const intervals = Array.from({ length: 20 }, () => {
        atUs += 20_000_000;
        return intervalOf(atUs, random, shape);
      });
      for (const interval of intervals) addInterval(expected, interval);
      await store.append({ intervals, ended: intervals.map(({ endUs }, index) => flowEnded(endUs, random, index)) });
    }
    const { prunedBytes, fileBytes, flows } = store.info();
    assert.ok(prunedBytes > 100_000, `${prunedBytes} bytes pruned`);
    assert.ok(fileBytes < maxBytes * 2, `${fileBytes} bytes of file`);
    const ends = endsOfFlows(store);
    assert.equal(ends.length, flows);
    assert.ok(flows > 0 && flows < 1200);
    // Which hosts are folded into "other" depends on the resolution; what they add up to does not.
    const sorted = (sums: AllSums): [string, number][] =>
      [...sums].filter(([key]) => !/^host (\d|other)/.test(key)).sort();
    assert.deepEqual(sorted(store.view((view) => sumsOfPeriod(view, 0, ALL_US))), sorted(expected));
    const newest = store.view((view) => sumsOfStretch(view, 1, atUs, ALL_US));
    assert.ok((newest.get('totals rx') ?? 0) > 0);
    assert.ok(store.view((view) => view.finestResolutionS(START_US)) > 1);
    await store.close();
  }));

/** Hosts by number, each with bytes that tell it from all others. */
function hostRows(first: number, count: number): NamedSums[] {
  return Array.from({ length: count }, (_, index) => {
    const number = first + index;
    const name = `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`;
    return { name, flows: 1, txBytes: 10 + number, rxBytes: 5, txPackets: 1, rxPackets: 1 };
  });
}

/** Bytes sent by each host, from the days. */
function hostsByDay(store: Store): Map<string, number> {
  const bytes = new Map<string, number>();
  store.view((view) =>
    view.readSeries('host', 86_400, 0, Number.MAX_SAFE_INTEGER, (_, series) => {
      for (let row = 0; row < series.length; row++) {
        const { name } = view.nameOf('host', series.idAt(row));
        bytes.set(name, (bytes.get(name) ?? 0) + series.txBytes[row]!);
      }
      return true;
    }),
  );
  return bytes;
}

async function record(store: Store, second: number, hosts: readonly NamedSums[]): Promise<void> {
  await store.append({ intervals: [{ ...intervalOf(START_US + second * 1_000_000, seededRandom(second)), hosts }] });
}

test('a full dictionary records "other", counts it, and loses no byte', () =>
  withDirectory(async (dir) => {
    const store = openStore({ dir, clock: CLOCK, alignS: 0, maxNames: { host: 160 } });
    for (let second = 0; second < 4; second++) await record(store, second, hostRows(second * 50, 50));
    assert.equal(store.info().refusedNames, 40);
    const before = hostsByDay(store);
    assert.equal(before.size, 161);
    const all = hostRows(0, 200).reduce((sum, { txBytes }) => sum + txBytes, 0);
    assert.equal(
      [...before.values()].reduce((sum, bytes) => sum + bytes, 0),
      all,
    );
    // Looking for unused names finds none, and harms none.
    for (let second = 4; second < 40; second++) await record(store, second, hostRows(0, 10));
    const after = hostsByDay(store);
    assert.deepEqual([...after.keys()].sort(), [...before.keys()].sort());
    assert.equal(after.get('10.0.0.159'), before.get('10.0.0.159'));
    await store.close();
  }));

test('names that no kept bucket refers to make room for new ones, also across a new start', () =>
  withDirectory(async (dir) => {
    // A day names two hundred hosts: of four hundred new ones a day half are in no bucket once the hours are gone.
    const options = {
      dir,
      clock: CLOCK,
      alignS: 0,
      maxNames: { host: 3000 },
      retentionS: [60, 120, 600, 3600, Infinity],
    };
    let store = openStore(options);
    const days = 10;
    let number = 0;
    for (let piece = 0; piece < days * 40; piece++) {
      await record(store, piece * 2160, hostRows(number, 10));
      number += 10;
      if (piece === 290) {
        await store.close();
        store = openStore(options);
      }
    }
    assert.equal(number, 4000);
    assert.equal(store.info().refusedNames, 0);
    const expected = new Map(hostRows(0, number).map(({ name, txBytes }) => [name, txBytes]));
    const seen = hostsByDay(store);
    assert.ok(seen.size > 1800);
    let named = 0;
    for (const [name, bytes] of seen) {
      if (name === 'other') continue;
      assert.equal(bytes, expected.get(name), name);
      named += bytes;
    }
    const all = [...expected.values()].reduce((sum, bytes) => sum + bytes, 0);
    assert.equal(named + (seen.get('other') ?? 0), all);
    await store.close();
  }));
