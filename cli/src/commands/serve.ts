// `kaipo serve`: the API, the web dashboard and the metrics. Owns: where it listens, what it says when it does, reload and end. What is
// answered is cli/src/web.
import { wallClockUs } from '@kaipo/core/kernel/clock.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import type { FastifyInstance } from 'fastify';
import { RunEnd } from '../live/run-end.js';
import { reportError } from '../output/report-error.js';
import { loadSettings, type Settings, type SettingsFlags, storeOptions } from '../settings/settings.js';
import { AnswerCache } from '../web/answer-cache.js';
import { HistorySource } from '../web/history-source.js';
import { HistoryWorker } from '../web/history-worker.js';
import { LiveFeed } from '../web/live-feed.js';
import { StoreWatch } from '../web/store-watch.js';
import type { WebContext } from '../web/web-context.js';
import { buildWebServer } from '../web/web-server.js';

export interface ServeOptions extends SettingsFlags {
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly version: string;
}

/** An answer stands for so long: what people look at changes once a second. */
const ANSWERS_STAND_MS = 1000;

export async function runServe(options: ServeOptions): Promise<number> {
  try {
    return await new ServeRun(options, await loadSettings(options)).run();
  } catch (error) {
    return reportError(error);
  }
}

const say = (line: string): void => {
  process.stderr.write(`kaipo serve: ${line}\n`);
};

class ServeRun {
  readonly #options: ServeOptions;
  readonly #history: HistorySource;
  readonly #answers = new AnswerCache(ANSWERS_STAND_MS);
  readonly #worker: HistoryWorker;
  readonly #watch: StoreWatch;
  readonly #live: LiveFeed;
  #settings: Settings;

  constructor(options: ServeOptions, settings: Settings) {
    this.#options = options;
    this.#settings = settings;
    this.#history = new HistorySource(storeOptions(settings.config));
    this.#worker = new HistoryWorker(options);
    this.#watch = new StoreWatch(this.#history);
    this.#live = new LiveFeed({
      config: () => this.#settings.config,
      findWriter: () => this.#watch.writer(),
      onFailure: (error) => say(`live numbers failed: ${String(error)}`),
    });
  }

  async run(): Promise<number> {
    const end = new RunEnd({
      onHangup: () =>
        void this.#reload().catch((error) => say(`the configuration was not read again: ${String(error)}`)),
    });
    let app: FastifyInstance | undefined;
    try {
      app = await buildWebServer(this.#context());
      await this.#listen(app);
      while (end.given === undefined) await end.waitUntil(Number.POSITIVE_INFINITY);
      return end.given.exitCode;
    } finally {
      end.release();
      this.#worker.close();
      await app?.close();
      await this.#live.stop();
      await this.#history.close();
    }
  }

  #context(): WebContext {
    return {
      version: this.#options.version,
      clock: wallClockUs,
      flags: this.#options,
      settings: () => this.#settings,
      reload: () => this.#reload(),
      history: this.#history,
      answers: this.#answers,
      worker: this.#worker,
      live: this.#live,
      watch: this.#watch,
    };
  }

  async #listen(app: FastifyInstance): Promise<void> {
    const { api } = this.#settings.config;
    const host = this.#options.host ?? api.host;
    const port = this.#options.port ?? api.port;
    try {
      const address = await app.listen({ host, port });
      say(`dashboard at ${address}/dashboard/, API at ${address}/api/docs`);
    } catch (error) {
      throw listenError(error as NodeJS.ErrnoException, host, port);
    }
  }

  async #reload(): Promise<Settings> {
    const settings = await loadSettings(this.#options);
    this.#settings = settings;
    await this.#history.use(storeOptions(settings.config));
    this.#answers.clear();
    this.#worker.restart();
    await this.#live.restart();
    return settings;
  }
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): unknown {
  const at = `${host}:${port}`;
  if (error.code === 'EADDRINUSE') {
    return new KaipoError(
      'KAIPO_CANNOT_LISTEN',
      `something listens on ${at} already`,
      `kaipo serve --port ${port + 1}`,
    );
  }
  if (error.code === 'EACCES') {
    return new KaipoError('KAIPO_NO_PERMISSION', `not allowed to listen on ${at}`, 'kaipo serve --port 7373');
  }
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new KaipoError(
      'KAIPO_CANNOT_LISTEN',
      `${host} is no address of this machine`,
      'kaipo serve --host 127.0.0.1',
    );
  }
  return error;
}
