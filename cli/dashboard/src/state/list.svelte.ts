// How a list that the server sorts and cuts into pages is asked for. Owns: order, search and page, kept in the address of the view, so that
// a link shows others the same. Bound: PAGE_ROWS rows a page.
import type { AskedValue } from '../logic/address.js';
import { route } from './route.svelte.js';

export const PAGE_ROWS = 50;
/** The API looks no further. */
const MAX_OFFSET = 100_000;

export class List {
  readonly #defaultSort: string;

  constructor(defaultSort: string) {
    this.#defaultSort = defaultSort;
  }

  get sort(): string {
    return route.value('sort') ?? this.#defaultSort;
  }

  get isReversed(): boolean {
    return route.value('reverse') === 'true';
  }

  /** From 0. */
  get page(): number {
    const page = Number(route.value('page') ?? '1') - 1;
    return Number.isInteger(page) ? Math.min(Math.max(0, page), MAX_OFFSET / PAGE_ROWS) : 0;
  }

  /** As the API takes it. */
  get ask(): Record<string, AskedValue> {
    return {
      limit: PAGE_ROWS,
      offset: this.page === 0 ? undefined : this.page * PAGE_ROWS,
      sort: this.sort,
      reverse: this.isReversed || undefined,
    };
  }

  readonly order = (sort: string, isReversed: boolean): void => {
    route.change({
      sort: sort === this.#defaultSort ? undefined : sort,
      reverse: isReversed ? 'true' : undefined,
      page: undefined,
    });
  };

  readonly turn = (page: number): void => {
    route.change({ page: page === 0 ? undefined : String(page + 1) });
  };
}

export const pagesOf = (count: number): number => Math.max(1, Math.ceil(Math.min(count, MAX_OFFSET) / PAGE_ROWS));
