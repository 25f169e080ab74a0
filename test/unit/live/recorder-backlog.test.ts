// What waits for a full disk: detail goes when bounds are passed, counted bytes never.
import assert from 'node:assert/strict';
import test from 'node:test';
import { type BacklogBounds, RecorderBacklog } from '@kaipo/cli/live/recorder-backlog.js';
import { MAX_MERGED_ROWS, mergeIntervals, rowsOf } from '@kaipo/cli/live/recorder-merge.js';
import { emptyInterval, type IntervalRecord, type NamedSums } from '@kaipo/core/api/interval-record.js';
import fc from 'fast-check';

const START_US = 1_700_000_000_000_000;

interface Shape {
  readonly atS: number;
  readonly bytes: number;
  readonly hosts: readonly number[];
  readonly isCaughtUp: boolean;
}

function intervalOf({ atS, bytes, hosts, isCaughtUp }: Shape): IntervalRecord {
  const startUs = START_US + atS * 1e6;
  const sums = { txBytes: bytes, rxBytes: 2 * bytes, txPackets: 1, rxPackets: 2 };
  return {
    ...emptyInterval(startUs + 1e6, 'counters'),
    startUs,
    ...(isCaughtUp && { isCaughtUp }),
    interfaces: [{ name: 'eth0', counted: true, ...sums }],
    hosts: hosts.map((host) => ({ name: `10.0.0.${host}`, zone: 'lan', interface: 'eth0', flows: 1, ...sums })),
    books: [{ interface: 'eth0', category: 'kernel', reason: 'none', bytes: 3 * bytes }],
  };
}

const shapes = fc.array(
  fc.record({
    atS: fc.integer({ min: 0, max: 200_000 }),
    bytes: fc.integer({ min: 0, max: 1e9 }),
    hosts: fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 8 }),
    isCaughtUp: fc.boolean(),
  }),
  { minLength: 1, maxLength: 120 },
);

function totals(intervals: readonly IntervalRecord[]): Record<string, number> {
  const sum = (pick: (interval: IntervalRecord) => number): number =>
    intervals.reduce((total, interval) => total + pick(interval), 0);
  const named = (rows: readonly NamedSums[]): number =>
    rows.reduce((total, row) => total + row.txBytes + row.rxBytes + row.flows, 0);
  return {
    interfaces: sum(({ interfaces }) => interfaces.reduce((total, row) => total + row.txBytes + 7 * row.rxBytes, 0)),
    hosts: sum(({ hosts }) => named(hosts)),
    books: sum(({ books }) => books.reduce((total, row) => total + row.bytes, 0)),
  };
}

test('whatever waits, totals stay as they are and bounds hold', () => {
  const bounds: BacklogBounds = { intervals: 10, rows: 60, flows: 10, names: 10 };
  fc.assert(
    fc.property(shapes, fc.integer({ min: 0, max: 119 }), (list, failAt) => {
      const backlog = new RecorderBacklog(bounds);
      const given = list.map(intervalOf);
      for (const [index, record] of given.entries()) {
        backlog.add({ record, ended: [], names: [], baseline: { index } });
        if (index === failAt) {
          const batch = backlog.take();
          assert.ok(batch !== undefined && backlog.isEmpty);
          backlog.putBack(batch);
        }
      }
      const batch = backlog.take();
      assert.ok(batch !== undefined);
      assert.deepEqual(totals(batch.intervals), totals(given));
      // What was caught up is kept apart. In the order of time each of the fewer kind can stand between two of the other.
      const caughtUp = given.filter(({ isCaughtUp }) => isCaughtUp === true).length;
      const turns = 2 * Math.min(caughtUp, given.length - caughtUp) + 1;
      assert.ok(batch.intervals.length <= Math.max(bounds.intervals, turns), `${batch.intervals.length}`);
      assert.equal(batch.intervals.length + backlog.mergedIntervals, given.length);
      assert.deepEqual(batch.baseline, { index: given.length - 1 });
      const starts = batch.intervals.map(({ startUs }) => startUs);
      assert.deepEqual(
        starts,
        starts.toSorted((a, b) => a - b),
      );
    }),
    { numRuns: Number(process.env['KAIPO_PROPERTY_RUNS'] ?? 300) },
  );
});

test('seconds of one minute are merged before minutes are', () => {
  const backlog = new RecorderBacklog({ intervals: 60, rows: 1e6, flows: 1, names: 1 });
  for (let atS = 0; atS < 600; atS++)
    backlog.add({
      record: intervalOf({ atS, bytes: 1, hosts: [], isCaughtUp: false }),
      ended: [],
      names: [],
    });
  const starts = (backlog.take()?.intervals ?? []).map(({ startUs }) => (startUs - START_US) / 1e6);
  // The newest are seconds still.
  assert.deepEqual(starts.slice(-3), [597, 598, 599]);
  assert.ok(starts.length <= 60);
});

test('a merged list has a bound: the small ones are summed under another name', () => {
  const many = (from: number): IntervalRecord => ({
    ...emptyInterval(START_US, 'capture'),
    hosts: Array.from({ length: MAX_MERGED_ROWS }, (_, i) => ({
      name: `host-${from + i}`,
      zone: i % 2 === 0 ? ('lan' as const) : ('internet' as const),
      txBytes: from + i,
      rxBytes: 1,
      txPackets: 1,
      rxPackets: 1,
      flows: 1,
    })),
  });
  const merged = mergeIntervals([many(0), many(10_000)]);
  assert.ok(rowsOf(merged) <= MAX_MERGED_ROWS + 2);
  assert.deepEqual(totals([merged]), totals([many(0), many(10_000)]));
  assert.equal(merged.hosts.filter(({ name }) => name === 'other').length, 2);
});
