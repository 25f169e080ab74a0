// Charts by day follow the local calendar: on the days the clocks change a point has 23 or 25 hours.
import assert from 'node:assert/strict';
import test from 'node:test';
import { emptyInterval } from '@kaipo/core/api/interval-record.js';
import { queryPeriods, querySeries, queryStack } from '@kaipo/core/query/history.js';
import { localDay } from '@kaipo/core/query/time-range.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { withDirectory } from '../../contract/store.contract.js';

const HOUR_US = 3_600_000_000;
const before = process.env['TZ'];
process.env['TZ'] = 'Europe/Berlin';
test.after(() => {
  if (before === undefined) delete process.env['TZ'];
  else process.env['TZ'] = before;
});

/** A byte a quarter of an hour: a day's bytes are its length. */
async function around(
  year: number,
  month: number,
  day: number,
  check: (store: ReturnType<typeof openStore>, from: number, to: number) => void,
): Promise<void> {
  const fromUs = new Date(year, month - 1, day - 2).getTime() * 1000;
  const toUs = new Date(year, month - 1, day + 3).getTime() * 1000;
  await withDirectory(async (dir) => {
    const store = openStore({ dir, clock: () => toUs });
    const sums = { txBytes: 1, rxBytes: 2, txPackets: 1, rxPackets: 1 };
    const intervals = [];
    for (let atUs = fromUs; atUs < toUs; atUs += HOUR_US / 4) {
      intervals.push({
        ...emptyInterval(atUs, 'capture'),
        endUs: atUs + HOUR_US / 4,
        interfaces: [{ name: 'eth0', ...sums }],
        apps: [{ name: 'curl', quality: 'event' as const, flows: 0, ...sums }],
      });
    }
    await store.append({ intervals });
    check(store, fromUs, toUs);
    await store.close();
  });
}

for (const [name, month, day, hours] of [
  ['in spring', 3, 29, 23],
  ['in autumn', 10, 25, 25],
] as const) {
  test(`the day the clocks change ${name}`, () =>
    around(2026, month, day, (store, fromUs, toUs) => {
      const expected = [24, 24, hours, 24, 24];
      const { points } = querySeries(store, { fromUs, toUs }, 5);
      assert.deepEqual(
        points.map(({ startUs, endUs }) => (endUs - startUs) / HOUR_US),
        expected,
      );
      assert.deepEqual(
        points.map(({ txBytes }) => txBytes / 4),
        expected,
      );
      assert.deepEqual(
        points.map(({ coveredUs }) => coveredUs / HOUR_US),
        expected,
      );
      for (const { startUs } of points) assert.equal(new Date(startUs / 1000).getHours(), 0);
      const { layers, other } = queryStack(store, 'app', { fromUs, toUs }, { grain: 5, top: 3 });
      assert.deepEqual(
        layers.map(({ name: app, rxBytes }) => [app, rxBytes.map((bytes) => bytes / 8)]),
        [['curl', expected]],
      );
      assert.equal(other.rxTotal, 0);
      const days = [0, 1, 2, 3, 4].map((step) => localDay(fromUs, step));
      assert.deepEqual(
        queryPeriods(store, days).map(({ txBytes }) => txBytes / 4),
        expected,
      );
    }));
}

test('steps below a day begin with the hours of the wall clock', () =>
  around(2026, 7, 15, (store, fromUs, toUs) => {
    const { points, stepUs } = querySeries(store, { fromUs: fromUs + HOUR_US / 2, toUs }, 22);
    assert.equal(stepUs, 6 * HOUR_US);
    for (const { startUs } of points) assert.equal(new Date(startUs / 1000).getHours() % 6, 0);
  }));
