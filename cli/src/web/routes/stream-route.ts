// WebSocket GET /api/stream: a tick record an interval, for as long as somebody reads. Owns the handshake's bounds and the end; who reads
// slowly is cli/src/web/stream-clients.ts. Guards run before the handshake like before every request. Bound: MAX_MESSAGE_BYTES a message.
import websocket from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import { HttpError } from '../problem.js';
import { MAX_MESSAGE_BYTES, type StreamClients } from '../stream-clients.js';

interface StreamQuery {
  readonly view?: 'usual' | 'wide';
}

/** A browser goes on only when it is answered one of the protocols it offered; one that carries a token is not repeated if there is another. */
const PROTOCOL = 'kaipo.ticks';

export async function addStreamRoute(app: FastifyInstance, clients: StreamClients): Promise<void> {
  await app.register(websocket, {
    options: {
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
      handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : (offered.values().next().value ?? false)),
    },
    preClose(this: FastifyInstance, done: () => void) {
      const server = this.websocketServer;
      void clients.close().then(() => {
        server.close();
        done();
      });
    },
  });
  app.route<{ Querystring: StreamQuery }>({
    method: 'GET',
    url: '/api/stream',
    schema: {
      querystring: {
        type: 'object',
        additionalProperties: false,
        properties: { view: { type: 'string', enum: ['usual', 'wide'] } },
      },
    },
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
