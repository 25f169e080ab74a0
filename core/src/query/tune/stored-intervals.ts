// Intervals as the recorder told them, made again from the buckets of history, oldest first. Owns: which resolution answers for a time. Must not
// know who is told. Bound: one window at a time.
import type { AppSums, BookRow, InterfaceSums, IntervalRecord, NamedSums } from '../../api/interval-record.js';
import type { Mutable } from '../../kernel/mutable.js';
import { OTHER_ID, type SeriesKind } from '../../store/series-kind.js';
import type { StoreView } from '../../store/store.js';
import type { TimeRange } from '../time-range.js';

const US_PER_S = 1_000_000;
/** Finer ones would be told in thousands, and no rule needs them. */
const LEAST_RESOLUTION_S = 60;

interface Bucket extends Mutable<IntervalRecord> {
  interfaces: InterfaceSums[];
  apps: AppSums[];
  protocols: NamedSums[];
  hosts: NamedSums[];
  unknown: NamedSums[];
  books: readonly BookRow[];
}

export interface StoredIntervals {
  readonly intervals: readonly IntervalRecord[];
  /** Of their buckets. An interval that was longer lies in the bucket it began in. */
  readonly resolutionUs: number;
}

/** Those that begin in `window`. */
export function storedIntervals(view: StoreView, { fromUs, toUs }: TimeRange): StoredIntervals {
  const finestS = view.finestResolutionS(fromUs);
  const resolutionS = finestS < LEAST_RESOLUTION_S ? LEAST_RESOLUTION_S : finestS;
  const buckets = new Map<number, Bucket>();
  view.readTotals(resolutionS, fromUs, toUs, (startUs, totals) => {
    const { received, delivered, droppedByKernel, droppedByHelper } = totals;
    const isCaughtUp = totals.coveredUs === 0 && totals.caughtUpBytes > 0;
    const lengthUs = isCaughtUp ? resolutionS * US_PER_S : totals.coveredUs;
    buckets.set(startUs, {
      startUs,
      endUs: startUs + lengthUs,
      ...(isCaughtUp && { isCaughtUp }),
      interfaces: [],
      apps: [],
      protocols: [],
      hosts: [],
      unknown: [],
      capture: { received, delivered, droppedByKernel, droppedByHelper },
      books: [],
    });
    return true;
  });
  const rows = (
    kind: SeriesKind,
    add: (bucket: Bucket, row: NamedSums, id: number, quality: AppSums['quality']) => void,
  ) =>
    view.readSeries(kind, resolutionS, fromUs, toUs, (startUs, series) => {
      const bucket = buckets.get(startUs);
      for (let row = 0; bucket !== undefined && row < series.length; row++) {
        const id = series.idAt(row);
        if (id === OTHER_ID) continue;
        const sums = {
          name: view.nameOf(kind, id).name,
          ...view.scopeOf(series.scopeAt(row)),
          txBytes: series.txBytes[row]!,
          rxBytes: series.rxBytes[row]!,
          txPackets: series.txPackets[row]!,
          rxPackets: series.rxPackets[row]!,
          flows: kind === 'interface' ? 0 : series.flows[row]!,
        };
        add(bucket, sums, id, series.qualityAt(row));
      }
      return true;
    });
  rows('interface', ({ interfaces }, { flows: _, ...row }) => interfaces.push(row));
  rows('app', ({ apps }, row, id, quality) => apps.push({ ...view.nameOf('app', id), ...row, quality }));
  rows('protocol', ({ protocols }, row) => protocols.push(row));
  rows('host', ({ hosts }, row) => hosts.push(row));
  rows('unknown', ({ unknown }, row) => unknown.push(row));
  view.readBooks(resolutionS, fromUs, toUs, (startUs, books) => {
    const bucket = buckets.get(startUs);
    if (bucket !== undefined) bucket.books = books;
    return true;
  });
  const intervals = [...buckets.values()].sort((left, right) => left.startUs - right.startUs);
  return { intervals, resolutionUs: resolutionS * US_PER_S };
}
