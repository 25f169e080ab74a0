// One question to history as an address: what it takes, what it asks, and how its answer goes out. Owns the way from a query string to
// bytes, the same for every route: period, filter, cache, ETag, usage shape, pages. Must not know what is asked.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DEFAULT_LIMIT } from '../../history/default-limit.js';
import { type HistoryContext, historyContext, type PeriodOf } from '../../history/history-context.js';
import { type UsageBytes, usageShape } from '../usage-shape.js';
import type { WebContext } from '../web-context.js';
import { type HistoryQuery, optionsOf, type Schema } from './history-query.js';

export interface HistoryRoute<Query extends HistoryQuery> {
  readonly path: string;
  /** One line for the API page; then as many as it needs. */
  readonly summary: string;
  readonly description?: string;
  readonly tag: string;
  readonly query: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  /** Of the answer beyond what all have; see openapi-schemas.ts. */
  readonly response?: Schema;
  readonly periodOf: PeriodOf;
  /** The document to answer with. Its sums, or those of its `total`, are also told in the usage shape. */
  answer(context: HistoryContext, query: Query): object | Promise<object>;
}

export function addHistoryRoute<Query extends HistoryQuery>(
  app: FastifyInstance,
  context: WebContext,
  route: HistoryRoute<Query>,
): void {
  const { path, query, required = [] } = route;
  app.get(
    path,
    {
      schema: {
        tags: [route.tag],
        summary: route.summary,
        ...(route.description !== undefined && { description: route.description }),
        querystring: { type: 'object', additionalProperties: false, properties: query, required },
        ...(route.response !== undefined && { response: { 200: route.response } }),
      },
    },
    async (request, reply) => {
      const question = request.url;
      const cached = context.answers.get(question, performance.now());
      const answer = cached ?? (await makeAnswer(context, route, request.query as Query, question));
      return sendBytes(request, reply, answer.bytes, answer.etag);
    },
  );
}

async function makeAnswer<Query extends HistoryQuery>(
  web: WebContext,
  route: HistoryRoute<Query>,
  query: Query,
  question: string,
) {
  const { config } = web.settings();
  const store = await web.history.fresh();
  // Read again: another request may have made it while the recorder wrote.
  const cached = web.answers.get(question, performance.now());
  if (cached !== undefined) return cached;
  const { limit = DEFAULT_LIMIT, offset = 0 } = query;
  const isPaged = 'offset' in route.query;
  const asked = optionsOf(isPaged ? { ...query, limit: offset + limit } : query);
  const context = historyContext(store, config, asked, route.periodOf, web.clock());
  const document = await route.answer(context, isPaged ? { ...query, limit: offset + limit } : query);
  const paged = isPaged ? pageOf(document, question, offset, limit) : document;
  return web.answers.put(question, JSON.stringify(withUsage(web, paged)), performance.now());
}

function withUsage(web: WebContext, document: object): object {
  const { total } = document as { readonly total?: unknown };
  const sums = [document, total].find(hasBytes);
  return sums === undefined ? document : { ...document, ...usageShape(web.settings().config, sums) };
}

const hasBytes = (value: unknown): value is UsageBytes =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Partial<UsageBytes>).txBytes === 'number' &&
  typeof (value as Partial<UsageBytes>).rxBytes === 'number';

/** The rows after `offset`, and the address of the next page while there is one. */
function pageOf(document: object, url: string, offset: number, limit: number): object {
  const rows = (document as { readonly rows?: readonly unknown[] }).rows;
  if (rows === undefined) return document;
  const shown = rows.slice(offset);
  const next = shown.length < limit ? undefined : nextUrl(url, offset + limit);
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

/** 304 when the asker has these bytes already. */
export function sendBytes(request: FastifyRequest, reply: FastifyReply, bytes: Buffer, etag: string): FastifyReply {
  reply.header('etag', etag).header('cache-control', 'private, no-cache');
  const known = request.headers['if-none-match'];
  if (known !== undefined && (known === '*' || known.includes(etag))) return reply.code(304).send();
  return reply.header('content-type', 'application/json; charset=utf-8').send(bytes);
}
