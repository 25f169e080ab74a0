// Noise is not named: the short form of `npm run soak:noise`.
import assert from 'node:assert/strict';
import test from 'node:test';
import { runNoise } from '../../fixtures/noise-run.js';

test('of 30,000 packets of noise no flow is named by what it carries', () => {
  const { flows, named } = runNoise(30_000, 7);
  assert.ok(flows > 5_000);
  assert.deepEqual(named, []);
});
