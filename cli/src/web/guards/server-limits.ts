// Limits of connections, as options of the server: what node enforces before a request is one. Owns the numbers, and what is answered to
// bytes that are no request. Must not know routes.
// Bounds: those below. A connection beyond MAX_CONNECTIONS, or MAX_FROM_ONE of another machine, is closed at once and counted.
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { isLoopback } from '../listen/web-door.js';
import { PROBLEM_TYPE, problem } from '../problem.js';
import { SECURITY_HEADERS } from './security-headers.js';

export const MAX_URL_BYTES = 8192;
const MAX_HEADER_BYTES = 16_384;
const MAX_CONNECTIONS = 512;
const MAX_FROM_ONE = 64;
/** A request is there within this time, its headers within less: a client that sends a byte now and then holds nothing for long. */
const REQUEST_MS = 30_000;
const HEADERS_MS = 10_000;
const CHECK_EVERY_MS = 2000;
const KEEP_ALIVE_MS = 10_000;
/** Nothing moves either way. Exports of years take some seconds to begin. */
const SILENT_MS = 120_000;
const HANDSHAKE_MS = 10_000;

/** Tests wait for less. */
export interface LimitTimes {
  readonly headersMs?: number;
  readonly checkEveryMs?: number;
}

export const HTTP_LIMITS = ({ headersMs = HEADERS_MS, checkEveryMs = CHECK_EVERY_MS }: LimitTimes = {}) => ({
  maxHeaderSize: MAX_HEADER_BYTES,
  headersTimeout: headersMs,
  connectionsCheckingInterval: checkEveryMs,
  // The guard says what is missing; node would say nothing.
  requireHostHeader: false,
  insecureHTTPParser: false,
});

export const TLS_LIMITS = { minVersion: 'TLSv1.2', handshakeTimeout: HANDSHAKE_MS } as const;

export const SERVER_TIMES = {
  requestTimeout: REQUEST_MS,
  connectionTimeout: SILENT_MS,
  keepAliveTimeout: KEEP_ALIVE_MS,
} as const;

/** Counts connections from now on; answers how many were refused so far. */
export function limitConnections(server: Server): () => number {
  // All headers there are: the bytes of them are bounded, and one that is left out could be the one that matters.
  server.maxHeadersCount = 0;
  server.maxConnections = MAX_CONNECTIONS;
  const open = new Map<string, number>();
  // One that begins anew (other-upgrades.ts) is still one.
  const counted = new WeakSet<Socket>();
  let refused = 0;
  server.on('drop', () => {
    refused += 1;
  });
  server.on('connection', (socket: Socket) => {
    const { remoteAddress } = socket;
    if (remoteAddress === undefined || isLoopback(remoteAddress) || counted.has(socket)) return;
    counted.add(socket);
    const count = (open.get(remoteAddress) ?? 0) + 1;
    if (count > MAX_FROM_ONE) {
      refused += 1;
      socket.destroy();
      return;
    }
    open.set(remoteAddress, count);
    socket.once('close', () => {
      const left = (open.get(remoteAddress) ?? 1) - 1;
      if (left <= 0) open.delete(remoteAddress);
      else open.set(remoteAddress, left);
    });
  });
  return () => refused;
}

const STATUS_OF: Readonly<Record<string, readonly [number, string, string]>> = {
  HPE_HEADER_OVERFLOW: [
    431,
    'Request Header Fields Too Large',
    `headers and address have at most ${MAX_HEADER_BYTES} bytes`,
  ],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'Content Too Large', 'the extensions of its chunks are too long'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'the request did not arrive in time'],
};

/** The answer that is being written: a second one in the middle of it would be read as a part of it. */
interface AnsweredSocket extends Socket {
  readonly _httpMessage?: ServerResponse;
}

/** fastify's clientErrorHandler: bytes that are no request, or too many, or too slow. The connection ends. */
export function answerBadBytes(error: NodeJS.ErrnoException, socket: Socket): void {
  const inFlight = (socket as AnsweredSocket)._httpMessage;
  // Bytes behind a request that said it is the last: its answer goes out, and ends the connection.
  if (error.code === 'HPE_CLOSED_CONNECTION' && inFlight && socket.writable) return;
  const isAnswered = error.code === 'HPE_CLOSED_CONNECTION' || inFlight?.headersSent === true;
  if (!socket.writable || error.code === 'ECONNRESET' || isAnswered) {
    socket.destroy();
    return;
  }
  const [status, reason, detail] = STATUS_OF[error.code ?? ''] ?? [400, 'Bad Request', 'this is no HTTP request'];
  const body = JSON.stringify(problem(status, detail));
  const headers = {
    ...SECURITY_HEADERS,
    'content-type': PROBLEM_TYPE,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${reason}\r\n${head.join('')}\r\n${body}`, () => socket.destroy());
}
