// Rows of a table as asked: sought, sorted, a page of them. Owns the order. Must not know what the rows mean.
// Rows with the same value keep the order they came in.

export interface TableOrder {
  readonly key: string;
  readonly isDescending: boolean;
}

export type CellValue = string | number | undefined;

/** Rows one of whose texts holds every word of `search`, in any case. */
export function soughtRows<T>(rows: readonly T[], search: string, textOf: (row: T) => string): readonly T[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const text = textOf(row).toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** What has no value is last, whichever way. */
export function sortedRows<T>(rows: readonly T[], isDescending: boolean, cellOf: (row: T) => CellValue): T[] {
  const factor = isDescending ? -1 : 1;
  return rows.toSorted((left, right) => {
    const [a, b] = [cellOf(left), cellOf(right)];
    if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
    if (typeof a === 'number' && typeof b === 'number') return factor * (a - b);
    return factor * String(a).localeCompare(String(b), 'en', { numeric: true, sensitivity: 'base' });
  });
}

/** A page of rows; a page past the end is the last one. */
export function pageOf<T>(
  rows: readonly T[],
  page: number,
  size: number,
): { readonly rows: readonly T[]; readonly page: number; readonly pages: number } {
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const current = Math.min(Math.max(0, page), pages - 1);
  return { rows: rows.slice(current * size, (current + 1) * size), page: current, pages };
}
