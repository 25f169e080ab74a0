// GET /metrics, for Prometheus and what speaks like it. Owns when counting begins and ends: at the first scrape, and when nobody has
// scraped for KEEP_MS; until then it costs nothing. Bound: that of its parts.
import type {} from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { HttpCounts } from '../metrics/http-counts.js';
import { InterfaceMetrics } from '../metrics/interface-metrics.js';
import { LiveCounts } from '../metrics/live-counts.js';
import { metricsText, wantsOpenMetrics } from '../metrics/metrics-text.js';
import { stateSamples } from '../metrics/state-samples.js';
import type { StreamClients } from '../stream-clients.js';
import type { WebContext } from '../web-context.js';

/** Scrapers come every 15 to 60 seconds; one that is restarted finds the counters going on. */
const KEEP_MS = 600_000;
const SCHEMA = { tags: ['Metrics'], summary: 'Numbers for Prometheus, as text 0.0.4 or OpenMetrics 1.0.0' };
const UNKNOWN_ROUTE = 'none';

export function addMetricsRoutes(app: FastifyInstance, context: WebContext, streams: StreamClients): void {
  const requests = new HttpCounts();
  const interfaces = new InterfaceMetrics();
  let counts: LiveCounts | undefined;
  app.addHook('onResponse', (request, reply, done) => {
    requests.add(request.routeOptions.url ?? UNKNOWN_ROUTE, reply.statusCode, reply.elapsedTime / 1000);
    done();
  });
  app.get('/metrics', { schema: SCHEMA }, async (request, reply) => {
    if (counts === undefined) {
      const begun = new LiveCounts();
      context.live.listen((picture) => begun.add(picture));
      counts = begun;
    }
    context.live.keep(KEEP_MS);
    const samples = [
      ...stateSamples(context, streams),
      ...(await interfaces.samples()),
      ...counts.samples(),
      ...requests.samples(),
    ];
    const { type, text } = await metricsText(samples, wantsOpenMetrics(request.headers.accept));
    return reply.header('vary', 'Origin, Accept').header('cache-control', 'no-store').type(type).send(text);
  });
}
