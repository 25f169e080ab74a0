import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CapMeasured } from '@kaipo/core/api/index.js';
import { measureCaps } from '@kaipo/core/query/measure-caps.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { capForecastPlugin } from '@kaipo/plugins/anomalies/cap-forecast/index.js';
import { capReachedPlugin } from '@kaipo/plugins/anomalies/cap-reached/index.js';
import { withDirectory } from '../../contract/store.contract.js';
import { DetectorRun, detectorOf, intervalAt } from '../../fixtures/detector-harness.js';
import { DAY_US, HOUR_US, MONDAY_US } from '../../fixtures/ordinary-weeks.js';

const measured = (day: number, usedBytes: number, more: Partial<CapMeasured> = {}): CapMeasured => ({
  ...{ kind: 'cap.measured', tsUs: MONDAY_US + day * DAY_US, name: 'mobile', usedBytes, limitBytes: 100e9 },
  ...{ warnAt: [0.5, 0.8], periodFromUs: MONDAY_US, periodToUs: MONDAY_US + 30 * DAY_US },
  ...more,
});

describe('cap-reached', () => {
  it('tells each share once, as one incident a period, also after a restart', () => {
    const run = new DetectorRun(detectorOf(capReachedPlugin));
    for (const [day, gb] of [
      [1, 20],
      [5, 51],
      [6, 55],
      [9, 81],
      [10, 90],
      [15, 101],
      [16, 120],
    ] as const) {
      run.tell(measured(day, gb * 1e9)).restart();
    }
    assert.deepEqual(
      run.findings.map(({ severity, evidence }) => [severity, evidence['toldAtPercent']]),
      [
        ['warning', 50],
        ['warning', 80],
        ['critical', 100],
      ],
    );
    assert.equal(run.keys.length, 1);
    const next = { periodFromUs: MONDAY_US + 30 * DAY_US, periodToUs: MONDAY_US + 60 * DAY_US };
    run.tell(measured(31, 1e9, next), measured(40, 60e9, next));
    assert.equal(run.keys.length, 2);
  });
});

describe('cap-forecast', () => {
  it('waits until something is known, tells, and takes it back', () => {
    const run = new DetectorRun(detectorOf(capForecastPlugin));
    run.tell(measured(1, 10e9, { forecastBytes: 300e9, patternDays: 0 }), measured(8, 20e9, { forecastBytes: 105e9 }));
    assert.deepEqual(run.keys, []);
    run.tell(measured(9, 40e9, { forecastBytes: 130e9 }), measured(10, 41e9, { forecastBytes: 104e9 }));
    run.tell(measured(12, 42e9, { forecastBytes: 95e9 }), measured(13, 43e9, { forecastBytes: 94e9 }));
    assert.deepEqual(
      run.findings.map(({ isOver }) => isOver === true),
      [false, true],
    );
  });
});

describe('caps as events', () => {
  it('are measured from history', () =>
    withDirectory(async (dir) => {
      const store = openStore({ dir, clock: () => MONDAY_US + DAY_US });
      const sums = { txBytes: 1e9, rxBytes: 2e9, txPackets: 1, rxPackets: 1 };
      const interfaces = [{ name: 'eth0', class: 'physical' as const, ...sums }];
      await store.append({
        intervals: Array.from({ length: 10 }, (_, hour) =>
          intervalAt(MONDAY_US + (hour + 1) * HOUR_US, { startUs: MONDAY_US + hour * HOUR_US, interfaces }),
        ),
      });
      const cap = {
        name: 'all',
        limitBytes: 40e9,
        interfaces: [],
        direction: 'both',
        period: 'day',
        billingDay: 1,
      } as const;
      const [event] = measureCaps(store, [{ ...cap, warnAt: [0.7] }], MONDAY_US + 10 * HOUR_US);
      assert.deepEqual([event!.usedBytes, event!.limitBytes, event!.periodFromUs], [30e9, 40e9, MONDAY_US]);
      assert.ok(event!.forecastBytes! > 60e9);
      const reached = new DetectorRun(detectorOf(capReachedPlugin)).tell(event!);
      assert.equal(reached.last?.severity, 'warning');
      await store.close();
    }));
});
