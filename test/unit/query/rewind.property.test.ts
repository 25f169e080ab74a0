// Any history, walked from end to end: pictures touch, the way back is the same, and together they are all that was recorded.
import assert from 'node:assert/strict';
import test from 'node:test';
import { emptyInterval, type IntervalRecord } from '@kaipo/core/api/interval-record.js';
import { queryTotals } from '@kaipo/core/query/history.js';
import { RewindCursor } from '@kaipo/core/query/rewind/rewind-cursor.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import fc from 'fast-check';
import { withDirectory } from '../../contract/store.contract.js';

const S = 1_000_000;
const START_US = 1_700_000_000 * S;
const RETENTION_S = [600, 3600, 7200, 86_400, Number.POSITIVE_INFINITY];

/** A run of intervals, and what comes before it: nothing, or bytes that are caught up. */
const run = fc.record({
  pauseUs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5 * S }), fc.integer({ min: 60 * S, max: 90_000 * S })),
  isCaughtUp: fc.boolean(),
  lengthUs: fc.oneof(fc.integer({ min: S / 5, max: 2 * S }), fc.constant(30 * S), fc.constant(S + 700)),
  bytes: fc.array(fc.nat(1000), { minLength: 1, maxLength: 80 }),
});

const moved = (rxBytes: number) =>
  rxBytes === 0 ? [] : [{ name: 'eth0', class: 'physical' as const, txBytes: 0, rxBytes, txPackets: 0, rxPackets: 1 }];

test('a walk over any history meets every byte once, in both directions', () =>
  fc.assert(
    fc.asyncProperty(fc.array(run, { minLength: 1, maxLength: 6 }), (runs) =>
      withDirectory(async (dir) => {
        let atUs = START_US;
        const store = openStore({ dir, clock: () => atUs, retentionS: RETENTION_S, alignS: 3600 });
        for (const { pauseUs, isCaughtUp, lengthUs, bytes } of runs) {
          const intervals: IntervalRecord[] = [];
          const add = (record: Partial<IntervalRecord>, lengthUs: number): void => {
            intervals.push({ ...emptyInterval(atUs, 'counters'), ...record, endUs: atUs + lengthUs });
            atUs += lengthUs;
          };
          if (isCaughtUp && pauseUs > 0) add({ isCaughtUp: true, interfaces: moved(777) }, pauseUs);
          else atUs += pauseUs;
          for (const count of bytes) add({ interfaces: moved(count) }, lengthUs);
          await store.append({ intervals });
        }
        const cursor = new RewindCursor(store, { samples: 20 });
        const all = queryTotals(store, { fromUs: 0, toUs: Number.MAX_SAFE_INTEGER });
        const pictures = [cursor.at(0)!];
        assert.equal(pictures[0]!.stop, 'oldest');
        for (let next = cursor.step(1)!; next.stop === undefined && pictures.length < 2000; next = cursor.step(1)!)
          pictures.push(next);
        assert.ok(pictures.length < 2000, 'a walk has an end');
        const pasts = pictures.map(({ snapshot }) => snapshot.past!);
        pasts.slice(1).forEach((past, index) => {
          assert.equal(past.fromUs, pasts[index]!.toUs);
        });
        const received = pictures.reduce((sum, { snapshot }) => sum + (snapshot.interfaces[0]?.rxBytes ?? 0), 0);
        assert.equal(received, all.rxBytes);
        assert.equal(
          pasts.reduce((sum, { coveredUs }) => sum + coveredUs, 0),
          all.coveredUs,
        );
        assert.ok(
          pasts.every(({ isRecorded }, index) => isRecorded || pasts[index - 1]?.isRecorded === true),
          'a gap is one',
        );
        for (const past of pasts.slice(0, -1).reverse()) {
          const before = cursor.step(-1)!;
          assert.deepEqual(before.snapshot.past, past);
          for (const { rx } of before.samples) assert.ok(Number.isNaN(rx) || (rx >= 0 && rx < 1e4), 'no spike');
        }
        assert.equal(cursor.step(-1)!.stop, 'oldest');
        for (const { fromUs, toUs } of pasts.slice(0, 50)) {
          for (const us of [fromUs, (fromUs + toUs) / 2, toUs - 1])
            assert.equal(cursor.at(us)!.snapshot.past!.fromUs, fromUs);
        }
        await store.close();
      }),
    ),
    { numRuns: 25 },
  ));
