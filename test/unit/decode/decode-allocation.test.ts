// The hot path allocates nothing per packet: a million decodes cause no garbage collection. The measurement runs in a
// process of its own, where no test runner allocates beside it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

test('a million packets are decoded without a garbage collection', () => {
  const script = fileURLToPath(new URL('./decode-million.js', import.meta.url));
  const run = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
  const { packets, decoded, collections } = JSON.parse(run.stdout) as Record<string, number>;
  assert.ok(packets! >= 1_000_000);
  assert.equal(decoded, packets);
  assert.equal(collections, 0);
});
