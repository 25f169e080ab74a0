// One question to history as an address: what it takes and what it asks. Owns the shape; how an answer is made is history-question.ts, how
// it goes out add-history-routes.ts.
import type { HistoryContext, PeriodOf } from '../../history/history-context.js';
import type { HistoryQuery, Schema } from './history-query.js';

export type Answer = object | string;

export interface HistoryRoute {
  readonly path: string;
  /** One line for the API page; then as many as it needs. */
  readonly summary: string;
  readonly description?: string;
  readonly tag: string;
  readonly query: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  /** May take longer than others can wait: it is worked out in a process of its own. */
  readonly isHeavy?: true;
  readonly periodOf: PeriodOf;
  /** Of the answer; JSON without it. */
  readonly type?: string;
  /** The document to answer with, or a whole text. The sums of a document, or those of its `total`, are also told in the usage shape. */
  answer(context: HistoryContext, query: HistoryQuery): Answer | Promise<Answer>;
}

/** A route whose query has fields of its own: its schema has checked them. */
export function historyRoute<Query extends HistoryQuery>(
  route: Omit<HistoryRoute, 'answer'> & {
    answer(context: HistoryContext, query: Query): Answer | Promise<Answer>;
  },
): HistoryRoute {
  return route as unknown as HistoryRoute;
}
