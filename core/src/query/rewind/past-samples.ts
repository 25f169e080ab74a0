// The throughput before a moment of the past, for a graph that ends there. Must not know lmdb. Bound: MAX_SAMPLES.
import { RX_BYTES, TX_BYTES } from '../../store/series-block.js';
import type { SeriesName } from '../../store/series-kind.js';
import type { StoreView } from '../../store/store.js';
import { RESOLUTIONS_S, type ResolutionS } from '../../store/store-limits.js';
import { LONGEST_INTERVAL_COLUMN, TOTALS_FIELDS } from '../../store/totals-block.js';
import { spanAt, US_PER_S } from './past-span.js';

const MAX_SAMPLES = 4096;
const COVERED = TOTALS_FIELDS.indexOf('coveredUs');
const CAUGHT_UP = TOTALS_FIELDS.indexOf('caughtUpBytes');

/** Bytes a second; NaN where nothing was recorded. */
export interface PastSample {
  /** End of the step. */
  readonly tsUs: number;
  readonly rx: number;
  readonly tx: number;
}

export interface SamplesQuestion {
  readonly untilUs: number;
  readonly stepS: ResolutionS;
  readonly count: number;
  /** Whose counters are summed; absent: the physical ones. */
  readonly interfaces?: ReadonlySet<string>;
}

/** `count` steps in order of time, the last of which begins at or before `untilUs`. Where steps as fine are gone, coarser ones fill them. */
export function samplesUntil(view: StoreView, question: SamplesQuestion): PastSample[] {
  const { untilUs, stepS, count, interfaces } = question;
  const counts = ({ name, class: kind = 'physical' }: SeriesName): boolean =>
    interfaces?.has(name) ?? kind === 'physical';
  const length = Math.max(0, Math.min(MAX_SAMPLES, Math.floor(count)));
  const stepUs = stepS * US_PER_S;
  const fromUs = untilUs - (length - 1) * stepUs;
  const rates = { rx: new Float64Array(length).fill(Number.NaN), tx: new Float64Array(length).fill(Number.NaN) };
  const finest = view.finestResolutionS(fromUs);
  for (const resolutionS of RESOLUTIONS_S.toReversed()) {
    // Fine ones last: they replace what the coarser ones of the same time say.
    if (resolutionS >= stepS && resolutionS <= Math.max(finest, stepS)) {
      fill(view, rates, { fromUs, stepUs, length, resolutionS }, counts);
    }
  }
  return Array.from({ length }, (_, index) => ({
    tsUs: fromUs + (index + 1) * stepUs,
    rx: rates.rx[index]!,
    tx: rates.tx[index]!,
  }));
}

type Counted = (name: SeriesName) => boolean;

interface Rates {
  readonly rx: Float64Array;
  readonly tx: Float64Array;
}

interface Steps {
  readonly fromUs: number;
  readonly stepUs: number;
  readonly length: number;
  readonly resolutionS: ResolutionS;
}

interface Bucket {
  readonly startUs: number;
  /** At most; the next bucket ends it. */
  readonly endUs: number;
  /** 0: as long as it is. */
  readonly coveredUs: number;
  rx: number;
  tx: number;
}

/** An interval that is longer than its bucket is as fast in the buckets behind it. */
function fill(view: StoreView, rates: Rates, steps: Steps, isCounted: Counted): void {
  const { fromUs, stepUs, length } = steps;
  const buckets = bucketsOf(view, steps, isCounted);
  buckets.forEach(({ startUs, endUs: atMostUs, coveredUs, rx, tx }, index) => {
    const endUs = Math.min(buckets[index + 1]?.startUs ?? Number.POSITIVE_INFINITY, atMostUs);
    const seconds = (coveredUs > 0 ? coveredUs : endUs - startUs) / US_PER_S;
    const first = Math.max(0, Math.floor((startUs - fromUs) / stepUs));
    const last = Math.min(length, Math.max(first + 1, Math.round((endUs - fromUs) / stepUs)));
    for (let step = first; step < last; step++) {
      rates.rx[step] = rx / seconds;
      rates.tx[step] = tx / seconds;
    }
  });
}

function bucketsOf(view: StoreView, { fromUs, stepUs, length, resolutionS }: Steps, isCounted: Counted): Bucket[] {
  const resolutionUs = resolutionS * US_PER_S;
  const toUs = fromUs + length * stepUs;
  // An interval may have begun long before the graph does.
  const readFromUs = Math.min(fromUs, spanAt(view, fromUs).fromUs);
  const buckets = new Map<number, Bucket>();
  view.readRows('totals', resolutionS, readFromUs, toUs, TOTALS_FIELDS.length, (rows) => {
    const [covered, longest, caughtUp] = [COVERED, LONGEST_INTERVAL_COLUMN, CAUGHT_UP].map((of) => rows.column(of));
    for (let series = 0; series < rows.length; series++) {
      for (let place = rows.from[series]!; place < rows.to[series]!; place++) {
        const startS = rows.startsS[rows.bucketOf[place]!]!;
        const startUs = startS * US_PER_S;
        // What was caught up lasts until something else begins.
        const isCaughtUp = caughtUp![place]! > 0;
        const endUs = isCaughtUp ? Number.POSITIVE_INFINITY : startUs + resolutionUs + longest![place]!;
        buckets.set(startS, { startUs, endUs, coveredUs: isCaughtUp ? 0 : covered![place]!, rx: 0, tx: 0 });
      }
    }
    return true;
  });
  const counts = new Map<number, boolean>();
  view.readRows('interface', resolutionS, readFromUs, toUs, RX_BYTES + 1, (rows) => {
    const [tx, rx] = [rows.column(TX_BYTES), rows.column(RX_BYTES)];
    for (let series = 0; series < rows.length; series++) {
      const id = rows.ids[series]!;
      if (!counts.has(id)) counts.set(id, isCounted(view.nameOf('interface', id)));
      if (counts.get(id) !== true) continue;
      for (let place = rows.from[series]!; place < rows.to[series]!; place++) {
        const bucket = buckets.get(rows.startsS[rows.bucketOf[place]!]!);
        if (bucket === undefined) continue;
        bucket.rx += rx[place]!;
        bucket.tx += tx[place]!;
      }
    }
    return true;
  });
  const inOrder = [...buckets.values()].sort((left, right) => left.startUs - right.startUs);
  const last = inOrder.at(-1);
  if (last?.endUs !== Number.POSITIVE_INFINITY) return inOrder;
  return [...inOrder.slice(0, -1), { ...last, endUs: Math.max(last.startUs + 1, spanAt(view, last.startUs).toUs) }];
}
