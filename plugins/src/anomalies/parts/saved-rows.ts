// What detectors save: rows of texts and numbers under a version. Owns: that what comes back is of that shape, whatever it was.
export type SavedRow = readonly (string | number)[];

export const savedRows = (version: number, rows: readonly SavedRow[]): unknown => ({ version, rows });

/** Rows of that version whose values are of the kinds of `like`; everything else is left out. */
export function rowsOf(saved: unknown, version: number, like: SavedRow): SavedRow[] {
  if (typeof saved !== 'object' || saved === null) return [];
  const { version: its, rows } = saved as { version?: unknown; rows?: unknown };
  if (its !== version || !Array.isArray(rows)) return [];
  return rows.filter(
    (row): row is SavedRow =>
      Array.isArray(row) && row.length === like.length && like.every((value, i) => typeof row[i] === typeof value),
  );
}
