// The past as the live screen gets it: beside a recorder in the same process, in words, with the key of an encrypted store.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';
import { HistoryRewind } from '@kaipo/cli/live/history-rewind.js';
import { pastLabel } from '@kaipo/cli/tui/past-label.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { withDirectory } from '../../contract/store.contract.js';
import { KAIPO } from '../../soak/daemon-program.js';
import { intervalOf, seededRandom } from '../store/store-fixtures.js';

process.env['TZ'] = 'Europe/Berlin';
const S = 1_000_000;
const AT_US = new Date('2026-11-21T03:10:00').getTime() * 1000;
const KEY = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff';

test('pictures beside a recorder in the same process, with labels and ends', () =>
  withDirectory(async (dir) => {
    const random = seededRandom(5);
    const store = openStore({ dir, key: KEY, clock: () => AT_US });
    const append = (second: number): Promise<void> =>
      store.append({ intervals: [intervalOf(AT_US + second * S, random)] });
    const rewind = new HistoryRewind({ dir, key: KEY });
    assert.throws(() => rewind.now(), /nothing is recorded yet/);
    for (let second = 0; second < 20; second++) await append(second);
    assert.equal(rewind.show(AT_US + 5 * S).label, '1 s at Sat 21 Nov 03:10:05');
    assert.equal(rewind.step(-1)?.label, '1 s at Sat 21 Nov 03:10:04');
    const first = rewind.step(-10)!;
    assert.deepEqual([first.isEdge, first.label], [true, '1 s at Sat 21 Nov 03:10:00, history begins here']);
    await append(20);
    assert.equal(rewind.now().label, '1 s at Sat 21 Nov 03:10:20', 'what is recorded meanwhile is there');
    assert.equal(rewind.step(1), undefined, 'beyond the newest is now');
    assert.equal(rewind.step(-1)?.label, '1 s at Sat 21 Nov 03:10:20', 'and back from now is the newest');
    assert.equal(rewind.alert(-1).isEdge, true);
    assert.equal(rewind.show(AT_US + 9 * S, 7).samples.length, 7);
    await append(100);
    assert.equal(rewind.alert(-1).isEdge, true, 'there was none before');
    assert.equal(rewind.alert(1).label, 'not recorded: Sat 21 Nov 03:10:22 to 03:11:40');
    await rewind.close();
    await store.close();
    assert.throws(() => new HistoryRewind({ dir }).now(), { code: 'KAIPO_STORE_KEY' });
  }));

test('a label says how long and when, with the year when it is another one', () => {
  const past = {
    fromUs: AT_US,
    toUs: AT_US + 60 * S,
    resolutionS: 60,
    isRecorded: true,
    coveredUs: 60 * S,
    caughtUpBytes: 0,
    totalsFromUs: 0,
    flowsUntilUs: 0,
  };
  const label = (fields: Partial<typeof past>, intervalUs: number, nowUs = AT_US): string =>
    pastLabel({ past: { ...past, ...fields }, intervalUs } as Parameters<typeof pastLabel>[0], nowUs);
  assert.equal(label({}, 60 * S), '1 min at Sat 21 Nov 03:10');
  assert.equal(label({ resolutionS: 1 }, 30 * S), '30 s at Sat 21 Nov 03:10:00');
  assert.equal(label({ resolutionS: 86_400 }, 86_400 * S, AT_US + 90 * 86_400 * S), '1 day at Sat 21 Nov 2026');
  assert.equal(
    label({ isRecorded: false, toUs: AT_US + 86_400 * S }, 0),
    'not recorded: Sat 21 Nov 03:10:00 to Sun 22 Nov 03:10:00',
  );
});

test('kaipo live --at: what is wrong is said, and how to say it', () =>
  withDirectory(async (dir) => {
    const live = (...args: string[]) =>
      spawnSync(process.execPath, [KAIPO, 'live', '--store', join(dir, 'none'), ...args], { encoding: 'utf8' });
    const unknown = live('--at', 'yesterdy', '--plain');
    assert.deepEqual([unknown.status, unknown.stdout], [64, '']);
    assert.match(unknown.stderr, /did you mean "yesterday"/);
    const ahead = live('--at', '2999-01-01', '--plain');
    assert.equal(ahead.status, 64);
    assert.match(ahead.stderr, /has not come yet/);
    const none = live('--at', '-2h', '--format', 'ndjson');
    assert.deepEqual([none.status, none.stdout], [66, '']);
    assert.match(none.stderr, /no history in /);
  }));
