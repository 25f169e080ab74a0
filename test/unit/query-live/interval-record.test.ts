// What of an interval is recorded, and what privacy leaves out.
import assert from 'node:assert/strict';
import test from 'node:test';
import { caughtUpRecord, type IntervalParts, intervalRecord } from '@kaipo/cli/live/interval-record.js';
import type { BookRow } from '@kaipo/core/api/interval-record.js';
import type { ClosedBooks } from '@kaipo/core/query/live-books.js';

const SUMS = { txBytes: 10, rxBytes: 20, txPackets: 1, rxPackets: 2 };
const STILL = { txBytes: 0, rxBytes: 0, txPackets: 0, rxPackets: 0 };
const BOOKS: ClosedBooks = {
  kernelBytes: 30,
  attributedBytes: 11,
  unknown: { 'no-socket': 5, 'not-a-flow': 4 },
  notCaptured: { 'ring-full': 12 },
  inFlightBytes: -2,
};
const ROW = { ...SUMS, flows: 1, interface: 'eth0', zone: 'internet' } as const;

const PARTS: IntervalParts = {
  startUs: 1e6,
  endUs: 2e6,
  mode: 'capture',
  interfaces: [
    { name: 'eth0', class: 'physical', counted: true, ...SUMS },
    { name: 'br0', class: 'bridge', counted: false, ...SUMS },
    { name: 'eth1', class: 'physical', counted: true, ...STILL },
  ],
  movement: {
    apps: [{ ...ROW, name: 'curl', quality: 'event' }],
    hosts: [{ ...ROW, name: '198.51.100.1' }],
    protocols: [{ ...ROW, name: 'tls' }],
    unknown: [{ ...ROW, name: 'no-socket' }],
  },
  capture: { received: 5, delivered: 4, droppedByKernel: 1, droppedByHelper: 0 },
  books: new Map([['eth0', BOOKS]]),
  privacy: 'full',
};

function residual(rows: readonly BookRow[]): number {
  return rows.reduce((left, { category, bytes }) => left + (category === 'kernel' ? bytes : -bytes), 0);
}

test('rows on no interface are booked apart, and not under usage-only', () => {
  const { interface: _, ...nowhere } = ROW;
  const movement = {
    apps: [
      { ...ROW, name: 'curl', quality: 'proc-snapshot' as const },
      { ...nowhere, name: 'curl', quality: 'proc-snapshot' as const },
    ],
    hosts: [],
    protocols: [],
    unknown: [{ ...nowhere, name: 'short-lived' }],
  };
  const record = intervalRecord({ ...PARTS, mode: 'counters', movement });
  const apart = record.books.filter((row) => row.interface === '');
  assert.deepEqual(apart, [{ interface: '', category: 'unknown', reason: 'elsewhere', bytes: 60 }]);
  assert.equal(residual(record.books.filter((row) => row.interface !== '')), 0);
  const reduced = intervalRecord({ ...PARTS, mode: 'counters', movement, privacy: 'usage-only' });
  assert.deepEqual(
    reduced.books.filter((row) => row.interface === ''),
    [],
  );
});

test('interfaces that moved, rows by scope, books', () => {
  const record = intervalRecord(PARTS);
  assert.deepEqual(
    record.interfaces.map(({ name, counted }) => [name, counted]),
    [
      ['eth0', true],
      ['br0', false],
    ],
  );
  assert.deepEqual(record.apps, PARTS.movement?.apps);
  assert.deepEqual(record.unknown, PARTS.movement?.unknown);
  assert.equal(residual(record.books), 0);
  assert.deepEqual(
    record.books.map(({ category, reason, bytes }) => [category, reason, bytes]),
    [
      ['kernel', 'none', 30],
      ['attributed', 'none', 11],
      ['unknown', 'no-socket', 5],
      ['unknown', 'not-a-flow', 4],
      ['not-captured', 'ring-full', 12],
      ['in-flight', 'none', -2],
    ],
  );
});

test('usage-only: how much on which interface, and nothing of who, where or what; the books close', () => {
  const record = intervalRecord({ ...PARTS, privacy: 'usage-only' });
  for (const list of [record.apps, record.hosts, record.protocols, record.unknown]) assert.deepEqual(list, []);
  assert.equal(record.interfaces.length, 2);
  assert.equal(residual(record.books), 0);
  assert.deepEqual(
    record.books.map(({ category, reason, bytes }) => [category, reason, bytes]),
    [
      ['kernel', 'none', 30],
      ['unknown', 'none', 20],
      ['not-captured', 'ring-full', 12],
      ['in-flight', 'none', -2],
    ],
  );
  assert.doesNotMatch(JSON.stringify(record), /curl|198\.51|tls|no-socket|internet/);
});

test('without capture there are interfaces and books', () => {
  const record = intervalRecord({ ...PARTS, movement: undefined, mode: 'counters' });
  assert.deepEqual([record.apps, record.hosts, record.protocols, record.unknown], [[], [], [], []]);
  assert.equal(record.interfaces.length, 2);
});

test('what was caught up is not captured: no recorder ran', () => {
  const record = caughtUpRecord({ startUs: 0, endUs: 60e6, interfaces: PARTS.interfaces });
  assert.equal(record.isCaughtUp, true);
  assert.deepEqual(record.books, [
    { interface: 'eth0', category: 'kernel', reason: 'none', bytes: 30 },
    { interface: 'eth0', category: 'not-captured', reason: 'recorder-down', bytes: 30 },
  ]);
  assert.deepEqual(
    record.interfaces.map(({ name }) => name),
    ['eth0', 'br0'],
  );
});
