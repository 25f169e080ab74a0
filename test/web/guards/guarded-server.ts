// A real web server on a free port of this machine, with a store of its own, and ways to ask it that no HTTP client would allow.
// Owns its folder and that all of it is gone afterwards.
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LimitTimes } from '@kaipo/cli/web/guards/server-limits.js';
import { openDoor } from '@kaipo/cli/web/listen/open-door.js';
import type { WebDoor } from '@kaipo/cli/web/listen/web-door.js';
import { changeTokens, type TokenAccess, tokenDigest } from '@kaipo/cli/web/tokens/token-file.js';
import { WebParts } from '@kaipo/cli/web/web-parts.js';
import { buildWebServer } from '@kaipo/cli/web/web-server.js';
import { type ApiConfig, DEFAULT_CONFIG } from '@kaipo/core/config/kaipo-config.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import type { FastifyInstance } from 'fastify';

export interface GuardedOptions {
  readonly api?: Partial<ApiConfig>;
  readonly door?: WebDoor;
  readonly times?: LimitTimes;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export const TOKEN = `kpo_${'a'.repeat(43)}`;
export const READ_TOKEN = `kpo_${'b'.repeat(43)}`;
const UPGRADE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};
const TIME_LIMIT_MS = 20_000;

export class GuardedServer {
  readonly app: FastifyInstance;
  readonly dir: string;
  readonly tokensPath: string;
  readonly door: WebDoor;
  readonly #closers: (() => unknown)[];

  private constructor(app: FastifyInstance, dir: string, door: WebDoor, closers: (() => unknown)[]) {
    this.app = app;
    this.dir = dir;
    this.tokensPath = join(dir, 'tokens.json');
    this.door = door;
    this.#closers = closers;
  }

  static async open({ api, door, times }: GuardedOptions = {}): Promise<GuardedServer> {
    const dir = mkdtempSync(join(tmpdir(), 'kaipo-guards-'));
    const store = { dir: join(dir, 'store') };
    await openStore(store).close();
    const settings = {
      config: { ...DEFAULT_CONFIG, api: { ...DEFAULT_CONFIG.api, tokensFile: join(dir, 'tokens.json'), ...api } },
      values: new Map(),
      files: [],
      warnings: [],
      storeDir: store.dir,
    };
    const parts = new WebParts(settings, { version: '0.0.0', flags: { store: store.dir }, onFailure: () => undefined });
    const at: WebDoor = door ?? { kind: 'tcp', host: '127.0.0.1', port: 0, isRemote: false };
    const app = await buildWebServer(parts.context(at), times);
    await openDoor(app, at);
    return new GuardedServer(app, dir, at, [
      () => app.server.closeAllConnections(),
      () => app.close(),
      () => parts.close(),
      () => rmSync(dir, { recursive: true }),
    ]);
  }

  get port(): number {
    return (this.app.server.address() as AddressInfo).port;
  }

  addToken(name: string, token: string, access: TokenAccess = 'full', expires?: number): void {
    const sha256 = tokenDigest(token).toString('hex');
    changeTokens(this.tokensPath, (tokens) => [
      ...tokens,
      { name, sha256, access, created: 1, ...(expires !== undefined && { expires }) },
    ]);
  }

  /** `Host` is that of the address unless the headers say otherwise. */
  ask(path: string, options: RequestOptions & { readonly body?: string } = {}): Promise<Answer> {
    const { body, ...rest } = options;
    const isTls = this.door.kind === 'tcp' && this.door.tls !== undefined;
    const where = this.door.kind === 'socket' ? { socketPath: this.door.path } : { host: '127.0.0.1', port: this.port };
    const ask = isTls ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const request = ask({ ...where, path, agent: false, rejectUnauthorized: false, ...rest }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.once('error', reject).once('end', () => {
          resolve({ status: response.statusCode!, headers: response.headers, body: text });
        });
      });
      request.setTimeout(TIME_LIMIT_MS, () => request.destroy(new Error('no answer'))).once('error', reject);
      request.end(body);
    });
  }

  /** What comes back until the server ends the connection. */
  exchange(bytes: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
      let text = '';
      socket.setTimeout(TIME_LIMIT_MS, () => socket.destroy(new Error(`still open after: ${text}`)));
      socket.setEncoding('latin1').on('data', (part: string) => {
        text += part;
      });
      socket.once('error', (error: NodeJS.ErrnoException) =>
        error.code === 'ECONNRESET' ? resolve(text) : reject(error),
      );
      socket.once('close', () => resolve(text));
    });
  }

  /** The head of the answer to the opening of a WebSocket; then it is closed. */
  upgrade(headers: Readonly<Record<string, string>>, path = '/api/stream'): Promise<string> {
    const all = { Host: `127.0.0.1:${this.port}`, ...UPGRADE, ...headers };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    return new Promise((resolve, reject) => {
      const socket = connect(this.port, '127.0.0.1', () =>
        socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`),
      );
      let text = '';
      socket.setTimeout(TIME_LIMIT_MS, () => socket.destroy(new Error(`no answer after: ${text}`)));
      socket.setEncoding('latin1').on('data', (part: string) => {
        text += part;
        if (text.includes('\r\n\r\n')) socket.destroy();
      });
      socket.once('error', reject).once('close', () => resolve(text.split('\r\n\r\n', 1)[0]!));
    });
  }

  async close(): Promise<void> {
    for (const close of this.#closers) await close();
  }
}

/** Runs `body` on a server that is gone afterwards. */
export async function withGuards(
  options: GuardedOptions,
  body: (server: GuardedServer) => Promise<void>,
): Promise<void> {
  const server = await GuardedServer.open(options);
  try {
    await body(server);
  } finally {
    await server.close();
  }
}

export const bearer = (token: string): { readonly authorization: string } => ({ authorization: `Bearer ${token}` });

export const problemOf = (
  answer: Answer,
): { status: number; detail: string; title: string; type: string; fix?: string } => JSON.parse(answer.body);
