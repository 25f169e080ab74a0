// The long looks over HTTP: every number is one of the history's own.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { withCountries } from '@kaipo/cli/history/host-countries.js';
import { yearComparisons } from '@kaipo/cli/history/year-comparisons.js';
import { queryTotals } from '@kaipo/core/query/history.js';
import { mmdbFile } from '../../fixtures/mmdb-file.js';
import { NOW_US, withHistory } from '../history-commands/history-fixture.js';
import { withWeb } from './web-fixture.js';

const YEAR = { fromUs: new Date(2026, 0, 1).getTime() * 1000, toUs: new Date(2027, 0, 1).getTime() * 1000 };

interface Sums {
  readonly txBytes?: number;
  readonly rxBytes?: number;
}
const sumOf = (rows: readonly Sums[]): number =>
  rows.reduce((sum, row) => sum + (row.txBytes ?? 0) + (row.rxBytes ?? 0), 0);

test('a year: its days, months, hours and the total are the same bytes', () =>
  withHistory((store, storeDir) =>
    withWeb({ storeDir, nowUs: NOW_US, config: '[cost]\nrate_per_gb = 7.5\ncurrency = "EUR"\n' }, async (web) => {
      const { status, body } = await web.get('/api/year');
      assert.equal(status, 200, JSON.stringify(body));
      const { txBytes, rxBytes } = queryTotals(store, YEAR);
      assert.deepEqual([body.year, body.txBytes, body.rxBytes], [2026, txBytes, rxBytes]);
      assert.equal(body.total_bytes, txBytes + rxBytes);
      assert.deepEqual([body.days.length, body.months.length], [365, 12]);
      for (const rows of [body.days, body.months, body.heatMap.weekdays.flat()])
        assert.equal(sumOf(rows), body.totalBytes);
      assert.equal(body.days[0].date, '2026-01-01');
      assert.equal(body.days[0].txBytes, undefined);
      assert.equal(body.recordedDays, 3);
      assert.equal(body.longestStreakDays, 3);
      assert.equal(sumOf([body.busiestDay]), Math.max(...body.days.map((day: Sums) => sumOf([day]))));
      const cents = (money: { readonly total: { readonly cost: number } } | undefined): number =>
        Math.round((money?.total.cost ?? 0) * 100);
      assert.equal(
        body.months.reduce((sum: number, month: { cost?: { total: { cost: number } } }) => sum + cents(month.cost), 0),
        cents(body.cost),
      );
      assert.equal(body.top.apps.rows[0].app.length > 0, true);
      assert.equal(body.top.hosts.rows.length, 4);
      assert.equal(body.previous, undefined);
      assert.ok(body.comparisons.length > 0);
      const next = await web.get('/api/year?year=2027');
      assert.deepEqual([next.body.recorded, next.body.busiestDay, next.body.previous.year], [false, undefined, 2026]);
      for (const bad of ['year=x', 'year=1', 'year=2026&yaer=1', 'year=99999', 'zone=moon']) {
        assert.equal((await web.get(`/api/year?${bad}`)).status, 400, bad);
      }
      assert.equal((await web.get('/api/year?interface=eth9')).status, 404);
    }),
  ));

test('the heat map of a period, and of what was not recorded', () =>
  withHistory((store, storeDir) =>
    withWeb({ storeDir, nowUs: NOW_US }, async (web) => {
      const { body } = await web.get('/api/heat-map?from=2026-11-19&to=2026-11-20');
      assert.equal(sumOf(body.weekdays.flat()), body.total.totalBytes);
      assert.equal(
        body.total.totalBytes,
        sumOf([queryTotals(store, { fromUs: body.from * 1e6, toUs: body.to * 1e6 })]),
      );
      assert.deepEqual(body.weekdays[0][0], { txBytes: 0, rxBytes: 0, recordedSeconds: 0 });
      const empty = (await web.get('/api/heat-map?period=2026-10')).body;
      assert.equal(empty.recorded, false);
      assert.match(empty.notes[0], /nothing was recorded in this period/);
      assert.equal((await web.get('/api/heat-map?from=2026-11-20&to=2026-11-19')).status, 400);
    }),
  ));

test('countries: none without a database, sums with one, and a damaged one is said', () =>
  withHistory((_, storeDir) =>
    withWeb({ storeDir, nowUs: NOW_US, config: '[plugins.applications]\nplaces = false\n' }, async (web) => {
      const none = (await web.get('/api/countries?period=2026-11')).body;
      assert.deepEqual([none.available, typeof none.fix], [false, 'string']);
      const file = join(web.root, 'country.mmdb');
      const use = async (bytes: Buffer | string) => {
        writeFileSync(file, bytes);
        writeFileSync(web.file, `[plugins.applications]\ncountry_file = ${JSON.stringify(file)}\n`);
        await web.restart();
        return (await web.get('/api/countries?period=2026-11')).body;
      };
      const some = await use(mmdbFile('GeoLite2-Country', { '203.0.113.0/24': { country: { iso_code: 'NZ' } } }));
      assert.equal(some.available, true);
      const total =
        some.unplaced.totalBytes +
        some.rows.reduce((sum: number, row: { totalBytes: number }) => sum + row.totalBytes, 0);
      assert.equal(total, some.total.totalBytes);
      // Addresses of the history are those of documentation: no database has them, and none is asked.
      const { rows } = (await web.get('/api/hosts?period=2026-11')).body;
      assert.ok(rows.length > 0 && rows.every((row: { country?: string }) => row.country === undefined));
      const damaged = await use('this is no database');
      assert.equal(damaged.available, false);
      assert.match(damaged.detail, /country\.mmdb cannot be used/);
    }),
  ));

test('comparisons are numbers people can imagine', () => {
  assert.deepEqual(yearComparisons(0), []);
  for (const bytes of [3e6, 5e9, 4e12, 9e15]) {
    const found = yearComparisons(bytes);
    assert.ok(found.length > 0 && found.every(({ amount }) => amount >= 1 && amount < 1e6), String(bytes));
  }
  assert.equal(yearComparisons(6e12).find(({ id }) => id === 'video')?.amount, 2000);
});

test('hosts on the internet are in countries, others are not', () => {
  const places = { placeOf: () => ({ country: 'NZ' }), problem: () => undefined };
  const rows = [{ host: '1.1.1.1', zone: 'internet' }, { host: '192.168.1.1', zone: 'lan' }, { host: '::1' }];
  assert.deepEqual(withCountries({ schema: 'x', rows }, places), {
    schema: 'x',
    rows: [{ ...rows[0], country: 'NZ' }, rows[1], rows[2]],
  });
  assert.deepEqual(withCountries({ rows }, undefined), { rows });
});
