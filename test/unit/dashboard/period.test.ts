import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PERIODS, periodOf } from '@kaipo/cli/dashboard/period.js';
import { fittingGroupings, GROUPINGS, MAX_STEPS, nearestStop, stopOf, WINDOWS } from '@kaipo/cli/dashboard/windows.js';
import { periodAsked } from '@kaipo/core/query/time-range.js';
import { parseStep } from '@kaipo/core/query/time-steps.js';

const NOW_US = new Date('2026-11-21T14:30:00').getTime() * 1000;

describe('the period of a view', () => {
  it('is a word the API knows, whichever is chosen', () => {
    for (const { id } of [...PERIODS, ...WINDOWS]) {
      const { ask } = periodOf({ period: id });
      const range = periodAsked(ask, NOW_US, 'today');
      assert.ok(range.fromUs < range.toUs, id);
    }
    assert.deepEqual(periodOf({ period: 'month' }).ask, { period: 'this month' });
    assert.deepEqual(periodOf({ period: '2026-10' }), {
      id: '2026-10',
      label: 'October 2026',
      ask: { period: '2026-10' },
    });
  });

  it('is the first choice when it is no period', () => {
    assert.equal(periodOf({}).id, 'today');
    assert.equal(periodOf({ period: 'alert(1)' }).id, 'today');
  });

  it('between two moments goes before a word', () => {
    const own = periodOf({ period: '7d', from: '2026-11-01', to: '2026-11-05' });
    assert.deepEqual(own, {
      id: 'own',
      label: '2026-11-01 – 2026-11-05',
      ask: { from: '2026-11-01', to: '2026-11-05' },
    });
    const seconds = String(new Date('2026-11-01T14:05:00').getTime() / 1000);
    assert.equal(periodOf({ from: seconds }).label, '2026-11-01 14:05 – now');
  });
});

describe('the sliders', () => {
  it('have steps the API knows', () => {
    for (const { id } of GROUPINGS) if (id !== 'auto') assert.doesNotThrow(() => parseStep(id), id);
  });

  it('offer only steps that can be drawn in the window', () => {
    for (const { seconds } of WINDOWS) {
      const fitting = fittingGroupings(seconds);
      assert.equal(fitting[0]?.id, 'auto');
      assert.ok(fitting.length > 1);
      for (const stop of fitting.slice(1)) assert.ok(seconds / stop.seconds <= MAX_STEPS, stop.id);
    }
    assert.deepEqual(
      fittingGroupings(3600).map(({ id }) => id),
      ['auto', '1m', '5m', '15m'],
    );
  });

  it('stand at the nearest stop, by ratio', () => {
    assert.equal(WINDOWS[nearestStop(WINDOWS, 86_400 * 8)]?.id, '7d');
    assert.equal(WINDOWS[nearestStop(WINDOWS, 1)]?.id, '1h');
    assert.equal(stopOf(WINDOWS, '30d')?.label, '30 days');
  });
});
