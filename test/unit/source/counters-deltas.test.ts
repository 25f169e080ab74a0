import assert from 'node:assert/strict';
import test from 'node:test';
import type { InterfaceCounters } from '@kaipo/core/source/counters.js';
import { CounterDeltas, type InterfaceDelta } from '@kaipo/core/source/counters-deltas.js';
import fc from 'fast-check';

const SECOND = 1_000_000;
const WRAP = 2 ** 32;

const reading = (more: Partial<InterfaceCounters>): InterfaceCounters => ({
  name: 'eth0',
  ifindex: 2,
  rxBytes: 0,
  txBytes: 0,
  rxPackets: 0,
  txPackets: 0,
  packetsKnown: true,
  rxDropped: 0,
  txDropped: 0,
  rxErrors: 0,
  txErrors: 0,
  up: true,
  ...more,
});

/** The delta of the last of these readings, one a second. */
function last(deltas: CounterDeltas, ...readings: readonly Partial<InterfaceCounters>[]): InterfaceDelta {
  let result: InterfaceDelta | undefined;
  for (const [i, one] of readings.entries()) [result] = deltas.update((i + 1) * SECOND, [reading(one)]);
  return result!;
}

test('what was counted before the first reading belongs to no interval', () => {
  const first = last(new CounterDeltas(), { rxBytes: 5e9, txBytes: 1e9 });
  assert.deepEqual([first.rxBytes, first.txBytes, first.note], [0, 0, 'new']);
});

test('deltas and their sums', () => {
  const delta = last(
    new CounterDeltas(),
    { rxBytes: 100 },
    { rxBytes: 150, txBytes: 7 },
    { rxBytes: 250, txBytes: 8, rxPackets: 3 },
  );
  assert.deepEqual([delta.rxBytes, delta.txBytes, delta.rxPackets], [100, 1, 3]);
  assert.deepEqual([delta.rxBytesTotal, delta.txBytesTotal], [150, 8]);
  assert.ok(!('note' in delta));
});

test('counters that began again are a reset: zero, counted, and right from then on', () => {
  const deltas = new CounterDeltas();
  const reset = last(
    deltas,
    { rxBytes: 9e9, rxPackets: 900, txBytes: 5e6 },
    { rxBytes: 1000, rxPackets: 2, txBytes: 10 },
  );
  assert.deepEqual([reset.rxBytes, reset.txBytes, reset.rxPackets, reset.note], [0, 0, 0, 'reset']);
  assert.equal(deltas.resets, 1);
  const [next] = deltas.update(9 * SECOND, [reading({ rxBytes: 1500, rxPackets: 3, txBytes: 10 })]);
  assert.deepEqual([next?.rxBytes, next?.rxPackets], [500, 1]);
});

test('another interface under the same name is a reset, though its counters are higher', () => {
  const delta = last(new CounterDeltas(), { rxBytes: 100 }, { ifindex: 9, rxBytes: 1e12 });
  assert.deepEqual([delta.rxBytes, delta.note], [0, 'reset']);
});

test('a 32-bit counter that passes its end is a wrap when the other counter of the direction went on', () => {
  const deltas = new CounterDeltas();
  const delta = last(deltas, { rxBytes: WRAP - 1000, rxPackets: 10 }, { rxBytes: 500, rxPackets: 12 });
  assert.deepEqual([delta.rxBytes, delta.rxPackets, delta.note], [1500, 2, 'wrapped']);
  assert.deepEqual([deltas.wraps, deltas.resets], [1, 0]);
});

test('a wrap the link could not have carried in the time is a reset', () => {
  const slow = last(
    new CounterDeltas(),
    { rxBytes: WRAP - 1000, speedMbit: 10 },
    { rxBytes: 2_000_000, speedMbit: 10 },
  );
  assert.equal(slow.note, 'reset');
  const fast = last(
    new CounterDeltas(),
    { rxBytes: WRAP - 1000, speedMbit: 100 },
    { rxBytes: 2_000_000, speedMbit: 100 },
  );
  assert.equal(fast.rxBytes, 2_001_000);
});

test('both directions back at once, packets back too, or a counter beyond 32 bits: never a wrap', () => {
  for (const [before, after] of [
    [
      { rxBytes: WRAP - 1, txBytes: WRAP - 1 },
      { rxBytes: 1, txBytes: 1 },
    ],
    [
      { rxBytes: WRAP - 1, rxPackets: 100 },
      { rxBytes: 1, rxPackets: 1 },
    ],
    [
      { rxBytes: WRAP - 1, rxPackets: WRAP - 1 },
      { rxBytes: 1, rxPackets: 1 },
    ],
    [{ rxBytes: WRAP + 5 }, { rxBytes: 1 }],
    [{ rxBytes: 1_000_000 }, { rxBytes: 1 }],
  ]) {
    const delta = last(new CounterDeltas(), before!, after!);
    assert.deepEqual([delta.rxBytes, delta.txBytes, delta.note], [0, 0, 'reset']);
  }
});

test('an interface that goes and comes back starts anew', () => {
  const deltas = new CounterDeltas();
  deltas.update(SECOND, [reading({ rxBytes: 100 })]);
  assert.deepEqual(deltas.update(2 * SECOND, []), []);
  const [back] = deltas.update(3 * SECOND, [reading({ rxBytes: 5000 })]);
  assert.deepEqual([back?.rxBytes, back?.note], [0, 'new']);
});

test('a name that is there twice counts once; interfaces beyond the bound are refused and counted', () => {
  const deltas = new CounterDeltas();
  assert.equal(deltas.update(SECOND, [reading({}), reading({})]).length, 1);
  const many = Array.from({ length: 1030 }, (_, i) => reading({ name: `d${i}` }));
  assert.equal(deltas.update(2 * SECOND, many).length, 1024);
  assert.equal(deltas.refused, 6);
});

test('whatever counters do, deltas are never negative and sums add up', () => {
  const value = fc.oneof(fc.nat(1000), fc.integer({ min: WRAP - 1000, max: WRAP + 1000 }));
  const counters = fc.record({
    rxBytes: value,
    txBytes: value,
    rxPackets: value,
    txPackets: value,
    ifindex: fc.nat(1),
  });
  fc.assert(
    fc.property(fc.array(counters, { maxLength: 30 }), (readings) => {
      const deltas = new CounterDeltas();
      let sum = 0;
      for (const [i, one] of readings.entries()) {
        const [delta] = deltas.update(i * SECOND, [reading(one)]);
        for (const field of ['rxBytes', 'txBytes', 'rxPackets', 'txPackets'] as const) assert.ok(delta![field] >= 0);
        sum += delta!.rxBytes;
        assert.equal(delta!.rxBytesTotal, sum);
      }
    }),
  );
});
