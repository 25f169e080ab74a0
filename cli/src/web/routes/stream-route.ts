// WebSocket GET /api/stream: a tick record an interval, for as long as somebody reads. Owns who may begin to read; what becomes of those
// who read slowly is cli/src/web/stream-clients.ts. Guards run before the handshake like before every request.
import type { FastifyInstance } from 'fastify';
import { HttpError } from '../problem.js';
import type { StreamClients } from '../stream-clients.js';

interface StreamQuery {
  readonly view?: 'usual' | 'wide';
}

const SCHEMA = {
  tags: ['Live'],
  summary: 'WebSocket: a tick record an interval, as text',
  description:
    'The records of `kaipo live --format ndjson`. Who reads slowly gets fewer, and before the next one {"type":"lag","skipped":N}; who does not read for 30 seconds is closed with 1013.',
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      view: { type: 'string', enum: ['usual', 'wide'], description: 'wide: up to 200 flows and hosts instead of 50' },
    },
  },
};

export function addStreamRoute(app: FastifyInstance, clients: StreamClients): void {
  app.route<{ Querystring: StreamQuery }>({
    method: 'GET',
    url: '/api/stream',
    schema: SCHEMA,
    preHandler: async (request) => {
      if (!request.ws)
        throw new HttpError(426, 'this address is a WebSocket', 'GET /api/live is one interval over HTTP');
      if (clients.isFull) throw new HttpError(503, 'as many read the stream as may', 'GET /api/live');
    },
    handler: async () => undefined,
    wsHandler: (socket, request) => {
      clients.add(socket, (request.query as StreamQuery).view ?? 'usual');
    },
  });
}
