// An owner that is found late: bytes move from a reason to an application in the interval that counted them, in rows and books alike,
// and nothing else of history changes.
import assert from 'node:assert/strict';
import test from 'node:test';
import { correctionRecord } from '@kaipo/cli/live/interval-record.js';
import { emptyInterval, type IntervalRecord } from '@kaipo/core/api/interval-record.js';
import { queryBooks, queryUnknown } from '@kaipo/core/query/history.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { runStoreCheck } from '@kaipo/core/store/store-check-run.js';
import { withDirectory } from '../../contract/store.contract.js';

const START_US = 1_767_225_600_000_000;
const SCOPE = { interface: 'eth0', zone: 'lan' } as const;
const SUMS = { txBytes: 100, rxBytes: 40, txPackets: 2, rxPackets: 1, flows: 1 };

function second(offset: number): IntervalRecord {
  const startUs = START_US + offset * 1_000_000;
  return {
    ...emptyInterval(startUs, 'capture+events'),
    endUs: startUs + 1_000_000,
    interfaces: [{ name: 'eth0', txBytes: 100, rxBytes: 40, txPackets: 2, rxPackets: 1 }],
    protocols: [{ name: 'udp', ...SCOPE, ...SUMS }],
    unknown: [{ name: 'no-socket', ...SCOPE, ...SUMS }],
    books: [
      { interface: 'eth0', category: 'kernel', reason: 'none', bytes: 140 },
      { interface: 'eth0', category: 'unknown', reason: 'no-socket', bytes: 140 },
    ],
  };
}

test('a correction moves bytes within the interval that counted them; the books close', () =>
  withDirectory(async (dir) => {
    const store = openStore({ dir, clock: () => START_US + 60_000_000 });
    await store.append({ intervals: [second(0), second(1), second(2)] });
    const less = { txBytes: -60, rxBytes: -40, txPackets: -1, rxPackets: -1, flows: -1 };
    const more = { txBytes: 60, rxBytes: 40, txPackets: 1, rxPackets: 1, flows: 1 };
    const rows = {
      intervalsAgo: 2,
      apps: [{ name: 'curl', quality: 'event' as const, ...SCOPE, ...more }],
      unknown: [{ name: 'no-socket', ...SCOPE, ...less }],
    };
    await store.append({ intervals: [correctionRecord(START_US + 1_000_000, 'capture+events', rows)] });
    const range = (from: number, to: number) => ({
      fromUs: START_US + from * 1_000_000,
      toUs: START_US + to * 1_000_000,
    });
    const booksOf = (from: number, to: number): readonly unknown[] => {
      const { kernelBytes, attributedBytes, unknown, residualBytes } = queryBooks(store, range(from, to)).total;
      return [kernelBytes, attributedBytes, unknown['no-socket'], residualBytes];
    };
    assert.deepEqual(booksOf(0, 1), [140, 0, 140, 0]);
    assert.deepEqual(booksOf(1, 2), [140, 100, 40, 0]);
    assert.deepEqual(booksOf(0, 3), [420, 100, 320, 0]);
    assert.deepEqual(queryUnknown(store, range(1, 2)).reasons, { 'no-socket': 40 });
    await store.close();
    assert.deepEqual((await runStoreCheck({ dir })).findings, [], 'every resolution sums to the same');
  }));
