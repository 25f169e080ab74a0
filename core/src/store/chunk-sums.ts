// Sums of chunks that are written for good, until the next resolution takes them: so that it needs not read and decode them again.
// Owns what one writer remembers between two transactions. A chunk that changes has no sum here.
// Bound: MAX_KEPT_SUM_ROWS; what is not here is read from the file.
import type { RowBlock } from './row-block.js';
import { BLOCK_KINDS, type BlockKind } from './store-keys.js';
import { MAX_KEPT_SUM_ROWS, RESOLUTIONS_S } from './store-limits.js';

export class ChunkSums {
  /** By resolution and kind: sums by the number of their chunk. */
  readonly #sums = RESOLUTIONS_S.map(() => new Map(BLOCK_KINDS.map((kind) => [kind, new Map<number, RowBlock>()])));
  #rows = 0;

  get hasRoom(): boolean {
    return this.#rows < MAX_KEPT_SUM_ROWS;
  }

  /** `sum` must not lie in the arena of a transaction. */
  keep(kind: BlockKind, level: number, number: number, sum: RowBlock): void {
    this.drop(kind, level, number);
    this.#of(kind, level).set(number, sum);
    this.#rows += sum.length;
  }

  has(kind: BlockKind, level: number, number: number): boolean {
    return this.#of(kind, level).has(number);
  }

  /** The sum, which is forgotten then. */
  take(kind: BlockKind, level: number, number: number): RowBlock | undefined {
    const sum = this.#of(kind, level).get(number);
    if (sum !== undefined) this.drop(kind, level, number);
    return sum;
  }

  drop(kind: BlockKind, level: number, number: number): void {
    const sums = this.#of(kind, level);
    const sum = sums.get(number);
    if (sum === undefined) return;
    this.#rows -= sum.length;
    sums.delete(number);
  }

  clear(): void {
    for (const kinds of this.#sums) for (const sums of kinds.values()) sums.clear();
    this.#rows = 0;
  }

  #of(kind: BlockKind, level: number): Map<number, RowBlock> {
    return this.#sums[level]!.get(kind)!;
  }
}
