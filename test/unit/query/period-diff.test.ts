import assert from 'node:assert/strict';
import test from 'node:test';
import type { FlowSums } from '@kaipo/core/query/history.js';
import { comparisonOf, diffRows, sumsByName } from '@kaipo/core/query/period-diff.js';

const DAY_US = 86_400_000_000;
const days = (count: number) => ({ fromUs: 0, toUs: count * DAY_US });
const bytes = (rxBytes: number): FlowSums => ({ txBytes: 0, rxBytes, txPackets: 0, rxPackets: 1, flows: 1 });
const rows = (sums: Readonly<Record<string, number>>) =>
  new Map(Object.entries(sums).map(([name, count]) => [name, bytes(count)]));

test('new, gone, more, less, the largest change first; what stayed is no row', () => {
  const answer = diffRows(
    rows({ firefox: 500, backup: 2000, ssh: 10, ntp: 7 }),
    rows({ firefox: 800, curl: 1200, ssh: 4, ntp: 7 }),
    comparisonOf(days(1), days(1)),
    3,
  );
  assert.deepEqual(
    answer.rows.map(({ name, change, difference, ratio }) => [name, change, difference, ratio]),
    [
      ['backup', 'gone', -2000, 0],
      ['curl', 'new', 1200, undefined],
      ['firefox', 'more', 300, 1.6],
    ],
  );
  assert.deepEqual(answer.counts, { new: 1, gone: 1, more: 1, less: 1 });
  assert.equal(answer.moreCount, 1);
});

test('periods of different lengths are compared by bytes a day', () => {
  const comparison = comparisonOf(days(7), days(2));
  assert.equal(comparison.by, 'bytes-per-day');
  const { rows: changed } = diffRows(rows({ a: 700, b: 70 }), rows({ a: 200, b: 40 }), comparison, 9);
  assert.deepEqual(
    changed.map(({ name, change, difference }) => [name, change, difference]),
    [['b', 'more', 10]],
    'a moved as much a day',
  );
  assert.equal(comparisonOf(days(7), days(7.01)).by, 'bytes', 'nearly as long is as long');
  assert.equal(comparisonOf(days(30), days(31)).by, 'bytes-per-day');
});

test('rows of one name are one', () => {
  const sums = sumsByName([bytes(3), bytes(4)], () => 'www.example.com');
  assert.deepEqual([...sums], [['www.example.com', { txBytes: 0, rxBytes: 7, txPackets: 0, rxPackets: 2, flows: 2 }]]);
});
