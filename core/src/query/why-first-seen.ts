// When a series was seen for the first time, and at which hours of the day it is usual. Must not know lmdb or what a name means.
// Bound: chunks of days until the first hit, then of ever finer resolutions inside one bucket; 24 sums.
import type { BucketRows } from '../store/bucket-rows.js';
import { RX_BYTES } from '../store/series-block.js';
import type { SeriesKind, SeriesName } from '../store/series-kind.js';
import type { Store, StoreView } from '../store/store.js';
import { RESOLUTIONS_S } from '../store/store-limits.js';
import { firstUsOf, spansOf } from './history-spans.js';
import type { TimeRange } from './time-range.js';
import type { FirstSeen, UsualHours } from './why-answers.js';

const US_PER_S = 1_000_000;
const HOUR_S = 3600;
const ALWAYS: TimeRange = { fromUs: 0, toUs: Number.MAX_SAFE_INTEGER };

export type NameTest = (name: SeriesName) => boolean;

/** In all that is kept. Days are kept longest; as far as finer buckets are still there, they tell it more exactly. */
export function queryFirstSeen(store: Store, kind: SeriesKind, fits: NameTest): FirstSeen | undefined {
  return store.view((view) => {
    const isWanted = idTest(view, kind, fits);
    let found: { startUs: number; resolutionS: number } | undefined;
    for (const { resolutionS, fromUs, toUs } of spansOf(view, [ALWAYS])) {
      const startUs = firstBucket(view, kind, resolutionS, { fromUs, toUs }, isWanted);
      if (startUs === undefined) continue;
      found = { startUs, resolutionS };
      break;
    }
    if (found === undefined) return undefined;
    for (const finer of [...RESOLUTIONS_S].reverse().filter((resolutionS) => resolutionS < found!.resolutionS)) {
      const within = { fromUs: found.startUs, toUs: found.startUs + found.resolutionS * US_PER_S };
      const startUs = firstBucket(view, kind, finer, within, isWanted);
      if (startUs !== undefined) found = { startUs, resolutionS: finer };
    }
    const withinUs = found.resolutionS * US_PER_S;
    const beginUs = firstUsOf(view);
    return { atUs: Math.max(found.startUs, beginUs), withinUs, isBegin: found.startUs <= beginUs };
  });
}

function firstBucket(
  view: StoreView,
  kind: SeriesKind,
  resolutionS: (typeof RESOLUTIONS_S)[number],
  { fromUs, toUs }: TimeRange,
  isWanted: (id: number) => boolean,
): number | undefined {
  let first: number | undefined;
  view.readRows(kind, resolutionS, fromUs, toUs, 1, (rows) => {
    for (let series = 0; series < rows.length; series++) {
      const from = rows.from[series]!;
      if (from === rows.to[series] || !isWanted(rows.ids[series]!)) continue;
      const startUs = rows.startsS[rows.bucketOf[from]!]! * US_PER_S;
      if (first === undefined || startUs < first) first = startUs;
    }
    return first === undefined;
  });
  return first;
}

/** Bytes by hour of the local day, beside the time that was recorded. Of times of which only days are kept nothing is known. */
export function queryUsualHours(store: Store, kind: SeriesKind, fits: NameTest, range: TimeRange): UsualHours {
  return store.view((view) => {
    const isWanted = idTest(view, kind, fits);
    const bytes = Array.from({ length: 24 }, () => 0);
    const recordedUs = Array.from({ length: 24 }, () => 0);
    for (const { resolutionS, fromUs, toUs } of spansOf(view, [range], HOUR_S)) {
      view.readTotals(resolutionS, fromUs, toUs, (startUs, sums) => {
        const hour = hourOf(startUs);
        recordedUs[hour] = recordedUs[hour]! + sums.coveredUs;
        return true;
      });
      view.readRows(kind, resolutionS, fromUs, toUs, RX_BYTES + 1, (rows) => {
        addByHour(rows, isWanted, bytes);
        return true;
      });
    }
    return { bytes, recordedUs };
  });
}

function addByHour(rows: BucketRows, isWanted: (id: number) => boolean, bytes: number[]): void {
  const { length, ids, from, to, bucketOf, startsS } = rows;
  const hours: (number | undefined)[] = [];
  for (let column = 0; column <= RX_BYTES; column++) {
    const values = rows.column(column);
    for (let series = 0; series < length; series++) {
      if (!isWanted(ids[series]!)) continue;
      for (let place = from[series]!; place < to[series]!; place++) {
        const bucket = bucketOf[place]!;
        hours[bucket] ??= hourOf(startsS[bucket]! * US_PER_S);
        const hour = hours[bucket];
        bytes[hour] = bytes[hour]! + values[place]!;
      }
    }
  }
}

const hourOf = (us: number): number => new Date(us / 1000).getHours();

/** Asked once an id. */
function idTest(view: StoreView, kind: SeriesKind, fits: NameTest): (id: number) => boolean {
  const known: (boolean | undefined)[] = [];
  return (id) => {
    known[id] ??= fits(view.nameOf(kind, id));
    return known[id];
  };
}
