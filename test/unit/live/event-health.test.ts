// What a person is told of the kernel's events: once when it begins, not every second.
import assert from 'node:assert/strict';
import test from 'node:test';
import { EventHealth } from '@kaipo/cli/live/event-health.js';

function health(): { told: (lost: number, isDown: boolean, atS: number) => void; said: string[] } {
  const said: string[] = [];
  const one = new EventHealth((severity, text) => said.push(`${severity} ${text.slice(0, 22)}`));
  return { told: (lost, isDown, atS) => one.told(lost, isDown, atS * 1e6), said };
}

test('lost events are said once, and again after calm', () => {
  const { told, said } = health();
  told(0, false, 0);
  for (let second = 1; second < 60; second++) told(second * 10, false, second);
  assert.deepEqual(said, ['warning kernel events were los']);
  told(600, false, 100);
  assert.equal(said.length, 2);
  told(600, false, 200);
  assert.equal(said.length, 2);
});

test('a storm that goes on is one storm, however often it is tried again', () => {
  const { told, said } = health();
  for (let second = 0; second < 60; second++) told(0, second % 11 < 10, second);
  assert.deepEqual(said, ['warning too many datagrams to ']);
  for (let second = 60; second < 66; second++) told(0, false, second);
  assert.deepEqual(said.slice(1), ['info the kernel tells again']);
  told(0, true, 80);
  assert.equal(said.length, 3);
});
