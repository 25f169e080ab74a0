// The books of all interfaces, closed once an interval. Owns: one keeper an interface, and what is summed over them.
// Must not know where the numbers come from. Bound: one keeper an interface that is counted or captured, or still has bytes to settle.

import type { BookRow } from '../api/interval-record.js';
import type { BookReason } from '../kernel/traffic-words.js';
import { BooksKeeper, type ClosedBooks, type IntervalSums } from './live-books.js';
import type { LiveBooks } from './live-snapshot.js';

export class InterfaceBooks {
  readonly #keepers = new Map<string, BooksKeeper>();

  /**
   * Closes the interval of every interface given, by name. One that is not given any more counts nothing and captures nothing:
   * what was still to come from it is settled.
   */
  close(interfaces: ReadonlyMap<string, IntervalSums>, intervalUs: number): Map<string, ClosedBooks> {
    const closed = new Map<string, ClosedBooks>();
    for (const [name, sums] of interfaces) {
      let keeper = this.#keepers.get(name);
      if (keeper === undefined) {
        keeper = new BooksKeeper();
        this.#keepers.set(name, keeper);
      }
      closed.set(name, keeper.close(sums));
    }
    for (const [name, keeper] of this.#keepers) {
      if (interfaces.has(name)) continue;
      if (!keeper.isBalanced) closed.set(name, keeper.close({ ...NOTHING, intervalUs }));
      this.#keepers.delete(name);
    }
    return closed;
  }
}

/** Of an interface that is gone. */
const NOTHING: Omit<IntervalSums, 'intervalUs'> = {
  coverage: 'broken',
  kernelBytes: 0,
  attributedBytes: 0,
  unknown: {},
  capturedPackets: 0,
  droppedByKernel: 0,
  droppedByHelper: 0,
  reports: 0,
};

/** Rows for the store; what is 0 is left out. */
export function bookRows(closed: ReadonlyMap<string, ClosedBooks>): BookRow[] {
  const rows: BookRow[] = [];
  for (const [name, books] of closed) {
    const add = (category: BookRow['category'], reason: string, bytes: number): void => {
      if (bytes !== 0) rows.push({ interface: name, category, reason: reason as BookReason, bytes });
    };
    add('kernel', 'none', books.kernelBytes);
    add('attributed', 'none', books.attributedBytes);
    for (const [reason, bytes] of Object.entries(books.unknown)) add('unknown', reason, bytes);
    for (const [reason, bytes] of Object.entries(books.notCaptured)) add('not-captured', reason, bytes);
    add('in-flight', 'none', books.inFlightBytes);
  }
  return rows;
}

/** Sums over the interfaces that `isShown` takes. */
export function sumBooks(closed: ReadonlyMap<string, ClosedBooks>, isShown: (name: string) => boolean): LiveBooks {
  const sums = { kernelBytes: 0, attributedBytes: 0, unknownBytes: 0, notCapturedBytes: 0, inFlightBytes: 0 };
  const unknownReasons: Partial<Record<BookReason, number>> = {};
  const notCapturedReasons: Partial<Record<BookReason, number>> = {};
  for (const [name, books] of closed) {
    if (!isShown(name)) continue;
    sums.kernelBytes += books.kernelBytes;
    sums.attributedBytes += books.attributedBytes;
    sums.inFlightBytes += books.inFlightBytes;
    sums.unknownBytes += addAll(unknownReasons, books.unknown);
    sums.notCapturedBytes += addAll(notCapturedReasons, books.notCaptured);
  }
  return { ...sums, unknownReasons, notCapturedReasons };
}

/** Adds the reasons of one interface; answers with their sum. */
function addAll(into: Partial<Record<BookReason, number>>, reasons: ClosedBooks['unknown']): number {
  let sum = 0;
  for (const [reason, bytes] of Object.entries(reasons) as [BookReason, number][]) {
    into[reason] = (into[reason] ?? 0) + bytes;
    sum += bytes;
  }
  return sum;
}
