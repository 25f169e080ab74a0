// The books of a period, by interface and in total: what the kernel counted against what is known of it. Must not know lmdb.
// Bound: interfaces of the store times reasons.

import type { BookRow } from '../api/interval-record.js';
import type { BookReason } from '../kernel/traffic-words.js';
import { bookEntryOf } from '../store/books-block.js';
import type { StoreReader } from '../store/store.js';
import type { BooksSums, Filter, HistoryBooks } from './history-answers.js';
import { interfacesOf } from './history-filter.js';
import { spansOf } from './history-spans.js';
import type { TimeRange } from './time-range.js';

/** Sums of every entry of the books, or of the named interfaces alone. Neighbouring periods add up exactly. */
export function queryBooks(store: StoreReader, range: TimeRange, filter: Pick<Filter, 'interface'> = {}): HistoryBooks {
  const names = interfacesOf(filter);
  return store.view((view) => {
    const total = new Ledger();
    const ledgers = new Map<string, Ledger>();
    for (const { resolutionS, fromUs, toUs } of spansOf(view, [range])) {
      view.readRows('books', resolutionS, fromUs, toUs, 1, (rows) => {
        const bytes = rows.column(0);
        for (let series = 0; series < rows.length; series++) {
          const from = rows.from[series]!;
          const to = rows.to[series]!;
          const { name } = view.nameOf('interface', rows.ids[series]!);
          if (from === to || names?.has(name) === false) continue;
          const ledger = ledgers.get(name) ?? new Ledger();
          ledgers.set(name, ledger);
          let sum = 0;
          for (let place = from; place < to; place++) sum += bytes[place]!;
          const entry = bookEntryOf(rows.tags[series]!);
          ledger.add(entry, sum);
          total.add(entry, sum);
        }
        return true;
      });
    }
    const interfaces = [...ledgers].map(([name, ledger]) => ({ interface: name, ...ledger.sums() }));
    interfaces.sort((left, right) => (left.interface < right.interface ? -1 : 1));
    return { interfaces, total: total.sums() };
  });
}

type ByReason = Partial<Record<BookReason, number>>;

class Ledger {
  #kernelBytes = 0;
  #attributedBytes = 0;
  #inFlightBytes = 0;
  #unexplainedBytes = 0;
  #fileBytes = 0;
  #elsewhereBytes = 0;
  readonly #unknown: ByReason = {};
  readonly #notCaptured: ByReason = {};

  add({ category, reason }: Pick<BookRow, 'category' | 'reason'>, bytes: number): void {
    if (reason === 'file') this.#fileBytes += bytes;
    else if (reason === 'elsewhere') this.#elsewhereBytes += bytes;
    else if (category === 'kernel') this.#kernelBytes += bytes;
    else if (category === 'attributed') this.#attributedBytes += bytes;
    else if (category === 'in-flight') this.#inFlightBytes += bytes;
    else if (category === 'unknown') addTo(this.#unknown, reason, bytes);
    else if (reason === 'unexplained') this.#unexplainedBytes += bytes;
    else addTo(this.#notCaptured, reason, bytes);
  }

  sums(): BooksSums {
    const unknownBytes = sumOf(this.#unknown);
    const explainedBytes = sumOf(this.#notCaptured);
    return {
      kernelBytes: this.#kernelBytes,
      attributedBytes: this.#attributedBytes,
      unknownBytes,
      unknown: this.#unknown,
      notCapturedBytes: explainedBytes + this.#unexplainedBytes,
      notCaptured: this.#notCaptured,
      unexplainedBytes: this.#unexplainedBytes,
      inFlightBytes: this.#inFlightBytes,
      residualBytes: this.#kernelBytes - this.#attributedBytes - unknownBytes - explainedBytes,
      fileBytes: this.#fileBytes,
      elsewhereBytes: this.#elsewhereBytes,
    };
  }
}

function addTo(sums: ByReason, reason: BookReason, bytes: number): void {
  sums[reason] = (sums[reason] ?? 0) + bytes;
}

function sumOf(sums: ByReason): number {
  return Object.values(sums).reduce((sum, bytes) => sum + bytes, 0);
}
