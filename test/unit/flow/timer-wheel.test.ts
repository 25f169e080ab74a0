// The timer wheel: nothing is visited early, nothing is forgotten, and no time stamp makes it turn for ever.
import assert from 'node:assert/strict';
import test from 'node:test';
import { TimerWheel } from '@kaipo/core/flow/timer-wheel.js';
import { below, seededRandom } from '../../fixtures/seeded-random.js';

const S = 1_000_000;

test('a flow is visited at its second, not before, and only once', () => {
  const wheel = new TimerWheel(10);
  wheel.advance(1000 * S, () => assert.fail('nothing was put in'));
  // The first look aligns the wheel; from here on seconds are exact.
  wheel.advance(1064 * S, () => undefined);
  const visits: [flow: number, second: number][] = [];
  wheel.put(1, 5);
  wheel.put(2, 5);
  wheel.put(3, 0);
  wheel.put(4, 1000);
  for (let second = 1065; second < 1400; second++) wheel.advance(second * S, (flow) => visits.push([flow, second]));
  assert.deepEqual(visits, [
    [3, 1065],
    [2, 1069],
    [1, 1069],
    [4, 1319],
  ]);
});

test('a visited flow may be put back at once, and a jump visits each flow', () => {
  const wheel = new TimerWheel(10);
  wheel.advance(0, () => undefined);
  for (let flow = 0; flow < 10; flow++) wheel.put(flow, flow * 6);
  let visits = 0;
  wheel.advance(1_000_000 * S, (flow) => {
    visits += 1;
    if (visits < 200) wheel.put(flow, 60);
  });
  assert.ok(visits >= 10 && visits < 200, `${visits} visits of ten flows in one jump`);
});

test('flows put in before the first time is known are not forgotten', () => {
  for (const first of [0, 1, 63, 64, 65, 1_767_225_600]) {
    const wheel = new TimerWheel(64);
    for (let flow = 0; flow < 64; flow++) wheel.put(flow, flow);
    const seen = new Set<number>();
    for (let second = first; second <= first + 128; second++) wheel.advance(second * S, (flow) => seen.add(flow));
    assert.equal(seen.size, 64, `first time ${first}`);
  }
});

test('random steps lose nobody', () => {
  const random = seededRandom(5);
  const wheel = new TimerWheel(500);
  let second = 1_767_225_600;
  wheel.advance(second * S, () => undefined);
  const waiting = new Set<number>();
  for (let step = 0; step < 2000; step++) {
    const flow = below(random, 500);
    if (!waiting.has(flow)) {
      wheel.put(flow, below(random, 80));
      waiting.add(flow);
    }
    second += below(random, 3);
    wheel.advance(second * S, (visited) => assert.ok(waiting.delete(visited), 'visited twice'));
  }
  wheel.advance((second + 200) * S, (visited) => waiting.delete(visited));
  assert.equal(waiting.size, 0);
});

test('seconds that a double cannot count one by one do not hang it', { timeout: 5000 }, () => {
  for (const second of [2 ** 53, 2 ** 53 + 2, 2 ** 60, 2 ** 64, Number.MAX_VALUE / S]) {
    const wheel = new TimerWheel(4);
    wheel.advance(second * S, () => undefined);
    wheel.put(1, 1);
    wheel.advance((second + 1_000_000_000) * S, () => undefined);
    wheel.advance(second * 1.5 * S, () => undefined);
    wheel.advance((second * 1.5 + 2) * S, () => undefined);
  }
});
