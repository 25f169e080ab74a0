import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { byteMarks, markText, timeTexts } from '@kaipo/cli/dashboard/axis.js';
import { liveSteps, liveSums, pastPoints } from '@kaipo/cli/dashboard/live-sums.js';
import { gapsOf } from '@kaipo/cli/dashboard/stack.js';
import { layerAt, type ShapeLayer, shapeOf, stepAt } from '@kaipo/cli/dashboard/traffic-shape.js';
import fc from 'fast-check';

const step = (from: number, recordedSeconds = 10): { from: number; to: number; recordedSeconds: number } => ({
  from,
  to: from + 10,
  recordedSeconds,
});
const layer = (id: string, rxBytes: readonly number[], txBytes: readonly number[]): ShapeLayer => ({
  id,
  label: id,
  color: 0,
  rxBytes,
  txBytes,
});
const STEPS = [step(0), step(10, 0), step(20, 5)];
const LAYERS = [layer('a', [100, 0, 50], [10, 0, 5]), layer('b', [200, 0, 50], [20, 0, 5])];
const RANGE = { from: 0, to: 30 };

describe('traffic as a chart draws it', () => {
  it('stands upon each other, received above and sent below the line', () => {
    const shape = shapeOf({ steps: STEPS, layers: LAYERS, direction: 'both', measure: 'amount', range: RANGE });
    assert.deepEqual(shape.up, [
      [100, undefined, 50],
      [300, undefined, 100],
    ]);
    assert.deepEqual(shape.down, [
      [10, undefined, 5],
      [30, undefined, 10],
    ]);
    assert.deepEqual([shape.mostUp, shape.mostDown], [300, 30]);
  });

  it('is a gap, not zero, where nothing was recorded', () => {
    const shape = shapeOf({ steps: STEPS, layers: LAYERS, direction: 'total', measure: 'amount', range: RANGE });
    assert.deepEqual(shape.up[1], [330, undefined, 110]);
    assert.deepEqual(shape.gaps, [
      { from: 10, to: 20, missing: 1 },
      { from: 20, to: 30, missing: 0.5 },
    ]);
  });

  it('has the speed of the time that was recorded', () => {
    const shape = shapeOf({ steps: STEPS, layers: LAYERS, direction: 'rx', measure: 'speed', range: RANGE });
    assert.deepEqual(shape.up.at(-1), [30, undefined, 20]);
    assert.deepEqual(shape.down, []);
  });

  it('shows what was imported, which has bytes and no time', () => {
    const shape = shapeOf({
      steps: [step(0, 0)],
      layers: [layer('a', [70], [0])],
      direction: 'rx',
      measure: 'speed',
      range: RANGE,
    });
    assert.deepEqual(shape.up, [[7]]);
    assert.deepEqual(shape.gaps, []);
  });

  it('knows which layer is under the pointer, on both sides of the line', () => {
    const shape = shapeOf({ steps: STEPS, layers: LAYERS, direction: 'both', measure: 'amount', range: RANGE });
    assert.deepEqual(
      [50, 150, 301, -5, -15, -31].map((value) => layerAt(shape, 0, value)),
      [0, 1, undefined, 0, 1, undefined],
    );
    assert.equal(layerAt(shape, 1, 10), undefined);
  });

  it('finds the step of a moment', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: -10, max: 700 }), (count, ts) => {
        const steps = Array.from({ length: count }, (_, index) => step(index * 10));
        assert.equal(stepAt(steps, ts), ts >= 0 && ts < count * 10 ? Math.floor(ts / 10) : undefined);
      }),
    );
  });

  it('misses nothing before what was asked for, and nothing that is to come', () => {
    const steps = [step(0, 4), step(10), step(20, 3), step(30, 0)];
    assert.deepEqual(gapsOf(steps, { from: 6, to: 23 }), []);
    // A minute of an hour is the grain of what is kept.
    assert.deepEqual(gapsOf([{ from: 0, to: 3600, recordedSeconds: 860 }], { from: 2690, to: 3600 }), []);
    assert.deepEqual(gapsOf([step(0, 0), step(10, 0), step(20)], { from: 0, to: 30 }), [
      { from: 0, to: 20, missing: 1 },
    ]);
  });
});

describe('axes', () => {
  it('have round marks that hold everything', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (down, up) => {
        const marks = byteMarks(down, up, 5);
        assert.ok(marks[0]! <= -down && marks.at(-1)! >= up && marks.includes(0));
        assert.ok(marks.length <= 9, `${marks.length} marks`);
      }),
    );
    assert.deepEqual(byteMarks(0, 0, 5), [0]);
  });

  it('say sizes as everywhere, without zeros that tell nothing', () => {
    assert.deepEqual(
      [0, 1e9, 2.5e9, -12e6, 1500, 3].map((value) => markText(value, 'amount')),
      ['0', '1 GB', '2.5 GB', '12 MB', '1.5 kB', '3 B'],
    );
    assert.equal(markText(125_000, 'speed'), '125 kB/s');
  });

  it('name the part of the date that changed', () => {
    const at = (text: string): number => new Date(text).getTime() / 1000;
    assert.deepEqual(timeTexts([at('2026-11-21T18:00'), at('2026-11-22T00:00'), at('2026-11-22T06:00')], 21_600), [
      '18:00',
      '00:00\n22 Nov',
      '06:00',
    ]);
    assert.deepEqual(timeTexts([at('2026-12-31T00:00'), at('2027-01-01T00:00')], 86_400), ['31 Dec', '1 Jan\n2027']);
    assert.deepEqual(timeTexts([at('2026-12-01T00:00'), at('2027-01-01T00:00')], 31 * 86_400), [
      'Dec\n2026',
      'Jan\n2027',
    ]);
  });
});

describe('the last intervals', () => {
  it('add up by name, the largest first, each as it was last', () => {
    const rows = liveSums(
      [
        [
          { app: 'a', pid: 1, rxBytes: 10, txBytes: 1 },
          { app: 'b', pid: 2, rxBytes: 50, txBytes: 0 },
        ],
        undefined,
        [{ app: 'a', pid: 3, rxBytes: 90, txBytes: 9 }],
      ],
      (row) => row.app,
    );
    assert.deepEqual(rows, [
      { app: 'a', pid: 3, rxBytes: 100, txBytes: 10 },
      { app: 'b', pid: 2, rxBytes: 50, txBytes: 0 },
    ]);
  });

  it('are steps that end with the last one, with a gap where some did not come', () => {
    const point = (ts: number): { ts: number; seconds: number; rxBytes: number; txBytes: number } => ({
      ts,
      seconds: 1,
      rxBytes: ts,
      txBytes: 0,
    });
    const { steps, rxBytes } = liveSteps([point(80), point(97), point(98.02), point(100)], 5);
    assert.deepEqual(steps, [
      { from: 95, to: 96, recordedSeconds: 0 },
      { from: 96, to: 97, recordedSeconds: 1 },
      { from: 97, to: 98.02, recordedSeconds: 98.02 - 97 },
      { from: 98.02, to: 99, recordedSeconds: 0 },
      { from: 99, to: 100, recordedSeconds: 1 },
    ]);
    assert.deepEqual(rxBytes, [0, 97, 98.02, 0, 100]);
    assert.deepEqual(liveSteps([], 5).steps, []);
  });

  it('follow what was recorded before them', () => {
    const past = { steps: STEPS, total: { rxBytes: [1, 0, 3], txBytes: [4, 0, 6] } };
    assert.deepEqual(pastPoints(past, 30), [
      { ts: 10, seconds: 10, rxBytes: 1, txBytes: 4 },
      { ts: 30, seconds: 10, rxBytes: 3, txBytes: 6 },
    ]);
    // Recorded for 5 of its 10 seconds: 2 seconds of it at that speed.
    assert.deepEqual(pastPoints(past, 22).at(-1), {
      ts: 22,
      seconds: 2,
      rxBytes: 1.2000000000000002,
      txBytes: 2.4000000000000004,
    });
    assert.deepEqual(pastPoints(undefined, 29), []);
  });
});
