// What parts the sum of rows by name from the total of `kaipo status`: bytes the kernel counted and nobody captured, and bytes
// captured on interfaces that do not add to totals (a VPN, a bridge, loopback). Owns both sums; from the books, so they are exact.
import { type HistoryTotals, queryBooks } from '@kaipo/core/query/history.js';
import type { HistoryContext } from './history-context.js';
import { countedInterfacesOf } from './interface-rows.js';

type ByName = Readonly<Record<string, number>>;

export interface BetweenTotals {
  /** Counted, in no row; by reason. */
  readonly notCaptured?: { readonly bytes: number; readonly reasons: ByName };
  /** In rows, and a second time on an interface that counts, or on none; by interface. */
  readonly notCounted?: { readonly bytes: number; readonly interfaces: ByName };
}

/** Rows + notCaptured - notCounted are the total, but for bytes in flight. Counters know no zones: of a zone nothing is said. */
export function betweenTotals(context: HistoryContext, totals: HistoryTotals): BetweenTotals {
  const { store, range, filter } = context;
  if (filter.zone !== undefined) return {};
  const asked = [filter.interface ?? []].flat();
  const { interfaces, total } = queryBooks(store, range, { interface: asked });
  const { notCapturedBytes, notCaptured, unexplainedBytes } = total;
  // Every interface that was asked for counts in its own answer.
  const booked = total.kernelBytes + total.fileBytes + total.elsewhereBytes;
  const twice = asked.length > 0 ? 0 : booked - totals.txBytes - totals.rxBytes;
  return {
    ...(notCapturedBytes > 0 && {
      notCaptured: { bytes: notCapturedBytes, reasons: nonZero({ ...notCaptured, unexplained: unexplainedBytes }) },
    }),
    ...(twice > 0 && { notCounted: { bytes: twice, interfaces: uncounted(context, interfaces) } }),
  };
}

/** Empty when the store cannot tell which they are. */
function uncounted(
  context: HistoryContext,
  books: readonly { readonly interface: string; readonly kernelBytes: number }[],
): ByName {
  const counted = countedInterfacesOf(context);
  if (counted === undefined) return {};
  const rest = books.filter((row) => row.interface !== '' && !counted.has(row.interface));
  return nonZero(Object.fromEntries(rest.map((row) => [row.interface, row.kernelBytes])));
}

const nonZero = (sums: Readonly<Record<string, number | undefined>>): ByName =>
  Object.fromEntries(Object.entries(sums).filter((entry): entry is [string, number] => (entry[1] ?? 0) !== 0));
