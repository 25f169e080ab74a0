// Days are the days of the clock on the wall, also where it is half an hour off and where it is put forward and back.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { withDirectory } from '../../contract/store.contract.js';

interface Answer {
  readonly alignS: number;
  readonly answers: readonly {
    readonly bytes: number;
    readonly read: number;
    readonly hours: number;
    readonly resolutions: readonly number[];
  }[];
}

function recordedIn(zone: string, dir: string, first: string, days: number, hoursKeptS: number): Answer {
  const main = fileURLToPath(new URL('store-days-main.js', import.meta.url));
  const firstS = String(Date.parse(first) / 1000);
  const args = [main, dir, firstS, String(days), String(hoursKeptS)];
  return JSON.parse(
    execFileSync(process.execPath, args, { env: { ...process.env, TZ: zone }, encoding: 'utf8' }),
  ) as Answer;
}

for (const [zone, alignS] of [
  ['Asia/Kolkata', 19_800],
  ['Asia/Kathmandu', 20_700],
  ['America/Los_Angeles', 57_600],
] as const) {
  test(`${zone}: a day is one bucket, even when nothing finer is left`, () =>
    withDirectory(async (dir) => {
      const answer = recordedIn(zone, dir, '2025-12-03T05:00:00Z', 4, 3600);
      assert.equal(answer.alignS, alignS);
      for (const { bytes, read, hours, resolutions } of answer.answers) {
        assert.equal(hours, 24);
        assert.equal(read, bytes);
        assert.deepEqual(resolutions, [86_400]);
      }
    }));
}

for (const [change, first, hours] of [
  ['forward', '2025-03-28T12:00:00Z', 23],
  ['back', '2025-10-24T12:00:00Z', 25],
] as const) {
  test(`Europe/Berlin: days round the clock put ${change} are exact from hours`, () =>
    withDirectory(async (dir) => {
      const answer = recordedIn('Europe/Berlin', dir, first, 4, 400 * 86_400);
      assert.equal(answer.alignS, 3600);
      assert.ok(answer.answers.some((day) => day.hours === hours));
      for (const { bytes, read } of answer.answers) assert.equal(read, bytes);
    }));
}

test('a store keeps the days it was made with', () =>
  withDirectory(async (dir) => {
    recordedIn('Asia/Kolkata', dir, '2025-12-03T05:00:00Z', 1, 3600);
    const { openStore } = await import('@kaipo/core/store/lmdb-store.js');
    const store = openStore({ dir });
    assert.equal(store.info().alignS, 19_800);
    await store.close();
  }));
