// The four things history is kept by. Owns the names and their order in keys; the order is part of the file format.

export const SERIES_KINDS = ['interface', 'app', 'protocol', 'host'] as const;
export type SeriesKind = (typeof SERIES_KINDS)[number];

/** The sum of everything that did not get a row or a name of its own. */
export const OTHER_ID = 0;
export const OTHER_NAME = 'other';

/** Who a series is. Only applications have more than a name. */
export interface SeriesName {
  readonly name: string;
  readonly exe?: string;
  readonly user?: string;
  readonly unit?: string;
  readonly container?: string;
}
