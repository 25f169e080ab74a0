// Walking through the past: every recorded interval is met once and with its own sums, gaps are said, ends are ends.
import assert from 'node:assert/strict';
import test from 'node:test';
import { emptyInterval, type IntervalRecord } from '@kaipo/core/api/interval-record.js';
import type { LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import { pictureAt } from '@kaipo/core/query/rewind/picture-at.js';
import { RewindCursor, type RewindPicture } from '@kaipo/core/query/rewind/rewind-cursor.js';
import { openStore, type StoreOptions } from '@kaipo/core/store/lmdb-store.js';
import type { Store } from '@kaipo/core/store/store.js';
import { withDirectory } from '../../contract/store.contract.js';
import { flowEnded, nameAnswered, seededRandom } from '../store/store-fixtures.js';

const S = 1_000_000;
/** Noon in UTC, so that no day begins in between wherever the test runs. */
const NOON_US = Date.UTC(2026, 10, 21, 12) * 1000;

async function withStore(check: (store: Store) => Promise<void>, options: Partial<StoreOptions> = {}): Promise<void> {
  await withDirectory(async (dir) => {
    const store = openStore({ dir, alignS: 0, clock: () => NOON_US, ...options });
    await check(store);
    await store.close();
  });
}

function interval(
  startUs: number,
  lengthUs: number,
  bytes: number,
  parts: Partial<IntervalRecord> = {},
): IntervalRecord {
  const sums = { txBytes: 0, rxBytes: bytes, txPackets: 0, rxPackets: bytes === 0 ? 0 : 1 };
  const scope = { interface: 'eth0', zone: 'internet' } as const;
  const rows = bytes === 0 ? [] : [sums];
  return {
    startUs,
    endUs: startUs + lengthUs,
    mode: 'capture+events',
    interfaces: rows.map((row) => ({ ...row, name: 'eth0', class: 'physical' })),
    apps: rows.map((row) => ({
      ...row,
      ...scope,
      name: 'curl',
      exe: '/usr/bin/curl',
      user: 'ada',
      quality: 'event',
      flows: 1,
    })),
    protocols: rows.map((row) => ({ ...row, ...scope, name: 'tls', flows: 1 })),
    hosts: rows.map((row) => ({ ...row, ...scope, name: '203.0.113.7', flows: 1 })),
    unknown: [],
    capture: { received: bytes, delivered: bytes, droppedByKernel: 0, droppedByHelper: 0 },
    books: rows.flatMap(({ rxBytes }) => [
      { interface: 'eth0', category: 'kernel' as const, reason: 'none' as const, bytes: rxBytes },
      { interface: 'eth0', category: 'attributed' as const, reason: 'none' as const, bytes: rxBytes },
    ]),
    ...parts,
  };
}

const received = ({ interfaces }: LiveSnapshot): number => interfaces.reduce((sum, { rxBytes }) => sum + rxBytes, 0);
const pastOf = (picture: RewindPicture | undefined) => picture!.snapshot.past!;

/** From the first picture to the last, and the same way back. */
function walk(cursor: RewindCursor): LiveSnapshot[] {
  const there: LiveSnapshot[] = [cursor.at(0)!.snapshot];
  for (let picture = cursor.step(1)!; picture.stop === undefined; picture = cursor.step(1)!) {
    assert.equal(picture.snapshot.past!.fromUs, there.at(-1)!.past!.toUs, 'pictures touch');
    there.push(picture.snapshot);
  }
  const back = [there.at(-1)!];
  for (let picture = cursor.step(-1)!; picture.stop === undefined; picture = cursor.step(-1)!)
    back.push(picture.snapshot);
  assert.deepEqual(
    back.reverse().map(({ past }) => past),
    there.map(({ past }) => past),
    'the way back is the same',
  );
  return there;
}

test('intervals that are a little longer than a second are met one by one, without a gap', () =>
  withStore(async (store) => {
    const COUNT = 900;
    const lengthUs = S + 1400;
    const all = Array.from({ length: COUNT }, (_, index) =>
      interval(NOON_US - 3600 * S + index * lengthUs, lengthUs, index + 1),
    );
    await store.append({ intervals: all });
    const pictures = walk(new RewindCursor(store, { samples: 3 }));
    assert.ok(pictures.every(({ past }) => past!.isRecorded && past!.resolutionS === 1));
    // Seconds in which none began: each picture before them lasts longer.
    assert.equal(pictures.length, COUNT);
    assert.deepEqual(
      pictures.map(received),
      all.map((_, index) => index + 1),
    );
    const [first] = pictures;
    assert.equal(first!.intervalUs, lengthUs);
    assert.equal(first!.rung, 'capture+events');
    assert.deepEqual(first!.books, {
      kernelBytes: 1,
      attributedBytes: 1,
      unknownBytes: 0,
      notCapturedBytes: 0,
      inFlightBytes: 0,
      unknownReasons: {},
      notCapturedReasons: {},
    });
    const last = pictures.at(-1)!;
    assert.equal(last.apps[0]!.rxBytes, COUNT);
    assert.equal(last.apps[0]!.rxBytesTotal, (COUNT * (COUNT + 1)) / 2, 'totals are of the day so far');
    assert.deepEqual([last.interfaces[0]!.captured, last.interfaces[0]!.counted], [true, true]);
  }));

test('a gap is one picture that says so, and silence is none', () =>
  withStore(async (store) => {
    const at = NOON_US - 3600 * S;
    await store.append({
      intervals: [
        ...Array.from({ length: 60 }, (_, index) => interval(at + index * S, S, index % 2 === 0 ? 1000 : 0)),
        ...Array.from({ length: 60 }, (_, index) => interval(at + (600 + index) * S, S, 500)),
      ],
    });
    const pictures = walk(new RewindCursor(store));
    assert.equal(pictures.length, 121);
    const silent = pictures[1]!;
    assert.ok(silent.past!.isRecorded);
    assert.deepEqual(
      silent.interfaces.map(({ name, rxBytes }) => [name, rxBytes]),
      [['eth0', 0]],
      'it was there, and stood still',
    );
    assert.equal(silent.rung, 'capture+events');
    const gap = pictures[60]!;
    assert.equal(gap.past!.isRecorded, false);
    assert.deepEqual([gap.past!.fromUs, gap.past!.toUs], [at + 61 * S, at + 600 * S]);
    assert.equal(gap.recording.state, 'off');
    assert.match(gap.notices[0]!.text, /nothing was recorded/);
    assert.equal(pictureAt(store, at + 300 * S).past!.isRecorded, false);
    const cursor = new RewindCursor(store, { samples: 10 });
    const { samples } = cursor.at(at + 605 * S)!;
    assert.deepEqual(
      samples.map(({ rx }) => rx),
      [...Array(4).fill(Number.NaN), ...Array(6).fill(500)],
    );
    assert.equal(samples.at(-1)!.tsUs, at + 606 * S);
    assert.deepEqual(
      cursor
        .at(at + 3 * S)!
        .samples.slice(-4)
        .map(({ rx }) => rx),
      [1000, 0, 1000, 0],
    );
  }));

test('ends are ends, and an empty store has no picture', () =>
  withStore(async (store) => {
    const cursor = new RewindCursor(store);
    assert.equal(cursor.now(), undefined);
    assert.equal(cursor.step(-1), undefined);
    const at = NOON_US - 600 * S;
    await store.append({
      intervals: Array.from({ length: 100 }, (_, index) => interval(at + index * S, S, index + 1)),
    });
    assert.equal(received(cursor.now()!.snapshot), 100);
    assert.equal(cursor.step(1)!.stop, 'newest');
    assert.equal(cursor.at(NOON_US)!.stop, 'newest');
    const early = cursor.at(at - 5 * S)!;
    assert.equal(early.stop, 'oldest');
    assert.equal(received(early.snapshot), 1);
    assert.equal(cursor.step(-1)!.stop, 'oldest');
    assert.equal(received(cursor.step(30)!.snapshot), 31, 'thirty times its length');
    const far = cursor.step(-60)!;
    assert.deepEqual([far.stop, received(far.snapshot)], ['oldest', 1]);
    cursor.leave();
    assert.equal(received(cursor.step(-1)!.snapshot), 100, 'back from now is the newest');
  }));

test('coarser where finer is gone; all pictures together are all that was recorded', async () => {
  let nowUs = NOON_US - 6 * 86_400 * S;
  const options = { retentionS: [7200, 14_400, 86_400, 3 * 86_400, Infinity], clock: () => nowUs };
  await withStore(async (store) => {
    let bytes = 0;
    let count = 0;
    while (nowUs < NOON_US) {
      const intervals: IntervalRecord[] = [];
      for (let index = 0; index < 60; index++, nowUs += 30 * S) {
        // A pause of some hours every other day.
        if (Math.floor(nowUs / (7 * 3600 * S)) % 7 === 3) continue;
        count += 1;
        bytes += count;
        intervals.push(interval(nowUs, 30 * S, count));
      }
      await store.append({ intervals });
    }
    const pictures = walk(new RewindCursor(store, { samples: 2 }));
    assert.equal(
      pictures.reduce((sum, picture) => sum + received(picture), 0),
      bytes,
    );
    assert.equal(
      pictures.reduce((sum, { past }) => sum + past!.coveredUs, 0),
      count * 30 * S,
    );
    const resolutions = new Set(pictures.map(({ past }) => past!.resolutionS));
    assert.deepEqual(
      [...resolutions].filter((each) => each > 0),
      [86_400, 3600, 60, 10, 1],
      'oldest first',
    );
    const newest = pictures.at(-1)!;
    assert.deepEqual([newest.past!.resolutionS, newest.intervalUs], [1, 30 * S], 'an interval is whole in its second');
    const minute = pictures.find(({ past }) => past!.resolutionS === 60)!;
    assert.equal(minute.intervalUs, 60 * S);
  }, options);
});

test('what was caught up lasts as long as nobody recorded', () =>
  withStore(async (store) => {
    const at = NOON_US - 3600 * S;
    const caughtUp: IntervalRecord = {
      ...emptyInterval(at + 10 * S, 'counters'),
      endUs: at + 1210 * S,
      isCaughtUp: true,
      interfaces: [{ name: 'eth0', class: 'physical', txBytes: 0, rxBytes: 12_000, txPackets: 0, rxPackets: 9 }],
    };
    await store.append({
      intervals: [
        ...Array.from({ length: 9 }, (_, index) => interval(at + index * S, S, 100)),
        caughtUp,
        ...Array.from({ length: 9 }, (_, index) => interval(at + (1210 + index) * S, S, 100)),
      ],
    });
    const cursor = new RewindCursor(store, { samples: 3 });
    const picture = cursor.at(at + 700 * S)!;
    assert.deepEqual([picture.snapshot.intervalUs, received(picture.snapshot)], [1200 * S, 12_000]);
    assert.equal(picture.snapshot.past!.caughtUpBytes, 12_000);
    assert.match(picture.snapshot.notices[0]!.text, /moved while no recorder ran/);
    assert.deepEqual(
      cursor.at(at + 1211 * S)!.samples.map(({ rx }) => rx),
      [10, 100, 100],
      'and so does the graph',
    );
  }));

test('jumps find what was lost and what is missing, in both directions', async () => {
  let nowUs = NOON_US - 3 * 86_400 * S;
  await withStore(
    async (store) => {
      const losses: number[] = [];
      const gaps: number[] = [];
      const startUs = nowUs;
      while (nowUs < NOON_US) {
        const intervals: IntervalRecord[] = [];
        for (let index = 0; index < 360; index++, nowUs += 10 * S) {
          const minute = (nowUs - startUs) / (60 * S);
          const isGap = minute % 1500 >= 700 && minute % 1500 < 730;
          const isLossy = minute % 1000 === 33;
          if (isGap && minute % 1500 === 700) gaps.push(nowUs);
          if (isGap) continue;
          if (isLossy) losses.push(nowUs);
          const capture = {
            received: 9,
            delivered: isLossy ? 2 : 9,
            droppedByKernel: isLossy ? 7 : 0,
            droppedByHelper: 0,
          };
          intervals.push(interval(nowUs, 10 * S, 1000, { capture }));
        }
        await store.append({ intervals });
      }
      const expected = [...losses, ...gaps].sort((left, right) => left - right);
      assert.ok(losses.length >= 4 && gaps.length >= 2);
      const cursor = new RewindCursor(store);
      cursor.now();
      const found: LiveSnapshot[] = [];
      for (let at = cursor.notable('previous')!; at.stop === undefined; at = cursor.notable('previous')!)
        found.push(at.snapshot);
      assert.equal(found.length, expected.length);
      found.reverse().forEach(({ past, notices }, index) => {
        assert.ok(past!.fromUs <= expected[index]! + 11 * S && past!.toUs > expected[index]!, `${index}`);
        assert.match(notices[0]!.text, past!.isRecorded ? /packets were lost/ : /nothing was recorded/);
      });
      cursor.at(0);
      let forward = 0;
      for (let at = cursor.notable('next')!; at.stop === undefined; at = cursor.notable('next')!) {
        assert.deepEqual(at.snapshot.past!.fromUs, found[forward]!.past!.fromUs);
        forward += 1;
      }
      assert.equal(forward, expected.length);
      assert.equal(pastOf(cursor.notable('next')).fromUs, found.at(-1)!.past!.fromUs, 'it stays where it is');
    },
    { clock: () => nowUs },
  );
});

test('flows that were alive, names as they were known then', () =>
  withStore(async (store) => {
    const at = NOON_US - 3600 * S;
    const random = seededRandom(3);
    const flow = (startS: number, endS: number, index: number) => {
      const ended = flowEnded(at + endS * S, random, index);
      return { ...ended, flow: { ...ended.flow, startUs: at + startS * S } };
    };
    await store.append({
      intervals: Array.from({ length: 900 }, (_, index) => interval(at + index * S, S, 1000)),
      ended: [flow(0, 5, 1), flow(0, 100, 2), flow(90, 700, 3), flow(101, 102, 4), flow(95, 98.9, 5)],
      names: [
        nameAnswered(at + 50 * S, 'then.example.com', ['203.0.113.7']),
        nameAnswered(at + 300 * S, 'later.example.com', ['203.0.113.7']),
      ],
    });
    const snapshot = pictureAt(store, at + 99.5 * S);
    assert.deepEqual(new Set(snapshot.flows.map(({ local }) => local.port! - 40_000)), new Set([2, 3]));
    assert.ok(snapshot.flows.every((row) => row.movedUnknown === true && row.rxBytes === 0 && row.rxBytesTotal > 0));
    assert.equal(snapshot.apps[0]!.flows, 2);
    assert.equal(snapshot.protocols[0]!.flows, 2);
    assert.equal(snapshot.hosts[0]!.name, 'then.example.com');
    assert.deepEqual(
      snapshot.dns.map(({ name }) => name),
      ['then.example.com'],
    );
    assert.ok(snapshot.past!.flowsUntilUs > at + 800 * S, 'all of the log was looked at');
  }));
