// The hot path allocates nothing per packet: a million packets through decode and flow table, and the collector never runs.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { promisify } from 'node:util';

/** What the compiler inlines is decided once a process, by when it gets to it; what a packet makes comes again in every one. */
const PROCESSES = 3;

/** The first report without a collection, of up to PROCESSES runs; else the last. */
async function quietRun(t: TestContext, main: string): Promise<Record<string, number>> {
  for (let run = 1; ; run++) {
    const args = ['--expose-gc', '--max-semi-space-size=4', join(import.meta.dirname, main)];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 });
    t.diagnostic(stdout.trim());
    const report = JSON.parse(stdout);
    if (run === PROCESSES || (report.collections === 0 && report.grownBytes < 2 * report.packets)) return report;
  }
}

test('a million packets cause no garbage collection', async (t) => {
  const report = await quietRun(t, 'no-garbage-main.js');
  assert.ok(report['decoded']! >= 2 * report['packets']!);
  assert.ok(report['flows']! >= 5000);
  // The young generation is at most 4 MiB here: the smallest object a packet, 12 bytes, would fill it three times.
  assert.equal(report['collections'], 0);
  assert.ok(
    report['grownBytes']! < 2 * report['packets']!,
    `${report['grownBytes']} bytes on the heap for ${report['packets']} packets`,
  );
});

test('a million packets through all plugins cause no garbage collection', async (t) => {
  const report = await quietRun(t, 'plugins-garbage-main.js');
  assert.equal(report['flows'], 500);
  // A batch may cost an object or two; a packet none: the smallest object a packet would fill the young generation three times.
  assert.equal(report['collections'], 0);
});
