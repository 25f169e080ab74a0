// Running sums by name: the bound holds, parts add up, and what does not fit is summed, never lost.
import assert from 'node:assert/strict';
import test from 'node:test';
import { addTraffic, type Movement, TrafficTable } from '@kaipo/core/query/traffic-table.js';
import { below, seededRandom } from '../../fixtures/seeded-random.js';

const moved = (txBytes: number, rxBytes: number): Movement => ({
  txBytes,
  rxBytes,
  txPackets: 1,
  rxPackets: 1,
  flowsStarted: 0,
  firstUs: 0,
});

test('rows are sorted by the bytes of the interval, and a new interval begins at zero', () => {
  const table = new TrafficTable(10);
  addTraffic(table.row('small'), moved(1, 2));
  addTraffic(table.row('large'), moved(100, 200));
  addTraffic(table.row('small'), moved(3, 4));
  assert.deepEqual(
    table.sorted().map(({ name, txBytes, rxBytes, txPackets }) => [name, txBytes, rxBytes, txPackets]),
    [
      ['large', 100, 200, 1],
      ['small', 4, 6, 2],
    ],
  );
  table.reset();
  assert.deepEqual(
    table.sorted().map(({ name, txBytes, txBytesTotal, parts }) => [name, txBytes, txBytesTotal, parts.length]),
    [
      ['large', 0, 100, 0],
      ['small', 0, 4, 0],
    ],
  );
});

test('totals stay whole when names come and go beyond the bound, and parts add up to their row', () => {
  const random = seededRandom(11);
  const table = new TrafficTable(50);
  let total = 0;
  for (let interval = 0; interval < 40; interval++) {
    let sum = 0;
    for (let i = 0; i < 30; i++) {
      const bytes = below(random, 1000);
      addTraffic(table.row(`name ${below(random, 400)}`), moved(bytes, bytes), below(random, 5));
      sum += 2 * bytes;
    }
    total += sum;
    const rows = table.sorted();
    assert.ok(rows.length <= 51, `${rows.length} rows`);
    assert.equal(
      rows.reduce((all, row) => all + row.txBytes + row.rxBytes, 0),
      sum,
    );
    for (const row of rows) {
      assert.equal(new Set(row.parts.map(({ part }) => part)).size, row.parts.length);
      for (const field of ['txBytes', 'rxBytes', 'txPackets', 'rxPackets', 'flowsStarted'] as const)
        assert.equal(
          row.parts.reduce((all, part) => all + part[field], 0),
          row[field],
        );
    }
    table.prune();
    assert.equal(
      table.sorted().reduce((all, row) => all + row.txBytesTotal + row.rxBytesTotal, 0),
      total,
    );
    table.reset();
  }
  assert.ok(table.merged > 0);
});
