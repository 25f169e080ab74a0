// The web server: one fastify application with everything `kaipo serve` answers. Owns the order of guards and routes, and what becomes
// of errors. Must not know what a route does, nor where it listens. Bounds: BODY_BYTES a request; the guards have the others.
import Fastify, { type FastifyInstance } from 'fastify';
import { PROBLEM_TYPE, problem, problemOf } from './problem.js';
import { addHistoryRoutes } from './routes/add-history-routes.js';
import { addConfigRoutes } from './routes/config-routes.js';
import { addDashboardRoutes } from './routes/dashboard-routes.js';
import { addExportRoutes } from './routes/export-routes.js';
import { schemaMistake } from './schema-mistake.js';
import type { WebContext } from './web-context.js';

export const BODY_BYTES = 65_536;

/** Everything but listening. The caller closes it. */
export async function buildWebServer(context: WebContext): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: BODY_BYTES,
    trustProxy: false,
    // A field nobody knows is a mistake to be told, never one to be dropped.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: 'array', useDefaults: true, verbose: true } },
    schemaErrorFormatter: schemaMistake,
  });
  app.setErrorHandler((error, _, reply) => {
    const told = problemOf(error);
    if (told.status >= 500 && told.type === 'about:blank') logFailure(error);
    return reply.code(told.status).type(PROBLEM_TYPE).send(told);
  });
  app.setNotFoundHandler((request, reply) => {
    const told = problem(404, `there is no ${request.url.split('?')[0]}`, 'GET /api/docs lists what there is');
    return reply.code(404).type(PROBLEM_TYPE).send(told);
  });
  addHistoryRoutes(app, context);
  addExportRoutes(app, context);
  addConfigRoutes(app, context);
  addDashboardRoutes(app);
  await app.ready();
  return app;
}

/** For whoever runs the server; never for who asked. */
function logFailure(error: unknown): void {
  process.stderr.write(
    `kaipo: a request failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
}
