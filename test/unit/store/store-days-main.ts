// Records days in the zone of this process and prints what each local day holds, as it went in and as it is read back once only
// days and hours are left. Started by store-days.test.ts with TZ set.
//   node store-days-main.js DIR FIRST_SECOND DAYS RETENTION_OF_HOURS
import type { IntervalRecord } from '@kaipo/core/api/interval-record.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { sumsOfPeriod } from '../../contract/store-sums.js';
import { intervalOf, seededRandom } from './store-fixtures.js';

const [, , dir = '', first = '0', days = '1', hoursKept = '0'] = process.argv;
const STEP_S = 900;
const firstS = Number(first);
const store = openStore({
  dir,
  clock: () => firstS * 2e6,
  retentionS: [1, 1, 1, Number(hoursKept), Infinity],
});

const midnightOf = (second: number): number => new Date(second * 1000).setHours(0, 0, 0, 0) / 1000;
const expected = new Map<number, number>();
const endS = firstS + (Number(days) + 3) * 86_400;
let batch: IntervalRecord[] = [];
for (let atS = firstS; atS < endS; atS += STEP_S) {
  const interval = intervalOf(atS * 1e6, seededRandom(atS));
  batch.push(interval);
  if (batch.length === 24 || atS + STEP_S >= endS) {
    await store.append({ intervals: batch });
    batch = [];
  }
  const day = midnightOf(atS);
  expected.set(day, (expected.get(day) ?? 0) + interval.interfaces[0]!.rxBytes);
}
const answers = [...expected.entries()].slice(1, Number(days) + 1).map(([dayS, bytes]) => {
  const nextS = midnightOf(dayS + 36 * 3600);
  return store.view((view) => ({
    bytes,
    read: sumsOfPeriod(view, dayS * 1e6, nextS * 1e6).get('totals rx') ?? 0,
    hours: (nextS - dayS) / 3600,
    resolutions: [...new Set(view.segments(dayS * 1e6, nextS * 1e6).map(({ resolutionS }) => resolutionS))],
  }));
});
process.stdout.write(JSON.stringify({ alignS: store.info().alignS, answers }));
await store.close();
