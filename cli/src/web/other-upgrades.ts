// Requests that would rather speak something else than HTTP/1.1 or WebSocket (curl --http2 and Java's client ask for h2c): a server may go
// on as it is, and does. Once somebody listens for WebSockets, node hands every such request over as if it were one.
// Owns that they are answered like any other, and their connections. Must not know routes.
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';

type OnUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Call it when whoever opens WebSockets listens already. */
export function answerOtherUpgrades(app: FastifyInstance): void {
  const listeners = app.server.listeners('upgrade') as OnUpgrade[];
  app.server.removeAllListeners('upgrade');
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') answerOnce(app, request, socket);
    else for (const listener of listeners) listener.call(app.server, request, socket, head);
  });
}

/** The last request of its connection: its parser is gone. */
function answerOnce(app: FastifyInstance, request: IncomingMessage, socket: Duplex): void {
  socket.on('error', () => socket.destroy());
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket as Socket);
  response.once('finish', () => (socket as Socket).destroySoon());
  app.routing(request, response);
}
