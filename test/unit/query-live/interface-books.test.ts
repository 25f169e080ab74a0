// The books of all interfaces: each closes by itself, interfaces come and go, and what is shown is the sum of what is kept.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { BookRow } from '@kaipo/core/api/interval-record.js';
import { capturedByInterface } from '@kaipo/core/query/captured-sums.js';
import { bookRows, InterfaceBooks, sumBooks } from '@kaipo/core/query/interface-books.js';
import type { IntervalSums } from '@kaipo/core/query/live-books.js';
import fc from 'fast-check';

const sums = (more: Partial<IntervalSums>): IntervalSums => ({
  intervalUs: 1e6,
  coverage: 'running',
  kernelBytes: 0,
  attributedBytes: 0,
  unknown: {},
  capturedPackets: 0,
  droppedByKernel: 0,
  droppedByHelper: 0,
  reports: 1,
  ...more,
});

/** What is left of each interface when the other sides are taken from the kernel's. */
function residuals(rows: readonly BookRow[]): Record<string, number> {
  const left: Record<string, number> = {};
  for (const { interface: name, category, bytes } of rows)
    left[name] = (left[name] ?? 0) + (category === 'kernel' ? bytes : -bytes);
  return left;
}

test('each interface has its own reasons, and the sums are theirs', () => {
  const closed = new InterfaceBooks().close(
    new Map([
      ['eth0', sums({ kernelBytes: 1000, attributedBytes: 600, unknown: { 'no-socket': 300 } })],
      ['eth1', sums({ kernelBytes: 500, coverage: 'not-selected' })],
      ['lo', sums({ kernelBytes: 70, unknown: { 'no-ports': 70 } })],
    ]),
    1e6,
  );
  assert.deepEqual(bookRows(closed), [
    { interface: 'eth0', category: 'kernel', reason: 'none', bytes: 1000 },
    { interface: 'eth0', category: 'attributed', reason: 'none', bytes: 600 },
    { interface: 'eth0', category: 'unknown', reason: 'no-socket', bytes: 300 },
    { interface: 'eth0', category: 'in-flight', reason: 'none', bytes: 100 },
    { interface: 'eth1', category: 'kernel', reason: 'none', bytes: 500 },
    { interface: 'eth1', category: 'not-captured', reason: 'not-selected', bytes: 500 },
    { interface: 'lo', category: 'kernel', reason: 'none', bytes: 70 },
    { interface: 'lo', category: 'unknown', reason: 'no-ports', bytes: 70 },
  ]);
  assert.deepEqual(
    sumBooks(closed, (name) => name !== 'lo'),
    {
      kernelBytes: 1500,
      attributedBytes: 600,
      unknownBytes: 300,
      notCapturedBytes: 500,
      inFlightBytes: 100,
      unknownReasons: { 'no-socket': 300 },
      notCapturedReasons: { 'not-selected': 500 },
    },
  );
});

test('an interface that is gone settles what was still to come, once', () => {
  const books = new InterfaceBooks();
  books.close(new Map([['ppp0', sums({ kernelBytes: 100 })]]), 1e6);
  assert.deepEqual(bookRows(books.close(new Map(), 1e6)), [
    { interface: 'ppp0', category: 'not-captured', reason: 'capture-gap', bytes: 100 },
    { interface: 'ppp0', category: 'in-flight', reason: 'none', bytes: -100 },
  ]);
  assert.deepEqual(bookRows(books.close(new Map(), 1e6)), []);
});

test('rows of applications and of the unknown become sums by interface', () => {
  const row = { txBytes: 10, rxBytes: 5, txPackets: 2, rxPackets: 1, flows: 1 };
  const captured = capturedByInterface(
    {
      apps: [
        { ...row, name: 'curl', quality: 'event', interface: 'eth0', zone: 'lan' },
        { ...row, name: 'curl', quality: 'event', interface: 'eth0', zone: 'internet' },
      ],
      unknown: [
        { ...row, name: 'no-socket', interface: 'eth0', zone: 'lan' },
        { ...row, name: 'not-a-flow', interface: 'eth1' },
        { ...row, name: 'file' },
      ],
    },
    new Map([
      ['eth0', { droppedByKernel: 3, droppedByHelper: 0, reports: 1 }],
      ['eth2', { droppedByKernel: 0, droppedByHelper: 4, reports: 1 }],
    ]),
    (name) => (name === 'eth2' ? 'broken' : 'running'),
  );
  const { intervalUs: _, kernelBytes: __, ...nothing } = sums({});
  assert.deepEqual(Object.fromEntries(captured), {
    eth0: { ...nothing, attributedBytes: 30, unknown: { 'no-socket': 15 }, capturedPackets: 9, droppedByKernel: 3 },
    eth1: { ...nothing, reports: 0, unknown: { 'not-a-flow': 15 }, capturedPackets: 3 },
    eth2: { ...nothing, coverage: 'broken', droppedByHelper: 4 },
  });
});

test('any interfaces, coming and going, captured or not: each closes to the byte, and so does the sum', () => {
  const one = fc.record({
    coverage: fc.constantFrom('running', 'restarted', 'broken', 'counters-only', 'not-selected') as fc.Arbitrary<
      IntervalSums['coverage']
    >,
    kernelBytes: fc.integer({ min: 0, max: 1e9 }),
    attributedBytes: fc.integer({ min: 0, max: 1e9 }),
    droppedByKernel: fc.integer({ min: 0, max: 1000 }),
  });
  const interval = fc.dictionary(fc.constantFrom('eth0', 'eth1', 'wlan0', 'ppp0', 'lo'), one);
  fc.assert(
    fc.property(fc.array(interval, { maxLength: 40 }), (intervals) => {
      const books = new InterfaceBooks();
      const all: BookRow[] = [];
      for (const interfaces of [...intervals, {}, {}]) {
        const closed = books.close(new Map(Object.entries(interfaces).map(([name, row]) => [name, sums(row)])), 1e6);
        const rows = bookRows(closed);
        for (const [name, left] of Object.entries(residuals(rows))) assert.equal(left, 0, name);
        const shown = sumBooks(closed, () => true);
        assert.equal(
          shown.kernelBytes,
          shown.attributedBytes + shown.unknownBytes + shown.notCapturedBytes + shown.inFlightBytes,
        );
        all.push(...rows);
      }
      assert.ok(Object.values(residuals(all)).every((left) => left === 0));
    }),
    { numRuns: 200 },
  );
});
