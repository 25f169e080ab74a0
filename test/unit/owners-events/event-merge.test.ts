// Records of all CPUs in the order of time, as far as all of them have told.
import assert from 'node:assert/strict';
import test from 'node:test';
import { EventMerge } from '@kaipo/core/owners/events/event-merge.js';
import { RingPageWriter } from '../../fixtures/ring-page-writer.js';
import { below, seededRandom } from '../../fixtures/seeded-random.js';

const page = (cpu: number, ...timesNs: readonly number[]): Uint8Array => {
  const writer = new RingPageWriter(timesNs[0] ?? 0);
  for (const timeNs of timesNs) writer.record(timeNs, Uint8Array.of(cpu, 0, 0, 0));
  return writer.bytes();
};

function merged(): { merge: EventMerge; seen: [cpu: number, timeUs: number][] } {
  const seen: [number, number][] = [];
  const merge = new EventMerge((one, timeUs) => seen.push([one.view.getUint8(one.at), timeUs]));
  return { merge, seen };
}

test('the records of two CPUs alternate as they happened, and those of one moment all come', () => {
  const { merge, seen } = merged();
  merge.add(0, page(0, 1000, 4000, 5000));
  merge.add(1, page(1, 2000, 3000, 5000, 9000));
  merge.takeUntil(8000);
  assert.deepEqual(
    seen.map(([, timeUs]) => timeUs),
    [1, 2, 3, 4, 5, 5],
  );
  assert.deepEqual(
    seen.slice(0, 4).map(([cpu]) => cpu),
    [0, 1, 1, 0],
  );
  merge.takeUntil(9000);
  assert.equal(seen.length, 6, 'until is not including');
  merge.takeUntil(9001);
  assert.deepEqual(seen.at(-1), [1, 9]);
});

test('a page goes on where the next round begins, also in its middle', () => {
  const { merge, seen } = merged();
  merge.add(0, page(0, 1000, 2000, 3000));
  merge.takeUntil(1500);
  merge.add(0, page(0, 4000));
  merge.add(3, page(3, 2500));
  merge.takeUntil(10_000);
  assert.deepEqual(seen, [
    [0, 1],
    [0, 2],
    [3, 2.5],
    [0, 3],
    [0, 4],
  ]);
  assert.deepEqual([merge.pages, merge.records, merge.damagedPages, merge.hurriedPages], [3, 5, 0, 0]);
});

test('the bytes of a page may change once it was handed over', () => {
  const { merge, seen } = merged();
  const bytes = page(7, 1000);
  merge.add(0, bytes);
  bytes.fill(0xff);
  merge.takeUntil(2000);
  assert.deepEqual(seen, [[7, 1]]);
});

test('empty and damaged pages hold nobody up, and damaged ones are counted', () => {
  const { merge, seen } = merged();
  merge.add(0, page(0));
  merge.add(0, new Uint8Array(3));
  merge.add(0, page(0, 1000).subarray(0, 22));
  merge.add(0, page(0, 2000));
  merge.takeUntil(3000);
  assert.deepEqual([seen, merge.damagedPages], [[[0, 2]], 2]);
});

test('pages that nobody takes are read at once when they are too many, and that is counted', () => {
  const { merge, seen } = merged();
  const big = new RingPageWriter(0).record(1000, new Uint8Array(3000)).bytes();
  let added = 0;
  while (merge.hurriedPages === 0 && added < 16_384) {
    merge.add(0, big);
    added += 1;
  }
  // 16 MiB of pages, with what an object costs.
  assert.ok(added > 4000 && added < 5592, `${added} pages of ${big.length} bytes`);
  assert.equal(seen.length, added);
  merge.add(0, big);
  assert.equal(merge.hurriedPages, 1, 'and from then on they wait again');
});

test('the end of a helper: what is left is told, and the next one begins anew', () => {
  const { merge, seen } = merged();
  merge.add(0, page(0, 5000));
  merge.end();
  assert.equal(seen.length, 1);
  merge.add(0, page(0, 1000));
  merge.takeUntil(2000);
  assert.deepEqual(seen.at(-1), [0, 1]);
});

test('random pages of random CPUs: everything once, in order, whatever the rounds', () => {
  const random = seededRandom(4);
  for (let run = 0; run < 50; run++) {
    const { merge, seen } = merged();
    const cpus = Array.from({ length: 1 + below(random, 8) }, () => 0);
    let written = 0;
    for (let round = 1; round <= 10; round++) {
      const untilNs = round * 1_000_000;
      for (const [cpu, lastNs] of cpus.entries()) {
        let timeNs = lastNs;
        const times: number[] = [];
        while (random() < 0.8) {
          timeNs += below(random, 400_000);
          // What is beyond this round comes with it too: pages are not cut by time.
          times.push(timeNs);
        }
        cpus[cpu] = Math.max(timeNs, untilNs);
        written += times.length;
        if (times.length > 0) merge.add(cpu, page(cpu, ...times));
      }
      merge.takeUntil(untilNs);
      assert.ok(seen.every(([, timeUs]) => timeUs * 1000 < untilNs));
    }
    merge.end();
    assert.equal(seen.length, written);
    const times = seen.map(([, timeUs]) => timeUs);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
      `run ${run}`,
    );
  }
});
