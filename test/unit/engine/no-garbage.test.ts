// The hot path allocates nothing per packet: a million packets through decode and flow table, and the collector never runs.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';

test('a million packets cause no garbage collection', async (t) => {
  const main = join(import.meta.dirname, 'no-garbage-main.js');
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', '--max-semi-space-size=4', main], {
    timeout: 60_000,
  });
  t.diagnostic(stdout.trim());
  const report = JSON.parse(stdout);
  assert.ok(report.decoded >= 2 * report.packets);
  assert.ok(report.flows >= 5000);
  // The young generation is at most 4 MiB here: the smallest object a packet, 12 bytes, would fill it three times.
  assert.equal(report.collections, 0);
  assert.ok(
    report.grownBytes < 2 * report.packets,
    `${report.grownBytes} bytes on the heap for ${report.packets} packets`,
  );
});

test('a million packets through all plugins cause no garbage collection', async (t) => {
  const main = join(import.meta.dirname, 'plugins-garbage-main.js');
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', '--max-semi-space-size=4', main], {
    timeout: 60_000,
  });
  t.diagnostic(stdout.trim());
  const report = JSON.parse(stdout);
  assert.equal(report.flows, 500);
  // A batch may cost an object or two; a packet none: the smallest object a packet would fill the young generation three times.
  assert.equal(report.collections, 0);
});
