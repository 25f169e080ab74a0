// What a step through the past takes, on a store that `npm run bench:store -- --keep DIR` has made:
//   node test/dist/bench/rewind.bench.js DIR/store [flows a minute]
// With a number, ended flows and names are written into the last hour first. Exits 1 when the median of a step is over 50 ms.
import { RewindCursor, type RewindPicture } from '@kaipo/core/query/rewind/rewind-cursor.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { flowEnded, nameAnswered, seededRandom } from '../unit/store/store-fixtures.js';

const TARGET_MS = 50;
const HOUR_US = 3_600_000_000;
const [dir, flowsAMinute] = process.argv.slice(2);
if (dir === undefined) throw new Error('which store?');

if (flowsAMinute !== undefined) {
  let endUs = 0;
  const store = openStore({ dir, clock: () => endUs });
  endUs = store.info().lastEndUs ?? 0;
  const random = seededRandom(1);
  for (let atUs = endUs - HOUR_US; atUs < endUs; atUs += 60e6) {
    const ended = Array.from({ length: Number(flowsAMinute) }, (_, i) => flowEnded(atUs + i * 1000, random, i));
    const names = Array.from({ length: 30 }, (_, i) =>
      nameAnswered(atUs + i * 1e6, `host-${i}.example.com`, ['203.0.113.7']),
    );
    await store.append({ intervals: [], ended, names });
  }
  await store.close();
}

const store = openStore({ dir, readOnly: true });
const { firstUs = 0, lastEndUs = 0 } = store.info();
const cursor = new RewindCursor(store);
let missed = 0;

function measure(name: string, count: number, move: (index: number) => RewindPicture | undefined): void {
  const times: number[] = [];
  let resolutions = '';
  for (let index = 0; index < count; index++) {
    const started = performance.now();
    const picture = move(index);
    times.push(performance.now() - started);
    resolutions = `${picture?.snapshot.past?.resolutionS} s`;
  }
  const first = times[0]!;
  times.sort((left, right) => left - right);
  const median = times[count >> 1]!;
  if (median > TARGET_MS) missed += 1;
  const cells = [first, median, times[Math.floor(count * 0.95)]!].map((ms) => `${ms.toFixed(1)} ms`.padStart(10));
  process.stdout.write(`${name.padEnd(34)}${resolutions.padStart(8)}${cells.join('')}\n`);
}

process.stdout.write(
  `${''.padEnd(34)}${'bucket'.padStart(8)}${['first', 'median', '95 %'].map((t) => t.padStart(10)).join('')}\n`,
);
measure('now, then a second back', 40, (index) => (index === 0 ? cursor.now() : cursor.step(-1)));
for (const [name, agoUs] of [
  ['an hour ago, and back', HOUR_US],
  ['three hours ago, and back', 3 * HOUR_US],
  ['eighteen hours ago, and back', 18 * HOUR_US],
  ['a week ago, and back', 168 * HOUR_US],
  ['three months ago, and back', 90 * 24 * HOUR_US],
] as const) {
  measure(name, 40, (index) => (index === 0 ? cursor.at(lastEndUs - agoUs) : cursor.step(-1)));
}
measure('anywhere in the year', 60, (index) => cursor.at(firstUs + ((lastEndUs - firstUs) * index) / 60));
cursor.now();
measure('the last loss or gap, from now', 5, () => cursor.notable('previous'));
process.exitCode = missed > 0 ? 1 : 0;
await store.close();
