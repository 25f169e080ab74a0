// The read side of history on a small store: totals, rows, charts, flows, loss.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { IntervalRecord } from '@kaipo/core/api/interval-record.js';
import { defaultStoreDir } from '@kaipo/core/query/default-store-dir.js';
import {
  queryBy,
  queryCaptureLoss,
  queryFlows,
  queryHostNames,
  querySeries,
  queryTotals,
} from '@kaipo/core/query/history.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import type { Store } from '@kaipo/core/store/store.js';
import { withDirectory } from '../../contract/store.contract.js';
import { flowEnded, intervalOf, nameAnswered, seededRandom } from '../store/store-fixtures.js';

const START_US = 1_700_000_000_000_000;
const ALL = { fromUs: 0, toUs: START_US * 2 };

/** Three hours at 10 s with a pause of half an hour, read while it is open. */
async function withHistory(check: (store: Store, written: readonly IntervalRecord[]) => void): Promise<void> {
  await withDirectory(async (dir) => {
    const store = openStore({ dir, clock: () => START_US * 2 });
    const random = seededRandom(11);
    const written: IntervalRecord[] = [];
    for (let index = 0; index < 1080; index++) {
      if (index > 300 && index < 480) continue;
      const atUs = START_US + index * 10_000_000;
      const interval = { ...intervalOf(atUs, random), endUs: atUs + 10_000_000 };
      written.push(interval);
      const ended = index % 10 === 0 ? [flowEnded(atUs, random, index)] : [];
      await store.append({
        intervals: [interval],
        ended,
        names: [nameAnswered(atUs, 'named.example', ['198.51.0.250'])],
      });
    }
    check(store, written);
    await store.close();
  });
}

const txOf = (written: readonly IntervalRecord[]): number =>
  written.reduce((sum, { interfaces }) => sum + interfaces[0]!.txBytes, 0);

test('totals, rows and charts of the same period agree', () =>
  withHistory((store, written) => {
    const totals = queryTotals(store, ALL);
    assert.equal(totals.txBytes, txOf(written));
    assert.equal(totals.intervals, written.length);
    assert.equal(totals.coveredUs, written.length * 10_000_000);
    assert.equal(totals.lastUs, written.at(-1)!.endUs);
    for (const kind of ['app', 'host', 'protocol', 'interface'] as const) {
      const { rows, total, other, otherCount } = queryBy(store, kind, ALL, { limit: 2 });
      assert.equal(total.txBytes, totals.txBytes, kind);
      assert.equal(
        rows.reduce((sum, row) => sum + row.txBytes, other?.txBytes ?? 0),
        totals.txBytes,
        kind,
      );
      assert.ok(rows.length <= 2);
      assert.equal(other === undefined, otherCount === 0);
    }
    for (const maxPoints of [10, 60, 240, 2000]) {
      const { points, stepUs } = querySeries(store, { fromUs: START_US, toUs: START_US + 10_800_000_000 }, maxPoints);
      assert.equal(
        points.reduce((sum, point) => sum + point.txBytes, 0),
        totals.txBytes,
        `${maxPoints} points`,
      );
      assert.ok(points.length <= maxPoints + 1);
      assert.ok(stepUs >= 10_000_000, 'no finer than an interval');
    }
  }));

test('a pause is a gap, not silence', () =>
  withHistory((store) => {
    const { points } = querySeries(store, { fromUs: START_US, toUs: START_US + 10_800_000_000 }, 240);
    const gap = points.filter(({ coveredUs }) => coveredUs === 0).length;
    assert.ok(gap >= 28 && gap <= 31, `${gap} empty minutes`);
  }));

test('an application keeps who it is and how that is known', () =>
  withHistory((store) => {
    const { rows } = queryBy(store, 'app', ALL, { limit: 10, sort: 'name' });
    assert.deepEqual(
      rows.map(({ name }) => name),
      ['app-0', 'app-1', 'app-2'],
    );
    assert.equal(rows[0]!.exe, '/usr/bin/app-0');
    assert.deepEqual(rows[0]!.quality, { event: rows[0]!.txBytes + rows[0]!.rxBytes });
    assert.deepEqual(Object.keys(rows[1]!.quality ?? {}), ['listener']);
  }));

test('the largest flows, and names for addresses', () =>
  withHistory((store) => {
    const { flows, count, more } = queryFlows(store, ALL, { limit: 5 });
    assert.equal(flows.length, 5);
    assert.equal(more, false);
    assert.ok(count > 80);
    const bytes = flows.map(({ client, server }) => client.bytes + server.bytes);
    assert.deepEqual(
      bytes,
      [...bytes].sort((left, right) => right - left),
    );
    const names = queryHostNames(store, ALL);
    assert.equal(names.get('198.51.0.250'), 'named.example');
    assert.match(names.get(flows[0]!.server.ip) ?? '', /example\.com$/);
  }));

test('capture loss, and none where nothing was received', () =>
  withHistory((store) => {
    const loss = queryCaptureLoss(store, ALL);
    assert.equal(loss.received, loss.delivered);
    assert.equal(loss.lossRatio, 0);
    assert.equal('lossRatio' in queryCaptureLoss(store, { fromUs: 0, toUs: 1_000_000 }), false);
  }));

test('where the store lies', () => {
  assert.equal(defaultStoreDir({ STATE_DIRECTORY: '/var/lib/kaipo:/var/lib/x' }), '/var/lib/kaipo');
  assert.equal(defaultStoreDir({ XDG_DATA_HOME: '/data' }), '/data/kaipo');
  assert.match(defaultStoreDir({ XDG_DATA_HOME: 'relative' }), /\/\.local\/share\/kaipo$/);
});
