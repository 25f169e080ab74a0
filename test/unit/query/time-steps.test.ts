// Steps of a period: they tile it, and days stay days when the clock changes.
import assert from 'node:assert/strict';
import test from 'node:test';
import { fittingStep, parseStep, type Step, stepsOf } from '@kaipo/core/query/time-steps.js';
import fc from 'fast-check';

process.env['TZ'] = 'Europe/Berlin';
const at = (text: string): number => new Date(text).getTime() * 1000;
const HOUR_US = 3_600_000_000;

test('steps tile any period', () => {
  const step = fc.constantFrom<Step[]>('day', 'week', 'month', 'year', 60e6 * 7, 900e6, HOUR_US);
  const startUs = fc.integer({ min: at('2024-01-01'), max: at('2027-01-01') });
  fc.assert(
    fc.property(startUs, fc.integer({ min: 1, max: 40 * 24 * HOUR_US }), step, (fromUs, lengthUs, by) => {
      let endUs = fromUs;
      for (const { fromUs: start, toUs: end } of stepsOf({ fromUs, toUs: fromUs + lengthUs }, by)) {
        assert.equal(start, endUs);
        assert.ok(end > start);
        endUs = end;
      }
      assert.equal(endUs, fromUs + lengthUs);
    }),
    { numRuns: 60 },
  );
});

test('days of 23 and 25 hours', () => {
  const hoursOf = (day: string): number => {
    const range = { fromUs: at(`${day}T00:00`), toUs: at(`${day}T00:00`) + 26 * HOUR_US };
    return [...stepsOf(range, HOUR_US)].filter(({ toUs }) => toUs <= [...stepsOf(range, 'day')][0]!.toUs).length;
  };
  assert.equal(hoursOf('2026-03-29'), 23);
  assert.equal(hoursOf('2026-10-25'), 25);
  assert.equal(hoursOf('2026-10-24'), 24);
});

test('lengths of steps', () => {
  assert.equal(parseStep('1h'), HOUR_US);
  assert.equal(parseStep('15m'), 900e6);
  assert.equal(parseStep('Day'), 'day');
  for (const text of ['', '0m', '25h', '1x', '-1h', '1.5h'])
    assert.throws(() => parseStep(text), { code: 'KAIPO_USAGE' });
  assert.equal(fittingStep({ fromUs: 0, toUs: HOUR_US }), 300e6);
  assert.equal(fittingStep({ fromUs: 0, toUs: 24 * HOUR_US }), HOUR_US);
  assert.equal(fittingStep({ fromUs: 0, toUs: 30 * 24 * HOUR_US }), 'day');
  assert.equal(fittingStep({ fromUs: 0, toUs: 400 * 24 * HOUR_US }), 'month');
});
