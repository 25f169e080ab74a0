// The web server: one fastify application with everything `kaipo serve` answers. Owns the order of guards and routes, and what becomes
// of errors. Must not know what a route does, nor where it listens. Bounds: BODY_BYTES a request; the guards have the others.
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyServerOptions } from 'fastify';
import { registerGuards } from './guards/register-guards.js';
import { SECURITY_HEADERS } from './guards/security-headers.js';
import {
  answerBadBytes,
  HTTP_LIMITS,
  type LimitTimes,
  limitConnections,
  SERVER_TIMES,
  TLS_LIMITS,
} from './guards/server-limits.js';
import { describeApi } from './openapi/openapi-document.js';
import { HttpError, PROBLEM_TYPE, problemOf } from './problem.js';
import { addHistoryRoutes } from './routes/add-history-routes.js';
import { addConfigRoutes } from './routes/config-routes.js';
import { addDashboardRoutes } from './routes/dashboard-routes.js';
import { addDocsRoutes } from './routes/docs-routes.js';
import { addExportRoutes } from './routes/export-routes.js';
import { addLiveRoutes } from './routes/live-routes.js';
import { addMetricsRoutes } from './routes/metrics-routes.js';
import { addStreamRoute } from './routes/stream-route.js';
import { schemaMistake } from './schema-mistake.js';
import { StreamClients } from './stream-clients.js';
import { registerStreamHandshake } from './stream-handshake.js';
import type { WebContext } from './web-context.js';

export const BODY_BYTES = 65_536;

/** Everything but listening. The caller closes it. */
export async function buildWebServer(context: WebContext, times: LimitTimes = {}): Promise<FastifyInstance> {
  const app = Fastify({
    ...listener(context, times),
    ...SERVER_TIMES,
    bodyLimit: BODY_BYTES,
    // What a proxy says of addresses and names decides nothing.
    trustProxy: false,
    clientErrorHandler: answerBadBytes,
    // Before any hook has run: an address that cannot be decoded.
    frameworkErrors: (error, _, reply) => {
      sendProblem(reply.headers(SECURITY_HEADERS), error);
    },
    // A field nobody knows is a mistake to be told, never one to be dropped.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: 'array', useDefaults: true, verbose: true } },
    schemaErrorFormatter: schemaMistake,
  } as FastifyServerOptions);
  limitConnections(app.server);
  app.setErrorHandler((error, _, reply) => sendProblem(reply, error));
  const streams = new StreamClients(context.live);
  await registerStreamHandshake(app, streams);
  const methods = registerGuards(app, context);
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0];
    const allowed = methods.of(request.url);
    if (allowed === undefined) throw new HttpError(404, `there is no ${path}`, 'GET /api/docs lists what there is');
    reply.header('allow', allowed.join(', '));
    throw new HttpError(405, `${path} takes no ${request.method}`, allowed.join(', '));
  });
  // These first: they look at the routes that come after them.
  await describeApi(app, context.version);
  addStreamRoute(app, streams);
  addMetricsRoutes(app, context, streams);
  addLiveRoutes(app, context);
  addHistoryRoutes(app, context);
  addExportRoutes(app, context);
  addConfigRoutes(app, context);
  addDocsRoutes(app);
  addDashboardRoutes(app);
  await app.ready();
  return app;
}

/** HTTP, or HTTPS where there is a certificate; the same limits in both. */
function listener({ door }: WebContext, times: LimitTimes): { readonly http?: object; readonly https?: object } {
  const limits = HTTP_LIMITS(times);
  if (door?.kind !== 'tcp' || door.tls === undefined) return { http: limits };
  const { cert, key } = door.tls;
  return { https: { ...limits, ...TLS_LIMITS, cert, key } };
}

function sendProblem(reply: FastifyReply, error: unknown): FastifyReply {
  const told = problemOf(error);
  if (told.status >= 500 && told.type === 'about:blank' && !(error instanceof HttpError)) logFailure(error);
  return reply.code(told.status).type(PROBLEM_TYPE).send(told);
}

/** For whoever runs the server; never for who asked. */
function logFailure(error: unknown): void {
  process.stderr.write(
    `kaipo: a request failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
}
