// The sums of one bucket over everything: traffic, capture counters, books. Owns their order in the file.

import type { IntervalRecord, SeriesSums } from '../api/interval-record.js';
import type { Mutable } from '../kernel/mutable.js';
import type { BookCategory } from '../kernel/traffic-words.js';
import type { RowBlock } from './row-block.js';

/** Sums over a span of time. Bytes are whole frames, tx = sent by this host. */
export interface TotalsSums extends SeriesSums {
  /** Intervals recorded, and the time they cover: what is missing was not recorded, which is not the same as no traffic. */
  readonly intervals: number;
  readonly coveredUs: number;
  readonly received: number;
  readonly delivered: number;
  readonly droppedByKernel: number;
  readonly droppedByHelper: number;
  readonly kernelBytes: number;
  readonly attributedBytes: number;
  readonly unknownBytes: number;
  readonly notCapturedBytes: number;
  /** Counted by the kernel, not yet captured, or the other way round: nearly 0 over time. */
  readonly inFlightBytes: number;
  /** Of the traffic: bytes counted while no recorder ran, dated to the time in between. */
  readonly caughtUpBytes: number;
  /** Largest single interval in the span: no chart may be finer than this. */
  readonly longestIntervalUs: number;
}

/** In file order; new ones go to the end. One is a maximum, the others are sums. */
export const TOTALS_FIELDS = [
  'txBytes',
  'rxBytes',
  'txPackets',
  'rxPackets',
  'intervals',
  'coveredUs',
  'received',
  'delivered',
  'droppedByKernel',
  'droppedByHelper',
  'kernelBytes',
  'attributedBytes',
  'unknownBytes',
  'notCapturedBytes',
  'longestIntervalUs',
  'inFlightBytes',
  'caughtUpBytes',
] as const satisfies readonly (keyof TotalsSums)[];

/** Sums of a period in which nothing was recorded. */
export const NO_TRAFFIC: Readonly<TotalsSums> = {
  txBytes: 0,
  rxBytes: 0,
  txPackets: 0,
  rxPackets: 0,
  intervals: 0,
  coveredUs: 0,
  received: 0,
  delivered: 0,
  droppedByKernel: 0,
  droppedByHelper: 0,
  kernelBytes: 0,
  attributedBytes: 0,
  unknownBytes: 0,
  notCapturedBytes: 0,
  longestIntervalUs: 0,
  inFlightBytes: 0,
  caughtUpBytes: 0,
};

export const TOTALS_COLUMNS = TOTALS_FIELDS.length;
export const COVERED_COLUMN = TOTALS_FIELDS.indexOf('coveredUs');
export const CAUGHT_UP_COLUMN = TOTALS_FIELDS.indexOf('caughtUpBytes');
export const LONGEST_INTERVAL_COLUMN = TOTALS_FIELDS.indexOf('longestIntervalUs');

/** The one row of a block of totals. */
export function totalsOf(block: RowBlock): TotalsSums {
  const sums: Mutable<TotalsSums> = { ...NO_TRAFFIC };
  TOTALS_FIELDS.forEach((field, column) => {
    sums[field] = block.valueOf(column, 0);
  });
  return sums;
}

/** The values of an interval, in file order. */
export function totalsOfInterval(interval: IntervalRecord): number[] {
  const traffic = trafficOf(interval);
  const lengthUs = Math.max(0, interval.endUs - interval.startUs);
  const books = booksOf(interval);
  const { received, delivered, droppedByKernel, droppedByHelper } = interval.capture;
  const isCaughtUp = interval.isCaughtUp === true;
  const sums: TotalsSums = {
    txBytes: traffic.txBytes,
    rxBytes: traffic.rxBytes,
    txPackets: traffic.txPackets,
    rxPackets: traffic.rxPackets,
    intervals: isCaughtUp ? 0 : 1,
    coveredUs: isCaughtUp ? 0 : lengthUs,
    received,
    delivered,
    droppedByKernel,
    droppedByHelper,
    kernelBytes: books.kernelBytes,
    attributedBytes: books.attributedBytes,
    unknownBytes: books.unknownBytes,
    notCapturedBytes: books.notCapturedBytes,
    longestIntervalUs: isCaughtUp ? 0 : lengthUs,
    inFlightBytes: books.inFlightBytes,
    caughtUpBytes: isCaughtUp ? traffic.txBytes + traffic.rxBytes : 0,
  };
  return TOTALS_FIELDS.map((field) => sums[field]);
}

function booksOf({ books }: IntervalRecord): Pick<TotalsSums, (typeof BOOK_FIELDS)[keyof typeof BOOK_FIELDS]> {
  const sums = { kernelBytes: 0, attributedBytes: 0, unknownBytes: 0, notCapturedBytes: 0, inFlightBytes: 0 };
  for (const { category, reason, bytes } of books) if (reason !== 'elsewhere') sums[BOOK_FIELDS[category]] += bytes;
  return sums;
}

const BOOK_FIELDS = {
  kernel: 'kernelBytes',
  attributed: 'attributedBytes',
  unknown: 'unknownBytes',
  'not-captured': 'notCapturedBytes',
  'in-flight': 'inFlightBytes',
} as const satisfies Record<BookCategory, keyof TotalsSums>;

/** Kernel counters where there are any, of the interfaces that count, else what the packets say. */
function trafficOf(interval: IntervalRecord): SeriesSums {
  const { interfaces, protocols } = interval;
  const rows: readonly (SeriesSums & { readonly counted?: boolean })[] = interfaces.length > 0 ? interfaces : protocols;
  const sums = { txBytes: 0, rxBytes: 0, txPackets: 0, rxPackets: 0 };
  for (const row of rows) {
    if (row.counted === false) continue;
    sums.txBytes += row.txBytes;
    sums.rxBytes += row.rxBytes;
    sums.txPackets += row.txPackets;
    sums.rxPackets += row.rxPackets;
  }
  return sums;
}
