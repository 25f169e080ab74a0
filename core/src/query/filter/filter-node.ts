// A filter as a tree, and what can be wrong with its text. Owns the shapes only.
import type { FilterField } from './filter-fields.js';

/** One value of a row against what was asked. Texts come as they are, numbers in bytes, bytes a second and seconds. */
export type ValueTest = (value: string | number) => boolean;

export type FilterNode =
  | { readonly kind: 'all' | 'any'; readonly nodes: readonly FilterNode[] }
  | { readonly kind: 'not'; readonly node: FilterNode }
  | { readonly kind: 'field'; readonly field: FilterField; readonly test: ValueTest }
  /** A word without a field: in any text of a row. */
  | { readonly kind: 'anywhere'; readonly test: ValueTest };

/** Where the text stops making sense: an index into it, and how much of it is meant. */
export interface FilterProblem {
  readonly at: number;
  readonly length: number;
  readonly message: string;
  /** What to write instead, where that can be said. */
  readonly fix?: string;
}

/** Raised inside the parser alone: its door answers with values. */
export class FilterSyntaxError extends Error {
  readonly problem: FilterProblem;

  constructor(problem: FilterProblem) {
    super(problem.message);
    this.problem = problem;
  }
}
