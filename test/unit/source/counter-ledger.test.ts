import assert from 'node:assert/strict';
import test from 'node:test';
import { CounterLedger, type InterfaceDelta } from '@kaipo/core/source/counter-ledger.js';
import type { InterfaceCounters } from '@kaipo/core/source/counters.js';
import { reading } from './counter-reading.js';

const SECOND = 1_000_000;
const WRAP = 2 ** 32;

/** A ledger that is asked once a second. */
class Polled {
  readonly ledger = new CounterLedger();
  #seconds = 10;

  all(readings: readonly InterfaceCounters[], seconds = 1): InterfaceDelta[] {
    this.#seconds += seconds;
    const monotonicUs = this.#seconds * SECOND;
    return this.ledger.update({ monotonicUs, wallUs: 1.7e15 + monotonicUs, bootId: 'b' }, readings);
  }

  one(more: Partial<InterfaceCounters>, seconds = 1): InterfaceDelta {
    return this.all([reading(more)], seconds)[0]!;
  }

  /** [rx, tx, note] */
  step(more: Partial<InterfaceCounters>, seconds = 1): [number, number, string | undefined] {
    const delta = this.one(more, seconds);
    return [delta.rxBytes, delta.txBytes, delta.note];
  }
}

test('what was counted before the first reading belongs to no interval; then deltas and their sums', () => {
  const polled = new Polled();
  assert.deepEqual(polled.step({ rxBytes: 5e9, txBytes: 1e9 }), [0, 0, 'new']);
  assert.deepEqual(polled.step({ rxBytes: 5e9 + 150, txBytes: 1e9 + 7 }), [150, 7, undefined]);
  const delta = polled.one({ rxBytes: 5e9 + 250, txBytes: 1e9 + 8, rxPackets: 3 });
  assert.deepEqual([delta.rxBytes, delta.txBytes, delta.rxPackets], [100, 1, 3]);
  assert.deepEqual([delta.rxBytesTotal, delta.txBytesTotal, delta.class, delta.counted], [250, 8, 'physical', true]);
  assert.ok(!('note' in delta) && !('speedMbit' in delta));
});

test('one wrong reading: the next one recovers, exactly', () => {
  const polled = new Polled();
  polled.step({ rxBytes: 1000, txBytes: 50, speedMbit: 1000 });
  assert.deepEqual(polled.step({ rxBytes: 9e12, txBytes: 60, speedMbit: 1000 }), [0, 0, 'suspect']);
  assert.deepEqual(polled.step({ rxBytes: 3000, txBytes: 70, speedMbit: 1000 }), [2000, 20, 'glitch']);
  assert.deepEqual(polled.step({ rxBytes: 3100, txBytes: 70, speedMbit: 1000 }), [100, 0, undefined]);
  assert.deepEqual([polled.ledger.losses.glitches, polled.ledger.losses.glitchBytes], [1, 0]);
  assert.deepEqual(polled.ledger.takeNotices(), [
    'eth0: one reading of its counters was wrong and is left out; the bytes since then are right',
  ]);
});

test('one reading of zeros is a wrong reading too, not a reset', () => {
  const polled = new Polled();
  polled.step({ rxBytes: 1e6, txBytes: 1e6, rxPackets: 1000, txPackets: 1000 });
  assert.deepEqual(polled.step({}), [0, 0, 'reset']);
  assert.deepEqual(polled.step({ rxBytes: 1e6 + 5, txBytes: 1e6, rxPackets: 1001, txPackets: 1000 }), [5, 0, 'glitch']);
  assert.deepEqual([polled.ledger.losses.glitches, polled.ledger.losses.resets], [1, 0]);
});

test('a jump that stays is left out and counted, and only in its direction', () => {
  const polled = new Polled();
  polled.step({ rxBytes: 1000, txBytes: 50, speedMbit: 1000 });
  assert.deepEqual(polled.step({ rxBytes: 9e12, txBytes: 60, speedMbit: 1000 }), [0, 0, 'suspect']);
  assert.deepEqual(polled.step({ rxBytes: 9e12 + 300, txBytes: 75, speedMbit: 1000 }), [300, 25, 'glitch']);
  assert.equal(polled.ledger.losses.glitchBytes, 9e12 - 1000);
  assert.match(
    polled.ledger.takeNotices()[0]!,
    /^eth0: a jump of its counters by 9\.00 TB, more than the link carries/,
  );
});

test('the bound is a rate, not a delta: 10 GbE at full speed is no glitch, and neither is a late reading', () => {
  const polled = new Polled();
  polled.step({ speedMbit: 10_000 });
  assert.deepEqual(polled.step({ rxBytes: 1.25e9, speedMbit: 10_000 }), [1.25e9, 0, undefined]);
  // A minute of 100 Mbit/s is 750 MB; in one second the same is impossible.
  const slow = new Polled();
  slow.step({ speedMbit: 100 });
  assert.deepEqual(slow.step({ rxBytes: 750e6, speedMbit: 100 }, 60), [750e6, 0, undefined]);
  assert.deepEqual(slow.step({ rxBytes: 1500e6, speedMbit: 100 }, 1), [0, 0, 'suspect']);
});

test('drivers that bring counters up to date every two seconds', () => {
  const polled = new Polled();
  polled.step({ speedMbit: 1000 });
  assert.deepEqual(polled.step({ speedMbit: 1000 }), [0, 0, undefined]);
  assert.deepEqual(polled.step({ rxBytes: 250e6, speedMbit: 1000 }), [250e6, 0, undefined]);
});

test('a link that really is that fast: all of it counts, and the bound learns', () => {
  const polled = new Polled();
  const at = (seconds: number) => ({ rxBytes: seconds * 1e9, speedMbit: 100 });
  polled.step(at(0));
  assert.deepEqual(polled.step(at(1)), [0, 0, 'suspect']);
  assert.deepEqual(polled.step(at(2)), [2e9, 0, 'fast-link']);
  assert.deepEqual(polled.step(at(3)), [1e9, 0, undefined]);
  assert.equal(polled.ledger.losses.glitches, 0);
  assert.deepEqual(polled.ledger.takeNotices(), ['eth0 is faster than its stated speed: 8.00 Gb/s are counted']);
});

test('memory is faster than any NIC: a pair of containers at 20 GB/s', () => {
  const polled = new Polled();
  polled.step({ class: 'virtual' });
  assert.deepEqual(polled.step({ class: 'virtual', rxBytes: 20e9 }), [20e9, 0, undefined]);
  const unknown = new Polled();
  unknown.step({});
  assert.deepEqual(unknown.step({ rxBytes: 20e9 }), [0, 0, 'suspect']);
});

test('counters that began again: nothing for that interval, counted, and right from then on', () => {
  const polled = new Polled();
  polled.step({ rxBytes: 9e9, rxPackets: 900, txBytes: 5e6 });
  assert.deepEqual(polled.step({ rxBytes: 1000, rxPackets: 2, txBytes: 10 }), [0, 0, 'reset']);
  assert.deepEqual(polled.step({ rxBytes: 1500, rxPackets: 3, txBytes: 10 }), [500, 0, undefined]);
  assert.equal(polled.ledger.losses.resets, 1);
  assert.match(polled.ledger.takeNotices()[0]!, /^eth0: its counters began again/);
  // A driver that shows zeros while its link comes back.
  const back = new Polled();
  back.step({ rxBytes: 5000, rxPackets: 5, carrierChanges: 2 });
  assert.deepEqual(back.step({ carrierChanges: 4 }), [0, 0, 'reset']);
  assert.deepEqual(back.step({ rxBytes: 5070, rxPackets: 6, carrierChanges: 4 }), [70, 0, 'glitch']);
});

test('32-bit counters: a wrap is right, what the link could not have carried is not believed', () => {
  const polled = new Polled();
  polled.step({ rxBytes: WRAP - 1000, rxPackets: 10 });
  assert.deepEqual(polled.step({ rxBytes: 500, rxPackets: 12 }), [1500, 0, 'wrapped']);
  assert.deepEqual([polled.ledger.losses.wraps, polled.ledger.losses.resets], [1, 0]);
  const slow = new Polled();
  slow.step({ rxBytes: WRAP - 1000, rxPackets: 10, speedMbit: 10 });
  assert.deepEqual(slow.step({ rxBytes: 20_000_000, rxPackets: 12, speedMbit: 10 }), [0, 0, 'reset']);
});

test('both directions back, packets back too, unknown packets, or a counter beyond 32 bits: never a wrap', () => {
  const pairs: [Partial<InterfaceCounters>, Partial<InterfaceCounters>][] = [
    [
      { rxBytes: WRAP - 1, txBytes: WRAP - 1, rxPackets: 1 },
      { rxBytes: 1, txBytes: 1, rxPackets: 2 },
    ],
    [
      { rxBytes: WRAP - 1, rxPackets: 100 },
      { rxBytes: 1, rxPackets: 1 },
    ],
    [
      { rxBytes: WRAP - 1, packetsKnown: false },
      { rxBytes: 1, packetsKnown: false },
    ],
    [
      { rxBytes: WRAP + 5, rxPackets: 1 },
      { rxBytes: 1, rxPackets: 2 },
    ],
    [
      { rxBytes: 1e6, rxPackets: 1 },
      { rxBytes: 1, rxPackets: 2 },
    ],
  ];
  for (const [before, after] of pairs) {
    const polled = new Polled();
    polled.step(before);
    assert.deepEqual(polled.step(after), [0, 0, 'reset']);
  }
});

test('an interface made anew under the same name begins again, though its counters are higher', () => {
  const polled = new Polled();
  polled.step({ rxBytes: 100 });
  polled.step({ rxBytes: 150 });
  const delta = polled.one({ ifindex: 9, rxBytes: 1e6 });
  assert.deepEqual([delta.rxBytes, delta.note, delta.rxBytesTotal], [0, 'recreated', 50]);
  assert.equal(polled.ledger.losses.recreated, 1);
  assert.deepEqual(polled.step({ ifindex: 9, rxBytes: 1e6 + 1 }), [1, 0, undefined]);
});

test('an interface with another name goes on; two that change names do too', () => {
  const polled = new Polled();
  const two = (a: string, b: string, rxBytes: number) =>
    polled.all([reading({ name: a, ifindex: 2, rxBytes }), reading({ name: b, ifindex: 3, rxBytes: 10 * rxBytes })]);
  two('eth0', 'eth1', 100);
  assert.deepEqual(
    two('eth1', 'eth0', 101).map((delta) => [delta.name, delta.rxBytes, delta.note]),
    [
      ['eth1', 1, 'renamed'],
      ['eth0', 10, 'renamed'],
    ],
  );
  assert.equal(polled.ledger.losses.recreated, 0);
});

test('an interface that a reading missed is the same one; one that comes back after long begins again', () => {
  const polled = new Polled();
  polled.step({ rxBytes: 100 });
  assert.deepEqual(polled.all([]), []);
  assert.deepEqual(polled.step({ rxBytes: 160 }), [60, 0, undefined]);
  polled.all([]);
  polled.all([], 60);
  assert.deepEqual(polled.step({ rxBytes: 5000 }), [0, 0, 'new']);
});

test('counters that make no sense at all begin again in the end, and never count', () => {
  const polled = new Polled();
  polled.step({ rxBytes: 1000 });
  for (const rxBytes of [8e15, 6e15, 7e13, 5e15, 3e15, 1e14]) assert.equal(polled.one({ rxBytes }).rxBytesTotal, 0);
  polled.step({ rxBytes: 2000 });
  polled.step({ rxBytes: 2100 });
  assert.equal(polled.one({ rxBytes: 2200 }).rxBytes, 100);
});

test('a name that is there twice counts once; interfaces beyond the bound are refused, counted and said', () => {
  const polled = new Polled();
  assert.equal(polled.all([reading(), reading()]).length, 1);
  const many = Array.from({ length: 1030 }, (_, i) => reading({ name: `d${i}`, ifindex: i + 10 }));
  assert.equal(polled.all(many).length, 1024);
  assert.equal(polled.ledger.losses.refused, 6);
  assert.equal(polled.ledger.baseline()?.interfaces.length, 1024);
  polled.all(many);
  assert.deepEqual(polled.ledger.takeNotices(), ['1030 interfaces: more than 1024 are not counted']);
});

test('notices are bounded, and silent for interfaces that do not add to totals', () => {
  const polled = new Polled();
  const all = (rxBytes: number, counted: boolean) =>
    Array.from({ length: 30 }, (_, i) => reading({ name: `e${i}`, ifindex: i + 2, rxBytes, counted }));
  polled.all(all(100, true));
  for (const rxBytes of [50, 60]) polled.all(all(rxBytes, true));
  const notices = polled.ledger.takeNotices();
  assert.deepEqual([notices.length, notices.at(-1)], [17, 'and 14 more notes on counters']);
  for (const rxBytes of [5, 6]) polled.all(all(rxBytes, false));
  assert.deepEqual(polled.ledger.takeNotices(), []);
  assert.equal(polled.ledger.losses.resets, 60);
});
