// A web server in this process, asked without a socket: its own directories, its own configuration, the answers of the real thing. Owns
// what `kaipo serve` puts together besides listening.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadSettings } from '@kaipo/cli/settings/settings.js';
import type { WebContext } from '@kaipo/cli/web/web-context.js';
import { WebParts } from '@kaipo/cli/web/web-parts.js';
import { buildWebServer } from '@kaipo/cli/web/web-server.js';
import type { FastifyInstance } from 'fastify';

export interface Answered {
  readonly status: number;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a test reads of a document it says itself
  readonly body: any;
}

export class WebPlace {
  readonly root = mkdtempSync(join(tmpdir(), 'kaipo-web-'));
  readonly file = join(this.root, 'config.toml');
  readonly storeDir: string;
  readonly #clock: () => number;
  /** What routes are given; there after the start. */
  context!: WebContext;
  #app: FastifyInstance | undefined;
  #parts: WebParts | undefined;

  constructor(storeDir: string | undefined, clock: () => number, config = '') {
    this.storeDir = storeDir ?? join(this.root, 'store');
    this.#clock = clock;
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(this.file, config, { mode: 0o600 });
  }

  async start(): Promise<void> {
    const flags = { config: this.file, store: this.storeDir };
    this.#parts = new WebParts(await loadSettings(flags), {
      version: 'test',
      clock: this.#clock,
      flags,
      answersStandMs: 0,
      onFailure: (text) => process.stderr.write(`${text}\n`),
    });
    this.context = this.#parts.context();
    this.#app = await buildWebServer(this.context);
  }

  async get(url: string): Promise<Answered> {
    const { statusCode, headers, body } = await this.#app!.inject({ url, headers: { host: '127.0.0.1:7373' } });
    return { status: statusCode, type: String(headers['content-type']), body: JSON.parse(body) };
  }

  async post(url: string, payload: unknown, type = 'application/json'): Promise<Answered> {
    const { statusCode, headers, body } = await this.#app!.inject({
      method: 'POST',
      url,
      headers: { host: '127.0.0.1:7373', origin: 'http://127.0.0.1:7373', 'content-type': type },
      payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    });
    return { status: statusCode, type: String(headers['content-type']), body: JSON.parse(body) };
  }

  /** As a restart does. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async stop(): Promise<void> {
    await this.#app?.close();
    await this.#parts?.close();
    this.#app = undefined;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.root, { recursive: true });
  }
}

export async function withWeb(
  options: { readonly config?: string; readonly storeDir?: string; readonly nowUs?: number },
  check: (web: WebPlace) => Promise<void>,
): Promise<void> {
  const nowUs = options.nowUs ?? Date.now() * 1000;
  const web = new WebPlace(options.storeDir, () => nowUs, options.config);
  try {
    await web.start();
    await check(web);
  } finally {
    await web.remove();
  }
}
