// Whatever was recorded and whatever is asked: every answer is what a loop over the intervals gives, and neighbouring periods add
// up, also where only coarse buckets are left.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import type { IntervalRecord } from '@kaipo/core/api/interval-record.js';
import { ZONES } from '@kaipo/core/kernel/traffic-words.js';
import {
  type Filter,
  queryBooks,
  queryBy,
  queryPeriods,
  querySeries,
  queryStack,
  queryTotals,
  queryUnknown,
  queryZones,
} from '@kaipo/core/query/history.js';
import type { TimeRange } from '@kaipo/core/query/time-range.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import type { Store } from '@kaipo/core/store/store.js';
import fc from 'fast-check';
import { filters, fits, intervalsFrom, onlySums, sumOfRows, within } from './history-model.js';

const START_US = 1_700_000_000_000_000;
const US_PER_S = 1_000_000;
const FOR_EVER = [Infinity, Infinity, Infinity, Infinity, Infinity];
const SHORT = [60, 600, 7200, 86_400, Infinity];

async function recorded(
  intervals: readonly IntervalRecord[],
  retentionS: readonly number[],
  check: (store: Store) => void,
): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'kaipo-history-'));
  let nowUs = START_US;
  const store = openStore({ dir, retentionS, clock: () => nowUs });
  try {
    for (let at = 0; at < intervals.length; at += 7) {
      const batch = intervals.slice(at, at + 7);
      nowUs = batch.at(-1)!.endUs;
      await store.append({ intervals: batch });
    }
    check(store);
  } finally {
    await store.close();
    rmSync(dir, { recursive: true });
  }
}

/** Edges as shares of the time that was recorded, some of them outside. */
const edges = fc.array(fc.double({ min: -0.2, max: 1.2, noNaN: true }), { minLength: 2, maxLength: 7 });

function periodsOf(intervals: readonly IntervalRecord[], shares: readonly number[], outside: boolean): TimeRange[] {
  const lengthUs = intervals.at(-1)!.endUs - START_US;
  const at = (share: number): number => Math.floor(START_US + lengthUs * Math.min(outside ? 9 : 1, share));
  const times = shares.map(at).sort((left, right) => left - right);
  return times.slice(1).map((toUs, index) => ({ fromUs: times[index]!, toUs }));
}

function checkAgainstModel(store: Store, intervals: readonly IntervalRecord[], range: TimeRange, filter: Filter): void {
  const inside = intervals.filter(within(range));
  const wanted = fits(filter);
  const counters = inside.flatMap(({ interfaces }) => interfaces.filter(({ name }) => wanted({ interface: name })));
  const packets = inside.flatMap(({ protocols }) => protocols.filter(wanted));
  const isFiltered = filter.interface !== undefined || filter.zone !== undefined;
  const everything = inside.map(({ interfaces, protocols }) =>
    sumOfRows(interfaces.length > 0 ? interfaces.filter(({ counted }) => counted) : protocols),
  );
  const expected = sumOfRows(filter.zone !== undefined ? packets : isFiltered ? counters : everything);
  const totals = queryTotals(store, range, filter);
  const { flows: _, ...bytesAndPackets } = expected;
  assert.deepEqual(onlySums({ ...totals, flows: 0 }), { ...bytesAndPackets, flows: 0 }, 'totals');
  assert.equal(totals.intervals, inside.length);
  assert.equal(totals.received, inside.length * 7);
  assert.equal(totals.source, filter.zone === undefined ? 'counters' : 'packets');

  for (const kind of ['app', 'protocol', 'host', 'unknown'] as const) {
    const field = kind === 'unknown' ? 'unknown' : (`${kind}s` as const);
    const rows = inside.flatMap((interval) => [...interval[field]]).filter(wanted);
    const answer = queryBy(store, kind, range, { limit: 2, filter });
    assert.deepEqual(onlySums(answer.total), sumOfRows(rows), kind);
    assert.deepEqual(sumOfRows([...answer.rows, ...(answer.other ? [answer.other] : [])]), sumOfRows(rows), kind);
    for (const row of answer.rows) {
      assert.deepEqual(onlySums(row), sumOfRows(rows.filter(({ name }) => name === row.name)), row.name);
    }
  }
  const curl = queryBy(store, 'app', range, { limit: 9, filter, name: 'CURL' });
  const curlRows = inside.flatMap(({ apps }) => apps.filter((row) => row.name === 'curl' && wanted(row)));
  assert.deepEqual(onlySums(curl.total), sumOfRows(curlRows));
  assert.ok(curl.rows.length <= 1, 'one row, however its owner is known');
  for (const quality of ['event', 'listener'] as const) {
    const { txBytes, rxBytes } = sumOfRows(curlRows.filter((row) => row.quality === quality));
    assert.equal(curl.total.quality?.[quality] ?? 0, txBytes + rxBytes, quality);
  }
  const unknown = queryUnknown(store, range, filter);
  const unknownRows = inside.flatMap((interval) => interval.unknown.filter(wanted));
  assert.deepEqual(onlySums(unknown), sumOfRows(unknownRows));
  assert.equal(
    Object.values(unknown.reasons).reduce((sum, bytes) => sum + bytes, 0),
    unknown.txBytes + unknown.rxBytes,
  );
  const zones = queryZones(store, range, filter);
  for (const sums of zones.zones) {
    assert.deepEqual(onlySums(sums), sumOfRows(packets.filter(({ zone }) => zone === sums.zone)), sums.zone);
  }
  assert.deepEqual(
    zones.zones.map(({ zone }) => zone),
    ZONES,
  );
  assert.deepEqual(sumOfRows([...zones.zones, ...(zones.unzoned ? [zones.unzoned] : [])]), onlySums(zones.total));

  const books = queryBooks(store, range);
  const bookBytes = (category: string): number =>
    inside
      .flatMap((interval) => interval.books.filter((row) => row.category === category))
      .reduce((sum, { bytes }) => sum + bytes, 0);
  assert.equal(books.total.kernelBytes, bookBytes('kernel'));
  assert.equal(books.total.unknownBytes, bookBytes('unknown'));
  assert.equal(books.total.notCapturedBytes, bookBytes('not-captured'));
  assert.equal(books.total.inFlightBytes, bookBytes('in-flight'));
  const explained = books.total.notCapturedBytes - books.total.unexplainedBytes;
  const known = bookBytes('attributed') + bookBytes('unknown') + explained;
  assert.equal(books.total.residualBytes, bookBytes('kernel') - known);
  assert.equal(
    books.interfaces.reduce((sum, { residualBytes }) => sum + residualBytes, 0),
    books.total.residualBytes,
  );
}

function checkCharts(store: Store, range: TimeRange, filter: Filter, maxPoints: number): void {
  const totals = queryTotals(store, range, filter);
  const { points } = querySeries(store, range, maxPoints, filter);
  assert.equal(
    points.reduce((sum, { txBytes }) => sum + txBytes, 0),
    totals.txBytes,
    'the chart adds up',
  );
  assert.equal(
    points.reduce((sum, { coveredUs }) => sum + coveredUs, 0),
    totals.coveredUs,
  );
  assert.ok(points.length <= maxPoints + 1, `${points.length} points, ${maxPoints} were asked for`);
  for (const [index, { startUs, endUs }] of points.entries()) {
    assert.ok(endUs > startUs);
    if (index > 0) assert.equal(startUs, points[index - 1]!.endUs);
  }
  for (const kind of ['app', 'host'] as const) {
    const { total } = queryBy(store, kind, range, { limit: 1, filter });
    const { layers, other, steps } = queryStack(store, kind, range, { grain: maxPoints, top: 2, filter });
    const all = [...layers, other];
    assert.equal(steps.length, points.length);
    assert.ok(layers.length <= 2);
    assert.equal(
      all.reduce((sum, { rxTotal }) => sum + rxTotal, 0),
      total.rxBytes,
      kind,
    );
    for (const layer of all) {
      assert.equal(layer.txBytes.length, steps.length);
      assert.equal(
        layer.txBytes.reduce((sum, bytes) => sum + bytes, 0),
        layer.txTotal,
      );
      assert.equal(
        layer.rxBytes.reduce((sum, bytes) => sum + bytes, 0),
        layer.rxTotal,
      );
    }
  }
}

test('every answer is what a loop over the intervals gives', async () => {
  await fc.assert(
    fc.asyncProperty(
      intervalsFrom(START_US),
      edges,
      filters,
      fc.integer({ min: 3, max: 300 }),
      (intervals, shares, filter, maxPoints) =>
        recorded(intervals, FOR_EVER, (store) => {
          for (const range of periodsOf(intervals, shares, true)) {
            checkAgainstModel(store, intervals, range, filter);
            if (range.toUs > range.fromUs) checkCharts(store, range, filter, maxPoints);
          }
        }),
    ),
    { numRuns: 80, includeErrorInReport: true },
  );
});

test('neighbouring periods add up, whatever is left of them', async () => {
  await fc.assert(
    fc.asyncProperty(
      intervalsFrom(START_US, 60),
      edges,
      filters,
      fc.integer({ min: 3, max: 300 }),
      (intervals, shares, filter, maxPoints) =>
        recorded(intervals, SHORT, (store) => {
          const all = { fromUs: START_US - US_PER_S, toUs: intervals.at(-1)!.endUs + US_PER_S };
          const whole = queryTotals(store, all, filter);
          const inner = periodsOf(
            intervals,
            shares.map((share) => Math.max(0, Math.min(1, share))),
            false,
          );
          const parts = [
            { fromUs: all.fromUs, toUs: inner[0]!.fromUs },
            ...inner,
            { fromUs: inner.at(-1)!.toUs, toUs: all.toUs },
          ];
          const sums = queryPeriods(store, parts, filter);
          assert.deepEqual(onlySums(sumOfRows(sums)), onlySums({ ...whole, flows: 0 }), 'parts and whole');
          assert.equal(
            sums.reduce((sum, { coveredUs }) => sum + coveredUs, 0),
            whole.coveredUs,
          );
          assert.equal(whole.intervals, intervals.length);
          assert.deepEqual(
            [...queryPeriods(store, [...parts].reverse(), filter)].reverse().map(onlyTraffic),
            parts.map((part) => onlyTraffic(queryTotals(store, part, filter))),
          );
          for (const kind of ['app', 'host', 'interface'] as const) {
            const total = queryBy(store, kind, all, { limit: 9, filter }).total;
            const added = sumOfRows(parts.map((part) => queryBy(store, kind, part, { limit: 9, filter }).total));
            assert.deepEqual(added, onlySums(total), kind);
          }
          checkCharts(store, all, filter, maxPoints);
        }),
    ),
    { numRuns: 80, includeErrorInReport: true },
  );
});

const onlyTraffic = (totals: ReturnType<typeof queryTotals>) => onlySums({ ...totals, flows: 0 });
