// Requests that would rather speak something else than HTTP/1.1 or WebSocket (curl --http2 and Java's client ask for h2c): a server may go
// on as it is, and does. Once somebody listens for WebSockets, node hands every such request over as if it were one, without its body.
// Owns that they are answered like any other, and that none of them comes in the middle of an answer. Must not know routes.
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { FastifyInstance } from 'fastify';

type OnUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** The answer that is being written on this connection. */
interface AnsweredSocket extends Socket {
  readonly _httpMessage?: unknown;
}

const HOP_HEADERS = new Set(['upgrade', 'http2-settings']);

/** Call it when whoever opens WebSockets listens already. */
export function answerOtherUpgrades(app: FastifyInstance): void {
  const listeners = app.server.listeners('upgrade') as OnUpgrade[];
  app.server.removeAllListeners('upgrade');
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // The request before it has no answer yet, and a connection has room for one: whoever listens would raise, and end the server.
    if ((socket as AnsweredSocket)._httpMessage) socket.destroy();
    else if (request.headers.upgrade?.toLowerCase() !== 'websocket') askAgain(app, request, socket as Socket, head);
    else for (const listener of listeners) listener.call(app.server, request, socket, head);
  });
}

/** The connection begins anew with the same request that asks for nothing else: a new parser reads it, its body and what follows. */
function askAgain({ server }: FastifyInstance, request: IncomingMessage, socket: Socket, head: Buffer): void {
  socket.unshift(Buffer.concat([Buffer.from(plainHead(request), 'latin1'), head]));
  server.emit(socket instanceof TLSSocket ? 'secureConnection' : 'connection', socket);
}

function plainHead({ method, url, httpVersion, rawHeaders }: IncomingMessage): string {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!.toLowerCase();
    const value = name === 'connection' ? withoutHop(rawHeaders[index + 1]!) : rawHeaders[index + 1]!;
    if (!HOP_HEADERS.has(name) && (name !== 'connection' || value !== '')) lines.push(`${name}: ${value}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}

const withoutHop = (connection: string): string =>
  connection
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '' && !HOP_HEADERS.has(word.toLowerCase()))
    .join(', ');
