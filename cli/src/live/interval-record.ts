// One interval as the store takes it. Owns: what of an interval is recorded, and what privacy leaves out. Pure.
// Bound: that of the rows it is given; rows in which nothing moved are left out.

import {
  type BookRow,
  emptyInterval,
  type InterfaceSums,
  type IntervalRecord,
  type SeriesSums,
} from '@kaipo/core/api/interval-record.js';
import type { BookReason } from '@kaipo/core/kernel/traffic-words.js';
import { bookRows } from '@kaipo/core/query/interface-books.js';
import type { ClosedBooks } from '@kaipo/core/query/live-books.js';
import type { CorrectedRows } from '@kaipo/core/query/live-rows.js';
import type { ScopedMovement } from '@kaipo/core/query/live-view.js';
import type { CaughtUpPart } from '@kaipo/core/source/catch-up.js';

/** `usage-only`: no address, name, process, protocol or flow, only how much moved on which interface. */
export type Privacy = 'full' | 'usage-only';

export interface IntervalParts {
  readonly startUs: number;
  readonly endUs: number;
  readonly mode: string;
  readonly interfaces: readonly Required<InterfaceSums>[];
  /** Undefined: nothing was captured. */
  readonly movement: ScopedMovement | undefined;
  readonly capture: IntervalRecord['capture'];
  readonly books: ReadonlyMap<string, ClosedBooks>;
  readonly privacy: Privacy;
}

export function intervalRecord(parts: IntervalParts): IntervalRecord {
  const { startUs, endUs, mode, capture, privacy } = parts;
  const { received, delivered, droppedByKernel, droppedByHelper } = capture;
  const isFull = privacy === 'full';
  const movement = isFull ? parts.movement : undefined;
  return {
    startUs,
    endUs,
    mode,
    interfaces: parts.interfaces.filter(hasMoved).map(interfaceSums),
    apps: movement?.apps ?? [],
    protocols: movement?.protocols ?? [],
    hosts: movement?.hosts ?? [],
    unknown: movement?.unknown ?? [],
    capture: { received, delivered, droppedByKernel, droppedByHelper },
    books: isFull ? [...bookRows(parts.books), ...elsewhere(movement)] : bookRows(withoutOwners(parts.books)),
  };
}

/** What was called unknown in an interval that began at `startUs`, and has an owner now: takes no time of its own. */
export function correctionRecord(startUs: number, mode: string, { apps, unknown }: CorrectedRows): IntervalRecord {
  const books = apps.flatMap((row, i): BookRow[] => {
    const bytes = row.txBytes + row.rxBytes;
    if (row.interface === undefined || bytes === 0) return [];
    return [
      { interface: row.interface, category: 'attributed', reason: 'none', bytes },
      { interface: row.interface, category: 'unknown', reason: unknown[i]!.name as BookReason, bytes: -bytes },
    ];
  });
  return { ...emptyInterval(startUs, mode), apps, unknown, books };
}

/** What moved while no recorder ran: known from counters alone. */
export function caughtUpRecord({ startUs, endUs, interfaces }: CaughtUpPart): IntervalRecord {
  return {
    startUs,
    endUs,
    mode: 'counters',
    isCaughtUp: true,
    interfaces: interfaces.filter(hasMoved).map(interfaceSums),
    apps: [],
    protocols: [],
    hosts: [],
    unknown: [],
    capture: { received: 0, delivered: 0, droppedByKernel: 0, droppedByHelper: 0 },
    books: interfaces.flatMap(({ name, counted, rxBytes, txBytes }): BookRow[] => {
      const bytes = rxBytes + txBytes;
      if (!counted || bytes === 0) return [];
      return [
        { interface: name, category: 'kernel', reason: 'none', bytes },
        { interface: name, category: 'not-captured', reason: 'recorder-down', bytes },
      ];
    }),
  };
}

/** Rows of applications that are on no books: sockets tell of connections that pass no counted interface. */
function elsewhere(movement: ScopedMovement | undefined): BookRow[] {
  const rows = [...(movement?.apps ?? []), ...(movement?.unknown ?? [])].filter((row) => row.interface === undefined);
  const bytes = rows.reduce((sum, { txBytes, rxBytes }) => sum + txBytes + rxBytes, 0);
  return bytes === 0 ? [] : [{ interface: '', category: 'unknown', reason: 'elsewhere', bytes }];
}

/** Whose a captured byte is, is not said: it is unknown, for no reason that may be told. */
function withoutOwners(books: ReadonlyMap<string, ClosedBooks>): Map<string, ClosedBooks> {
  return new Map(
    [...books].map(([name, { attributedBytes, unknown, ...rest }]) => {
      const captured = Object.values(unknown).reduce((sum, bytes) => sum + bytes, attributedBytes);
      return [name, { ...rest, attributedBytes: 0, unknown: { none: captured } }];
    }),
  );
}

const hasMoved = (row: SeriesSums): boolean => row.rxBytes + row.txBytes + row.rxPackets + row.txPackets > 0;

/** What is shown of an interface is more than what is kept. */
function interfaceSums(row: Required<InterfaceSums>): InterfaceSums {
  return {
    name: row.name,
    class: row.class,
    counted: row.counted,
    rxBytes: row.rxBytes,
    txBytes: row.txBytes,
    rxPackets: row.rxPackets,
    txPackets: row.txPackets,
  };
}
