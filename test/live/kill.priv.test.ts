// The short form of test/soak/kill-rounds.ts: what is stored after kill -9 is what the kernel counted, to the byte.
import assert from 'node:assert/strict';
import test from 'node:test';
import { notRoot } from '../helper/netns.js';
import { killRounds } from '../soak/kill-rounds.js';

test('six rounds of kill -9 under traffic: no byte missing, none twice', {
  skip: notRoot,
  timeout: 120_000,
}, async (t) => {
  const report = await killRounds(6, (line) => t.diagnostic(line));
  assert.deepEqual(report.problems, []);
  assert.deepEqual(report.stored, report.kernel);
  assert.ok(report.kernel.rxBytes > 1e6 && report.kernel.txBytes > 1e5);
});
