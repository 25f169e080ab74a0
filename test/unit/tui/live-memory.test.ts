import assert from 'node:assert/strict';
import test from 'node:test';
import { LiveMemory } from '@kaipo/cli/tui/live-memory.js';
import { lossText } from '@kaipo/cli/tui/panes/header.js';
import { niceScale } from '@kaipo/cli/tui/panes/overview.js';
import { fakeSnapshot } from '../../tui/fake-snapshots.js';

test('drops add up, samples are bounded, the graph counts captured interfaces only', () => {
  const memory = new LiveMemory();
  for (let tick = 1; tick <= 1100; tick += 1) memory.add(fakeSnapshot(tick, { flows: 0 }));
  assert.equal(memory.samples.length, 1024);
  assert.equal(memory.dns.length, 200);
  assert.equal(memory.dropped, 210 * 27);
  const last = fakeSnapshot(1100, { flows: 0 });
  const captured = last.interfaces.filter((link) => link.captured).reduce((sum, link) => sum + link.rxBytes, 0);
  assert.equal(memory.samples.at(-1)?.rx, captured);
});

test('time without snapshots is a hole, not a straight line', () => {
  const memory = new LiveMemory();
  memory.add(fakeSnapshot(1, { flows: 0 }));
  memory.add(fakeSnapshot(5, { flows: 0 }));
  assert.deepEqual(
    memory.samples.map((sample) => Number.isNaN(sample.rx)),
    [false, true, true, true, false],
  );
});

test('a paused picture keeps its samples', () => {
  const memory = new LiveMemory();
  const shown = fakeSnapshot(3, { flows: 0 });
  for (let tick = 1; tick <= 9; tick += 1) memory.add(fakeSnapshot(tick, { flows: 0 }));
  assert.equal(memory.window(100, shown.tsUs).length, 3);
  assert.equal(memory.window(2, shown.tsUs).at(-1)?.tsUs, shown.tsUs);
});

test('notices leave by gravity', () => {
  const memory = new LiveMemory();
  const snapshot = fakeSnapshot(1_000, { flows: 0 });
  const at = (seconds: number) => snapshot.tsUs - seconds * 1e6;
  memory.addNotice({ tsUs: at(4_000), severity: 'critical', text: 'critical' });
  memory.addNotice({ tsUs: at(1_000), severity: 'warning', text: 'old warning' });
  memory.addNotice({ tsUs: at(300), severity: 'warning', text: 'warning' });
  memory.addNotice({ tsUs: at(300), severity: 'info', text: 'old info' });
  memory.addNotice({ tsUs: at(3), severity: 'info', text: 'info' });
  assert.deepEqual(
    memory.notices(snapshot).map((notice) => notice.text),
    ['critical', 'warning', 'info'],
  );
});

test('scale and loss are readable and honest', () => {
  assert.equal(niceScale(4_263_000, { units: 'bits', prefix: 'si' }) * 8, 40_000_000);
  assert.equal(niceScale(4_263_000, { units: 'bytes', prefix: 'si' }), 5_000_000);
  assert.equal(niceScale(0, { units: 'bytes', prefix: 'si' }), 1000);
  assert.equal(niceScale(1_000_000, { units: 'bytes', prefix: 'si' }), 1_000_000);
  assert.equal(lossText(1_000_000, 1), '<0.01 %');
  assert.equal(lossText(0, 0), '0.00 %');
  assert.equal(lossText(100, 12), '12 %');
});
