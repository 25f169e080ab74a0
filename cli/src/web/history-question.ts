// A question to history and its answer as text. Owns the way from a checked query to a document, the same for every address: period, filter,
// pages, usage shape. Must not know HTTP: it runs in the server for what is quick, in a process of its own for what is not.
import type { KaipoConfig } from '@kaipo/core/config/kaipo-config.js';
import type { Store } from '@kaipo/core/store/store.js';
import { DEFAULT_LIMIT } from '../history/default-limit.js';
import { historyContext } from '../history/history-context.js';
import { type HistoryQuery, MAX_OFFSET, optionsOf } from './routes/history-query.js';
import type { HistoryRoute } from './routes/history-route.js';
import { type UsageBytes, usageShape } from './usage-shape.js';

export interface Asked {
  readonly store: Store;
  readonly config: KaipoConfig;
  readonly nowUs: number;
  /** Path and query as they came: the address of the next page is made of it. */
  readonly url: string;
}

/** The whole answer, as JSON unless the route is of another type. Raises what the command raises that asks the same. */
export async function answerText(route: HistoryRoute, query: HistoryQuery, asked: Asked): Promise<string> {
  const { store, config, nowUs, url } = asked;
  const isPaged = 'offset' in route.query;
  const { limit = DEFAULT_LIMIT, offset = 0 } = query;
  // Rows are asked for from the first one on: an order can be cut at its end alone.
  const reading = isPaged ? { ...query, limit: offset + limit } : query;
  const context = historyContext(store, config, optionsOf(reading), route.periodOf, nowUs);
  const document = await route.answer(context, reading);
  if (typeof document === 'string') return document;
  return JSON.stringify(withUsage(config, isPaged ? pageOf(document, url, offset, limit) : document));
}

function withUsage(config: KaipoConfig, document: object): object {
  const { total } = document as { readonly total?: unknown };
  const sums = [document, total].find(hasBytes);
  return sums === undefined ? document : { ...document, ...usageShape(config, sums) };
}

const hasBytes = (value: unknown): value is UsageBytes =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Partial<UsageBytes>).txBytes === 'number' &&
  typeof (value as Partial<UsageBytes>).rxBytes === 'number';

/** The rows after `offset`, and the address of the next page while there may be one. */
function pageOf(document: object, url: string, offset: number, limit: number): object {
  const { rows } = document as { readonly rows?: readonly unknown[] };
  if (rows === undefined) return document;
  const shown = rows.slice(offset);
  const isLast = shown.length < limit || offset + limit > MAX_OFFSET;
  const next = isLast ? undefined : nextUrl(url, offset + limit);
  return {
    ...document,
    rows: shown,
    page: { offset, limit, count: shown.length, ...(next !== undefined && { next }) },
  };
}

function nextUrl(url: string, offset: number): string {
  const at = new URL(url, 'http://localhost');
  at.searchParams.set('offset', String(offset));
  return at.pathname + at.search;
}
