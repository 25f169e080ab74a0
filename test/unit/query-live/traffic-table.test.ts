// Running sums by name: the bound holds, and what does not fit is summed, never lost.
import assert from 'node:assert/strict';
import test from 'node:test';
import { addTraffic, TrafficTable } from '@kaipo/core/query/traffic-table.js';
import { below, seededRandom } from '../../fixtures/seeded-random.js';

test('rows are sorted by the bytes of the interval, and a new interval begins at zero', () => {
  const table = new TrafficTable(10);
  addTraffic(table.row('small'), 1, 2, 1, 1);
  addTraffic(table.row('large'), 100, 200, 1, 1);
  addTraffic(table.row('small'), 3, 4, 1, 1);
  assert.deepEqual(
    table.sorted().map(({ name, txBytes, rxBytes, txPackets }) => [name, txBytes, rxBytes, txPackets]),
    [
      ['large', 100, 200, 1],
      ['small', 4, 6, 2],
    ],
  );
  table.reset();
  assert.deepEqual(
    table.sorted().map(({ name, txBytes, txBytesTotal }) => [name, txBytes, txBytesTotal]),
    [
      ['large', 0, 100],
      ['small', 0, 4],
    ],
  );
});

test('totals stay whole when names come and go beyond the bound', () => {
  const random = seededRandom(11);
  const table = new TrafficTable(50);
  let total = 0;
  for (let interval = 0; interval < 40; interval++) {
    let moved = 0;
    for (let i = 0; i < 30; i++) {
      const bytes = below(random, 1000);
      addTraffic(table.row(`name ${below(random, 400)}`), bytes, bytes, 1, 1);
      moved += 2 * bytes;
    }
    total += moved;
    const rows = table.sorted();
    assert.ok(rows.length <= 51, `${rows.length} rows`);
    assert.equal(
      rows.reduce((sum, row) => sum + row.txBytes + row.rxBytes, 0),
      moved,
    );
    table.prune();
    assert.equal(
      table.sorted().reduce((sum, row) => sum + row.txBytesTotal + row.rxBytesTotal, 0),
      total,
    );
    table.reset();
  }
  assert.ok(table.merged > 0);
});
