import assert from 'node:assert/strict';
import test from 'node:test';
import { type CaughtUp, catchUp } from '@kaipo/core/source/catch-up.js';
import { pieceEnds, spreadEvenly } from '@kaipo/core/source/catch-up-pieces.js';
import { type CounterBaseline, parseBaseline } from '@kaipo/core/source/counter-baseline.js';
import { CounterLedger } from '@kaipo/core/source/counter-ledger.js';
import { counterMoment, type StartMoment, startMoment } from '@kaipo/core/source/counter-moment.js';
import type { InterfaceCounters } from '@kaipo/core/source/counters.js';
import fc from 'fast-check';
import { reading } from './counter-reading.js';

const SECOND = 1e6;
const HOUR = 3600 * SECOND;
/** 2023-11-14 22:00:00 UTC */
const WALL = 1_699_999_200 * SECOND;

const moment = (afterUs: number, more: Partial<StartMoment> = {}): StartMoment => ({
  monotonicUs: 100 * HOUR + afterUs,
  wallUs: WALL + afterUs,
  bootId: 'first',
  uptimeUs: 100 * HOUR + afterUs,
  ...more,
});

function baselineOf(...readings: InterfaceCounters[]): CounterBaseline {
  const ledger = new CounterLedger();
  ledger.update(moment(0), readings);
  return ledger.baseline()!;
}

const sums = (caught: CaughtUp): [number, number] => {
  const rows = caught.parts.flatMap((part) => part.interfaces);
  return [rows.reduce((sum, row) => sum + row.rxBytes, 0), rows.reduce((sum, row) => sum + row.txBytes, 0)];
};

test('what moved while no recorder ran is the difference, dated between the baseline and now, to the byte', () => {
  const caught = catchUp(
    baselineOf(reading({ rxBytes: 500 })),
    [reading({ rxBytes: 1_000_500, txBytes: 77 })],
    moment(HOUR),
  );
  assert.deepEqual(sums(caught), [1_000_000, 77]);
  assert.deepEqual(
    [caught.startUs, caught.endUs, caught.bytes, caught.countedBytes],
    [WALL, WALL + HOUR, 1_000_077, 1_000_077],
  );
  assert.equal(caught.parts.length, 60);
  assert.deepEqual(
    caught.parts.map((part) => part.startUs % (60 * SECOND)),
    Array(60).fill(0),
  );
  assert.deepEqual(caught.notices, ['1.00 MB moved while no recorder ran; they are spread evenly over that time']);
  assert.ok(!('unknown' in caught));
});

test('a first start, and a recorder that was away while nothing moved', () => {
  assert.deepEqual(catchUp(undefined, [reading({ rxBytes: 1e9 })], moment(0)).parts, []);
  const caught = catchUp(baselineOf(reading({ rxBytes: 9 })), [reading({ rxBytes: 9 })], moment(HOUR));
  assert.deepEqual([caught.parts, caught.notices], [[], []]);
});

test('after a restart of the machine: its counters since then, dated since then, and the time before is unknown', () => {
  const now = moment(10 * HOUR, { bootId: 'second', monotonicUs: 2 * HOUR, uptimeUs: 3 * HOUR });
  const caught = catchUp(baselineOf(reading({ rxBytes: 5e9 })), [reading({ ifindex: 7, rxBytes: 1000 })], now);
  assert.deepEqual(sums(caught), [1000, 0]);
  assert.deepEqual([caught.startUs, caught.endUs], [WALL + 7 * HOUR, WALL + 10 * HOUR]);
  assert.deepEqual(caught.unknown, { startUs: WALL, endUs: WALL + 7 * HOUR });
  assert.match(caught.notices.at(-1)!, /restarted while no recorder ran/);
});

test('interfaces made since the baseline: all they counted; ones that were there under another number: unknown, and said', () => {
  const baseline = baselineOf(reading({ rxBytes: 100 }), reading({ name: 'ppp0', ifindex: 5, rxBytes: 9 }));
  const made = catchUp(
    baseline,
    [reading({ rxBytes: 100 }), reading({ name: 'ppp0', ifindex: 6, rxBytes: 700 })],
    moment(HOUR),
  );
  assert.deepEqual(sums(made), [700, 0]);
  const old = catchUp(baseline, [reading({ name: 'ppp0', ifindex: 3, rxBytes: 700 })], moment(HOUR));
  assert.deepEqual(old.parts, []);
  assert.match(old.notices[0]!, /^ppp0 is another interface now/);
});

test('counters that are smaller, and ones that grew by more than the link carries, are left out and said', () => {
  const baseline = baselineOf(reading({ rxBytes: 5000, speedMbit: 100 }));
  const smaller = catchUp(baseline, [reading({ rxBytes: 4000, speedMbit: 100 })], moment(HOUR));
  assert.deepEqual([smaller.parts.length, smaller.notices.length], [0, 1]);
  const huge = catchUp(baseline, [reading({ rxBytes: 1e12, speedMbit: 100 })], moment(HOUR));
  assert.deepEqual(huge.parts, []);
  assert.match(huge.notices[0]!, /^eth0: its counters grew by more than the link carries/);
  const boot = moment(HOUR, { bootId: 'second', monotonicUs: 60 * SECOND, uptimeUs: 60 * SECOND });
  assert.equal(catchUp(baseline, [reading({ rxBytes: 1e12, speedMbit: 100 })], boot).bytes, 0);
});

test('a reading in doubt when the recorder ended is decided at the next start', () => {
  const ledger = new CounterLedger();
  ledger.update(moment(0), [reading({ rxBytes: 1000, speedMbit: 100 })]);
  ledger.update(moment(SECOND), [reading({ rxBytes: 9e12, speedMbit: 100 })]);
  const baseline = parseBaseline(structuredClone(ledger.baseline()));
  const wrong = catchUp(baseline, [reading({ rxBytes: 1400, speedMbit: 100 })], moment(HOUR));
  assert.deepEqual(sums(wrong), [400, 0]);
  const stayed = catchUp(baseline, [reading({ rxBytes: 9e12 + 5, speedMbit: 100 })], moment(HOUR));
  assert.deepEqual(sums(stayed), [5, 0]);
});

test('a clock that was set back touches no time that is recorded already', () => {
  const now = moment(HOUR, { wallUs: WALL - 24 * HOUR });
  const caught = catchUp(baselineOf(reading()), [reading({ rxBytes: 1000 })], now);
  assert.deepEqual(
    caught.parts.map((part) => [part.startUs, part.endUs]),
    [[now.wallUs, now.wallUs]],
  );
  assert.deepEqual(sums(caught), [1000, 0]);
  assert.match(caught.notices[0]!, /clock was set back/);
});

test('where the boot has no certain id, a clock that was set is not a restart', () => {
  const guessed = { ...baselineOf(reading({ rxBytes: 1e9 })), bootId: 'started-1000' };
  const now = moment(HOUR, { bootId: 'started-2000' });
  assert.deepEqual(sums(catchUp(guessed, [reading({ rxBytes: 1e9 + 5 })], now)), [5, 0]);
});

test('interfaces that do not add to totals are caught up too, and not spoken of', () => {
  const baseline = baselineOf(reading({ counted: false }));
  const caught = catchUp(baseline, [reading({ rxBytes: 1000, counted: false })], moment(HOUR));
  assert.deepEqual([caught.bytes, caught.countedBytes, caught.notices], [1000, 0, []]);
  assert.equal(caught.parts[0]?.interfaces[0]?.counted, false);
});

test('pieces: whole steps, no more than a hundred but for years, in local days', () => {
  const of = (seconds: number, alignS = 0): number[] => pieceEnds(WALL + 1, WALL + 1 + seconds * SECOND, alignS);
  assert.equal(of(5).length, 2);
  assert.deepEqual(
    of(25).map((end) => end - WALL),
    [1, 10 * SECOND, 20 * SECOND, 25 * SECOND + 1],
  );
  for (const [seconds, step] of [
    [900, 10],
    [5_000, 60],
    [300_000, 3_600],
    [30 * 86_400, 86_400],
  ] as const) {
    const inner = of(seconds, 19_800).slice(1, -1);
    assert.ok(inner.length <= 100 && inner.every((end) => (end / SECOND + 19_800) % step === 0), String(seconds));
  }
  assert.ok(of(50 * 365 * 86_400).length <= 1_002);
  assert.deepEqual(pieceEnds(WALL, WALL, 0), [WALL, WALL]);
});

test('shares are whole, even, and add up', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 31 - 1), fc.integer({ min: 0, max: 2 ** 31 }), fc.maxSafeNat(), (startS, lengthS, sum) => {
      const ends = pieceEnds(startS * SECOND, (startS + lengthS) * SECOND, 0);
      const shares = spreadEvenly(sum, ends);
      assert.equal(
        shares.reduce((total, share) => total + BigInt(share), 0n),
        BigInt(sum),
      );
      for (const [i, share] of shares.entries()) {
        const even = lengthS === 0 ? sum : sum * ((ends[i + 1]! - ends[i]!) / (lengthS * SECOND));
        assert.ok(share >= 0 && Math.abs(share - even) <= 2 + sum * 1e-9);
      }
    }),
  );
});

test('what is no whole baseline is none', () => {
  const good = baselineOf(reading({ speedMbit: 100, carrierChanges: 1 }));
  assert.deepEqual(parseBaseline(JSON.parse(JSON.stringify(good))), good);
  const [row] = good.interfaces;
  for (const bad of [
    undefined,
    null,
    7,
    'text',
    [],
    {},
    { ...good, version: 2 },
    { ...good, wallUs: Number.NaN },
    { ...good, monotonicUs: -1 },
    { ...good, interfaces: {} },
    { ...good, interfaces: [{ ...row, rxBytes: -5 }] },
    { ...good, interfaces: [{ ...row, rxBytes: Number.POSITIVE_INFINITY }] },
    { ...good, interfaces: [{ ...row, rxBytes: '5' }] },
    { ...good, interfaces: [{ ...row, class: 'magic' }] },
    { ...good, interfaces: [{ ...row, name: 'x'.repeat(300) }] },
    { ...good, interfaces: [row, row] },
    { ...good, interfaces: Array.from({ length: 1025 }, (_, i) => ({ ...row, ifindex: i + 1 })) },
    { ...good, interfaces: [{ ...row, suspect: { kind: 'over' } }] },
  ]) {
    assert.equal(parseBaseline(bad), undefined, JSON.stringify(bad)?.slice(0, 80));
  }
  fc.assert(fc.property(fc.anything(), (anything) => parseBaseline(anything) === undefined));
});

test('the clocks of this machine', () => {
  const first = counterMoment();
  const second = startMoment();
  assert.ok(second.monotonicUs >= first.monotonicUs && second.bootId === first.bootId && first.bootId.length > 5);
  assert.ok(second.uptimeUs > 0 && second.wallUs > 1.6e15);
  // The same clock for every process of a boot: sleep is in the one and not in the other.
  if (process.platform === 'linux') assert.ok(second.uptimeUs >= second.monotonicUs - SECOND);
});
