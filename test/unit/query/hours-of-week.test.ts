// The hours of the week add up to the period, whatever the clock does; countries add up to the internet.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Place } from '@kaipo/core/api/classifier.js';
import { queryBy, queryCountries, queryHoursOfWeek, queryTotals } from '@kaipo/core/query/history.js';
import type { TimeRange } from '@kaipo/core/query/time-range.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import type { Store } from '@kaipo/core/store/store.js';
import { withDirectory } from '../../contract/store.contract.js';
import { FIRST_US, NOW_US, withHistory } from '../history-commands/history-fixture.js';
import { intervalOf, seededRandom } from '../store/store-fixtures.js';

const HOUR_US = 3_600_000_000;
const ALL: TimeRange = { fromUs: FIRST_US, toUs: NOW_US };
const us = (text: string): number => new Date(text).getTime() * 1000;

function summed(store: Store, range: TimeRange, filter?: Parameters<typeof queryHoursOfWeek>[2]) {
  const cells = queryHoursOfWeek(store, range, filter).weekdays.flat();
  const sum = (field: 'txBytes' | 'rxBytes' | 'coveredUs'): number => cells.reduce((at, cell) => at + cell[field], 0);
  return { txBytes: sum('txBytes'), rxBytes: sum('rxBytes'), coveredUs: sum('coveredUs') };
}

test('hours of the week add up to the totals of the period, also filtered', () =>
  withHistory((store) => {
    for (const filter of [undefined, { interface: 'eth0' }, { interface: 'wg0' }, { zone: 'lan' as const }]) {
      for (const range of [ALL, { fromUs: FIRST_US + 5 * HOUR_US, toUs: FIRST_US + 30 * HOUR_US }]) {
        const { txBytes, rxBytes, coveredUs } = queryTotals(store, range, filter);
        assert.deepEqual(summed(store, range, filter), { txBytes, rxBytes, coveredUs });
      }
    }
    const { weekdays, busiest } = queryHoursOfWeek(store, ALL);
    assert.deepEqual([weekdays.length, weekdays[0]!.length], [7, 24]);
    // It begins on a Thursday at eight and ends on a Saturday: no other day was recorded.
    assert.deepEqual(
      weekdays.map((hours) => hours.some(({ coveredUs }) => coveredUs > 0)),
      [false, false, false, true, true, true, false],
    );
    assert.equal(weekdays[3]![7]!.coveredUs, 0);
    assert.equal(weekdays[3]![8]!.coveredUs, HOUR_US);
    const hour = queryTotals(store, busiest!);
    assert.deepEqual([busiest!.txBytes, busiest!.rxBytes], [hour.txBytes, hour.rxBytes]);
    assert.equal(busiest!.toUs - busiest!.fromUs, HOUR_US);
  }));

test('an hour that the clock shows twice is one cell, one that it leaves out is empty', () =>
  withDirectory(async (dir) => {
    const store = openStore({ dir, clock: () => us('2026-10-27T00:00:00+01:00') });
    const random = seededRandom(3);
    // Sunday, 29 March 2026: no 02:00. Sunday, 25 October 2026: 02:00 twice. Europe/Berlin.
    for (const start of ['2026-03-29T00:00:00+01:00', '2026-10-25T00:00:00+02:00']) {
      const intervals = Array.from({ length: 6 }, (_, hour) => ({
        ...intervalOf(us(start) + hour * HOUR_US, random),
        endUs: us(start) + (hour + 1) * HOUR_US,
      }));
      await store.append({ intervals });
    }
    const covered = (from: string, to: string): number[] =>
      queryHoursOfWeek(store, { fromUs: us(from), toUs: us(to) })
        .weekdays[6]!.slice(0, 7)
        .map(({ coveredUs }) => coveredUs / HOUR_US);
    assert.deepEqual(covered('2026-03-01T00:00:00+01:00', '2026-04-01T00:00:00+02:00'), [1, 1, 0, 1, 1, 1, 1]);
    assert.deepEqual(covered('2026-10-01T00:00:00+02:00', '2026-10-27T00:00:00+01:00'), [1, 1, 2, 1, 1, 0, 0]);
    assert.deepEqual(covered('2026-03-01T00:00:00+01:00', '2026-10-27T00:00:00+01:00'), [2, 2, 2, 2, 2, 1, 1]);
    await store.close();
  }));

test('where only days are left no hour is told; an empty store has none', () =>
  withDirectory(async (dir) => {
    let nowUs = us('2026-01-05T00:00:00Z');
    const store = openStore({ dir, clock: () => nowUs, retentionS: [600, 600, 3600, 86_400, Infinity] });
    assert.equal(queryHoursOfWeek(store, { fromUs: nowUs - HOUR_US, toUs: nowUs }).busiest, undefined);
    const random = seededRandom(5);
    for (let hour = 0; hour < 24 * 8; hour++) {
      nowUs += HOUR_US;
      await store.append({ intervals: [{ ...intervalOf(nowUs - HOUR_US, random), endUs: nowUs }] });
    }
    const whole = { fromUs: us('2026-01-05T00:00:00Z'), toUs: nowUs };
    const cells = queryHoursOfWeek(store, whole).weekdays.flat();
    const told = cells.reduce((sum, { coveredUs }) => sum + coveredUs, 0);
    assert.ok(told > 20 * HOUR_US && told < 60 * HOUR_US, String(told / HOUR_US));
    assert.ok(cells.every(({ coveredUs }) => coveredUs <= HOUR_US));
    assert.ok(queryTotals(store, whole).coveredUs > 180 * HOUR_US);
    await store.close();
  }));

test('countries and what has none add up to the internet', () =>
  withHistory((store) => {
    const places: Readonly<Record<string, Place>> = {
      '203.0.113.7': { country: 'NZ' },
      '192.168.1.20': { country: 'XX' },
    };
    const { countries, unplaced, total } = queryCountries(store, ALL, (ip) => places[ip]);
    assert.deepEqual(
      countries.map(({ country, hosts }) => [country, hosts]),
      [['NZ', 1]],
    );
    assert.equal(unplaced.hosts, 1);
    const internet = queryBy(store, 'host', ALL, { limit: 99, filter: { zone: 'internet' } }).total;
    assert.equal(total.rxBytes, internet.rxBytes);
    assert.equal(countries[0]!.rxBytes + unplaced.rxBytes, internet.rxBytes);
    assert.deepEqual(queryCountries(store, ALL, (ip) => places[ip], { zone: 'lan' }).countries, []);
    assert.deepEqual(queryCountries(store, ALL, (ip) => places[ip], { interface: 'wg0' }).countries, []);
  }));
