// Periods as people write them, in a zone with summer time.
import assert from 'node:assert/strict';
import test from 'node:test';
import { localDay, localMonth, localText, parseRange, parseTime } from '@kaipo/core/query/time-range.js';

process.env['TZ'] = 'Europe/Berlin';
const at = (text: string): number => new Date(text).getTime() * 1000;
const NOW = at('2026-11-21T09:30:00');
const HOUR_US = 3_600_000_000;

test('every form of a time', () => {
  const forms: [string, number][] = [
    ['now', NOW],
    ['today', at('2026-11-21T00:00:00')],
    ['Yesterday', at('2026-11-20T00:00:00')],
    ['2026-11-01', at('2026-11-01T00:00:00')],
    ['2026-11-01T14:05', at('2026-11-01T14:05:00')],
    ['2026-11-01 14:05:06', at('2026-11-01T14:05:06')],
    ['2026-11-01T14:05:06.250Z', Date.UTC(2026, 10, 1, 14, 5, 6, 250) * 1000],
    ['-2h', NOW - 2 * HOUR_US],
    ['-30m', NOW - HOUR_US / 2],
    ['-1.5d', NOW - 36 * HOUR_US],
    ['1700000000', 1_700_000_000_000_000],
    ['1700000000.5', 1_700_000_000_500_000],
  ];
  for (const [text, expected] of forms) assert.equal(parseTime(text, 'from', NOW), expected, text);
});

test('a day as an end is the end of that day, never later than now', () => {
  assert.equal(parseTime('2026-11-19', 'to', NOW), at('2026-11-20T00:00:00'));
  assert.equal(parseTime('yesterday', 'to', NOW), at('2026-11-21T00:00:00'));
  assert.equal(parseTime('today', 'to', NOW), NOW);
});

test('days of 23 and 25 hours, and months', () => {
  const spring = localDay(at('2026-03-29T12:00:00'));
  assert.equal(spring.toUs - spring.fromUs, 23 * HOUR_US);
  const autumn = localDay(at('2026-10-25T12:00:00'));
  assert.equal(autumn.toUs - autumn.fromUs, 25 * HOUR_US);
  assert.deepEqual(localMonth(NOW), { fromUs: at('2026-11-01T00:00:00'), toUs: at('2026-12-01T00:00:00') });
  assert.equal(localText(at('2026-02-03T04:05:06')), '2026-02-03 04:05:06');
});

test('what is no time is a usage error that shows the forms', () => {
  for (const text of ['', 'tomorrow-ish', '2026-02-31', '2026-13-01', '25', '-2y', '2026-11-01T99:00', '\u001b[31m']) {
    assert.throws(() => parseTime(text, 'from', NOW), { code: 'KAIPO_USAGE', fix: /yesterday/ }, text);
  }
});

test('a period', () => {
  assert.deepEqual(parseRange(undefined, undefined, NOW), { fromUs: NOW - 24 * HOUR_US, toUs: NOW });
  assert.deepEqual(parseRange('yesterday', 'yesterday', NOW), localDay(NOW, -1));
  assert.deepEqual(parseRange(undefined, '2026-11-01', NOW), {
    fromUs: at('2026-11-01T00:00:00'),
    toUs: at('2026-11-02T00:00:00'),
  });
  assert.throws(() => parseRange('now', '-2h', NOW), { code: 'KAIPO_USAGE', message: /empty/ });
});
