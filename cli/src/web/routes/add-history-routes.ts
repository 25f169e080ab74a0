// Questions to history over HTTP. Owns how an answer goes out: from the cache, from this process, or from the one for what takes long; ETag
// and 304. Must not know what is asked.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CachedAnswer } from '../answer-cache.js';
import { answerText } from '../history-question.js';
import type { WebContext } from '../web-context.js';
import type { HistoryQuery } from './history-query.js';
import type { HistoryRoute } from './history-route.js';
import { HISTORY_ROUTES } from './history-routes.js';

export function addHistoryRoutes(app: FastifyInstance, web: WebContext): void {
  // A question may take a minute, and others wait behind it: the end of the server does not.
  app.addHook('preClose', async () => web.worker.close());
  for (const route of HISTORY_ROUTES) {
    const { path, query, required = [], tag, summary, description } = route;
    app.get(
      path,
      {
        schema: {
          tags: [tag],
          summary,
          ...(description !== undefined && { description }),
          querystring: { type: 'object', additionalProperties: false, properties: query, required },
        },
      },
      async (request, reply) => {
        const url = request.url;
        const answer =
          web.answers.get(url, performance.now()) ?? (await makeAnswer(web, route, request.query as HistoryQuery, url));
        return sendBytes(request, reply, answer, route.type);
      },
    );
  }
}

async function makeAnswer(
  web: WebContext,
  route: HistoryRoute,
  query: HistoryQuery,
  url: string,
): Promise<CachedAnswer> {
  const store = await web.history.fresh();
  // Another request may have made it meanwhile.
  const made = web.answers.get(url, performance.now());
  if (made !== undefined) return made;
  const text =
    route.isHeavy === true
      ? await web.worker.ask({ path: route.path, query, url })
      : await answerText(route, query, { store, config: web.settings().config, nowUs: web.clock(), url });
  return web.answers.put(url, text, performance.now());
}

/** 304 when the asker has these bytes already. */
export function sendBytes(
  request: FastifyRequest,
  reply: FastifyReply,
  { bytes, etag }: CachedAnswer,
  type = 'application/json; charset=utf-8',
): FastifyReply {
  reply.header('etag', etag).header('cache-control', 'private, no-cache');
  const known = request.headers['if-none-match'];
  if (known !== undefined && (known === '*' || known.includes(etag))) return reply.code(304).send();
  return reply.header('content-type', type).send(bytes);
}
