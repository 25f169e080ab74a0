// A hostile helper stream never crashes the analyzer, never takes more than 64 MiB, and is reported. The damage runs in a child
// process whose memory is its own. KAIPO_FUZZ_RUNS changes the number of streams.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';

const RUNS = process.env['KAIPO_FUZZ_RUNS'] ?? '100000';
const SEED = '20260101';
const MAX_GROWTH_MIB = 64;
const TIME_LIMIT_MS = 30_000 + Number(RUNS) * 5;

test(`${RUNS} damaged helper streams`, async (t) => {
  const main = join(import.meta.dirname, 'hostile-stream-main.js');
  const { stdout } = await promisify(execFile)(process.execPath, [main, RUNS, SEED], {
    timeout: TIME_LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  const report = JSON.parse(stdout);
  t.diagnostic(stdout.trim());
  assert.equal(report.runs, Number(RUNS));
  assert.equal(report.intactFailures, 0, 'a stream that keeps the contract passes');
  assert.equal(report.unexplained, 0, 'every refusal has a code and a message');
  assert.ok(report.refused > report.runs / 3, `most damage is noticed: ${report.refused}`);
  assert.ok(report.packets > report.runs, 'packets before the damage arrive');
  assert.ok(report.grownMiB < MAX_GROWTH_MIB, `memory grew by ${report.grownMiB.toFixed(1)} MiB`);
});
