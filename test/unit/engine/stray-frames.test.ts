// Frames without a flow: every one is in a sum, however many kinds there are, and taking begins anew.
import assert from 'node:assert/strict';
import test from 'node:test';
import { REFUSED, StrayFrames } from '@kaipo/core/engine/stray-frames.js';
import { below, seededRandom } from '../../fixtures/seeded-random.js';

function take(strays: StrayFrames): Map<string, [packets: number, bytes: number]> {
  const sums = new Map<string, [number, number]>();
  strays.take((id, code, isSent, packets, bytes) => {
    const key = `${id} ${code} ${isSent}`;
    assert.ok(!sums.has(key), `${key} twice`);
    sums.set(key, [packets, bytes]);
  });
  return sums;
}

test('sums by interface, kind and direction', () => {
  const strays = new StrayFrames();
  strays.add(0, 0x0806, true, 42);
  strays.add(0, 0x0806, true, 60);
  strays.add(0, 0x0806, false, 60);
  strays.add(63, REFUSED + 17, false, 100);
  assert.deepEqual([...take(strays)].sort(), [
    ['0 2054 false', [1, 60]],
    ['0 2054 true', [2, 102]],
    [`63 ${REFUSED + 17} false`, [1, 100]],
  ]);
  assert.equal(take(strays).size, 0);
});

test('more kinds than there is room for: the sums stay whole', () => {
  const random = seededRandom(21);
  const strays = new StrayFrames();
  for (let round = 0; round < 3; round++) {
    let packets = 0;
    let bytes = 0;
    for (let i = 0; i < 50_000; i++) {
      const length = below(random, 1500);
      strays.add(below(random, 1200), below(random, 0x10100), below(random, 2) === 0, length);
      packets += 1;
      bytes += length;
    }
    const sums = [...take(strays).values()];
    assert.ok(sums.length <= 4096, `${sums.length} sums`);
    assert.equal(
      sums.reduce((all, [count]) => all + count, 0),
      packets,
    );
    assert.equal(
      sums.reduce((all, [, length]) => all + length, 0),
      bytes,
    );
  }
});
