// Two months of history with 200 applications, for reports: traffic of a busy workstation, flows and answered names in every minute.
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { flowEnded, nameAnswered, seededRandom } from '../unit/store/store-fixtures.js';
import { YearTraffic } from './store-year-traffic.js';

const MINUTE_US = 60_000_000;
const DAY_US = 1440 * MINUTE_US;
const BATCH = 60;
const HOST_NAMES = 1500;

export interface MonthShape {
  readonly fromUs: number;
  readonly toUs: number;
  /** Of an interval. */
  readonly lengthUs: number;
  readonly flowsAnInterval: number;
}

/** Answers how many flows there are. */
export async function writeMonths(
  dir: string,
  { fromUs, toUs, lengthUs, flowsAnInterval }: MonthShape,
): Promise<number> {
  let nowUs = fromUs;
  let flows = 0;
  const store = openStore({ dir, clock: () => nowUs });
  const traffic = new YearTraffic(1, fromUs, Math.ceil((toUs - fromUs) / DAY_US));
  const random = seededRandom(2);
  while (nowUs < toUs) {
    const batch = { intervals: [], ended: [], names: [] } as {
      intervals: ReturnType<YearTraffic['interval']>[];
      ended: ReturnType<typeof flowEnded>[];
      names: ReturnType<typeof nameAnswered>[];
    };
    for (; batch.intervals.length < BATCH && nowUs < toUs; nowUs += lengthUs) {
      batch.intervals.push(traffic.interval(nowUs, lengthUs));
      for (let index = 0; index < flowsAnInterval; index++) {
        flows += 1;
        batch.ended.push(flowEnded(nowUs + 1 + index, random, flows % HOST_NAMES));
      }
      batch.names.push(nameAnswered(nowUs, `host-${flows % HOST_NAMES}.example.com`, [`203.0.113.${flows % 250}`]));
    }
    await store.append(batch);
  }
  await store.close();
  return flows;
}
