// What history is kept by. Owns the names and their order in keys; the order is part of the file format: append only.
import type { InterfaceClass } from '../kernel/traffic-words.js';

export const SERIES_KINDS = ['interface', 'app', 'protocol', 'host', 'unknown'] as const;
export type SeriesKind = (typeof SERIES_KINDS)[number];

/** What the dictionary names: the series, and the scopes (interface and zone) their rows are seen in. */
export const NAME_KINDS = [...SERIES_KINDS, 'scope'] as const;
export type NameKind = (typeof NAME_KINDS)[number];

/** The sum of everything that did not get a row or a name of its own. */
export const OTHER_ID = 0;
export const OTHER_NAME = 'other';

/** Who a series is. Applications and interfaces have more than a name. */
export interface SeriesName {
  readonly name: string;
  readonly exe?: string;
  readonly user?: string;
  readonly unit?: string;
  readonly container?: string;
  /** Interfaces only. */
  readonly class?: InterfaceClass;
}
