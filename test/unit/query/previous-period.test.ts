// What a period is compared with: months, days across a change of the clock, spans.
import assert from 'node:assert/strict';
import test from 'node:test';
import { previousPeriod } from '@kaipo/core/query/previous-period.js';
import { localText } from '@kaipo/core/query/time-range.js';

process.env['TZ'] = 'Europe/Berlin';

const us = (text: string): number => new Date(text).getTime() * 1000;
const before = (from: string, to: string): string[] => {
  const { fromUs, toUs } = previousPeriod({ fromUs: us(from), toUs: us(to) });
  return [localText(fromUs), localText(toUs)];
};

test('of a month the month before, of a month so far the same part of it', () => {
  assert.deepEqual(before('2026-03-01T00:00', '2026-04-01T00:00'), ['2026-02-01 00:00:00', '2026-03-01 00:00:00']);
  assert.deepEqual(before('2026-11-01T00:00', '2026-11-21T14:30'), ['2026-10-01 00:00:00', '2026-10-21 14:30:00']);
  assert.deepEqual(before('2026-03-01T00:00', '2026-03-30T12:00'), ['2026-02-01 00:00:00', '2026-03-01 00:00:00']);
});

test('of days as many days before by the clock on the wall', () => {
  assert.deepEqual(before('2026-11-01T00:00', '2026-11-02T00:00'), ['2026-10-31 00:00:00', '2026-11-01 00:00:00']);
  assert.deepEqual(before('2026-11-21T00:00', '2026-11-21T14:30'), ['2026-11-20 00:00:00', '2026-11-20 14:30:00']);
  // Summer time ended on 25 October: one of the two weeks has an hour more.
  assert.deepEqual(before('2026-10-26T00:00', '2026-11-02T00:00'), ['2026-10-19 00:00:00', '2026-10-26 00:00:00']);
  assert.deepEqual(before('2026-11-16T00:00', '2026-11-18T12:00'), ['2026-11-13 00:00:00', '2026-11-15 12:00:00']);
});

test('of anything else as much time before', () => {
  assert.deepEqual(before('2026-11-21T10:00', '2026-11-21T14:30'), ['2026-11-21 05:30:00', '2026-11-21 10:00:00']);
});
