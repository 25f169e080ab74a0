// One number of a row of numbers. Owns the shape. components/StatTiles.svelte draws them.
export interface StatTile {
  readonly label: string;
  readonly value: string;
  /** A smaller line under the number. */
  readonly note?: string | undefined;
  /** Shown when the pointer rests on the number: exact bytes, say. */
  readonly hint?: string | undefined;
  readonly tone?: 'good' | 'warn' | 'bad' | undefined;
  /** The colour it has in charts. */
  readonly key?: 'rx' | 'tx';
  /** What it was before, as a small line. */
  readonly spark?: readonly number[];
}
