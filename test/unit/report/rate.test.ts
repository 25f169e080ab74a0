// Rates of a chart: over the time that was recorded; what was counted afterwards makes no peak of a moment.
import assert from 'node:assert/strict';
import test from 'node:test';
import { rateOf } from '@kaipo/cli/report/throughput-chart.js';
import { querySeries } from '@kaipo/core/query/history.js';
import { NOW_US, withHistory } from '../history-commands/history-fixture.js';

const HOUR_US = 3_600_000_000;

test('a step that was recorded for a moment and caught up for the rest has the rate of the whole step', () => {
  const point = { startUs: 0, endUs: HOUR_US, coveredUs: 1_000_000, txBytes: 0, rxBytes: 3600 };
  assert.equal(rateOf(point, 3600, HOUR_US), 3600);
  assert.equal(rateOf({ ...point, caughtUpBytes: 3000 }, 3600, HOUR_US), 1);
  assert.equal(rateOf({ ...point, coveredUs: 0 }, 3600, HOUR_US), 1);
});

test('a series says which of its bytes were caught up, of a zone none', () =>
  withHistory((store) => {
    const range = { fromUs: NOW_US - 72 * HOUR_US, toUs: NOW_US };
    const sum = (filter?: { zone: 'internet' }): number =>
      querySeries(store, range, 12, filter).points.reduce((bytes, { caughtUpBytes = 0 }) => bytes + caughtUpBytes, 0);
    assert.equal(sum(), 24 * 400_000);
    assert.equal(sum({ zone: 'internet' }), 0);
  }));
