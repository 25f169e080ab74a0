// The recorder on a real store: batches, clocks that jump, a store that is taken away.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { openRecorder, type RecorderOptions } from '@kaipo/cli/live/recorder.js';
import type { RecordedInterval } from '@kaipo/cli/live/recorder-backlog.js';
import { NoticeLines } from '@kaipo/cli/live/recorder-notices.js';
import { emptyInterval } from '@kaipo/core/api/interval-record.js';
import { RESOLUTIONS_S } from '@kaipo/core/store/store-limits.js';
import fc from 'fast-check';
import { storedBytes } from '../../soak/daemon-program.js';

const START_US = 1_700_000_000_000_000;
const DAY_US = 86_400e6;

function folder(t?: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'kaipo-recorder-'));
  t?.after(() => rmSync(dir, { recursive: true, force: true }));
  return join(dir, 'store');
}

/** `startUs` as the wall says; how long it took is monotonic and never negative. */
function intervalAt(startUs: number, bytes: number, lengthUs = 1e6): RecordedInterval {
  const sums = { txBytes: bytes, rxBytes: 2 * bytes, txPackets: 1, rxPackets: 1 };
  const record = { ...emptyInterval(startUs + lengthUs, 'counters'), startUs, interfaces: [{ name: 'eth0', ...sums }] };
  return { record, ended: [], names: [], baseline: { atUs: startUs + lengthUs } };
}

const quiet = (options: Partial<RecorderOptions> = {}): RecorderOptions => ({
  batchMs: 3_600_000,
  onNotice: () => undefined,
  ...options,
});

test('intervals of one batch are one write; flush and close write what waits', async (t) => {
  const dir = folder(t);
  const recorder = openRecorder({ dir }, quiet());
  await recorder.begin([], { atUs: START_US });
  assert.deepEqual(recorder.baseline(), { atUs: START_US });
  for (let i = 0; i < 5; i++) recorder.record(intervalAt(START_US + i * 1e6, 10));
  assert.equal(recorder.counts.waitingIntervals, 5);
  assert.deepEqual(recorder.baseline(), { atUs: START_US });
  await recorder.flush();
  assert.equal(recorder.counts.waitingIntervals, 0);
  assert.deepEqual(recorder.baseline(), { atUs: START_US + 5e6 });
  recorder.record(intervalAt(START_US + 5e6, 10));
  await recorder.close();
  assert.deepEqual(await storedBytes(dir, 'eth0', 60), { txBytes: 60, rxBytes: 120 });
  const again = openRecorder({ dir }, quiet());
  assert.deepEqual(again.baseline(), { atUs: START_US + 6e6 });
  await again.close();
});

test('a clock that jumps, a suspend, a change to summer time: every byte is there once, in every resolution', async () => {
  const steps = fc.array(
    fc.record({
      // Seconds of the wall clock since the interval before: set back, set ahead, asleep for a while, or as usual.
      stepS: fc.oneof(
        fc.constant(1),
        fc.constantFrom(-3600, 3600, -86_400, 86_400, -1, 0),
        fc.integer({ min: -600, max: 30_000 }),
      ),
      bytes: fc.integer({ min: 0, max: 1e9 }),
      lengthUs: fc.constantFrom(0, 1e6, 1.5e6, 60e6),
      isFlushed: fc.boolean(),
    }),
    { minLength: 1, maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      const dir = folder();
      try {
        // The wall clock of the store is far ahead, so that nothing is too old to be kept: prune looks at the older of both.
        const recorder = openRecorder({ dir, clock: () => START_US - 40 * DAY_US }, quiet());
        let atUs = START_US;
        let total = 0;
        for (const { stepS, bytes, lengthUs, isFlushed } of list) {
          atUs += stepS * 1e6;
          total += bytes;
          recorder.record(intervalAt(atUs, bytes, lengthUs));
          if (isFlushed) await recorder.flush();
        }
        await recorder.close();
        for (const resolutionS of RESOLUTIONS_S)
          assert.deepEqual(await storedBytes(dir, 'eth0', resolutionS), { txBytes: total, rxBytes: 2 * total });
      } finally {
        rmSync(join(dir, '..'), { recursive: true, force: true });
      }
    }),
    { numRuns: 40 },
  );
});

test('other limits: the store is opened again, nothing is lost meanwhile', async (t) => {
  const dir = folder(t);
  const recorder = openRecorder({ dir }, quiet({ batchMs: 0 }));
  recorder.record(intervalAt(START_US, 1));
  const reopened = recorder.reopen({ dir, flowBudgetBytes: 1e6 });
  recorder.record(intervalAt(START_US + 1e6, 1));
  await recorder.flush();
  assert.deepEqual(recorder.baseline(), { atUs: START_US + 2e6 });
  await reopened;
  recorder.record(intervalAt(START_US + 2e6, 1));
  await recorder.close();
  assert.deepEqual(await storedBytes(dir, 'eth0', 1), { txBytes: 3, rxBytes: 6 });
});

test('a store that cannot be opened again: said once, counted, and the monitor goes on', async (t) => {
  const dir = folder(t);
  const notices: string[] = [];
  const failures: string[] = [];
  const recorder = openRecorder(
    { dir },
    quiet({ onNotice: (_severity, text) => notices.push(text), onFailure: (error) => failures.push(error.code) }),
  );
  recorder.record(intervalAt(START_US, 1));
  await recorder.reopen({ dir: '/proc/nowhere' });
  recorder.record(intervalAt(START_US + 1e6, 1));
  recorder.record(intervalAt(START_US + 2e6, 1));
  assert.equal(failures.length, 1);
  assert.equal(notices.length, 1);
  assert.equal(recorder.counts.lostIntervals, 2);
  assert.equal(recorder.recording.state, 'read-only');
  await assert.rejects(recorder.flush(), { code: failures[0] });
});

test('notices are lines, each once, and not too many', () => {
  const lines: string[] = [];
  const out = new NoticeLines((line) => lines.push(line));
  const notice = (tsUs: number) => ({ tsUs, severity: 'warning', text: `n${tsUs}` }) as const;
  out.show([notice(1)], 0);
  out.show([notice(1), notice(2)], 1000);
  assert.deepEqual(lines, ['warning: n1', 'warning: n2']);
  out.show(
    Array.from({ length: 64 }, (_, i) => notice(10 + i)),
    2000,
  );
  assert.equal(lines.length, 30);
  out.show([notice(100)], 61_000);
  assert.deepEqual(lines.slice(30), ['warning: 36 notices were not printed: too many at once', 'warning: n100']);
});
