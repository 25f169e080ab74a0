// `kaipo serve`: the API, the web dashboard and the metrics. Owns: where it listens, what it says when it does, reload and end. What is
// answered is cli/src/web.
import { wallClockUs } from '@kaipo/core/kernel/clock.js';
import type { FastifyInstance } from 'fastify';
import { RunEnd } from '../live/run-end.js';
import { reportError } from '../output/report-error.js';
import { loadSettings, type Settings, type SettingsFlags, storeOptions } from '../settings/settings.js';
import { AnswerCache } from '../web/answer-cache.js';
import { HistorySource } from '../web/history-source.js';
import { HistoryWorker } from '../web/history-worker.js';
import { openDoor, renewTls } from '../web/listen/open-door.js';
import { readTls } from '../web/listen/tls-files.js';
import { type WebDoor, webDoor } from '../web/listen/web-door.js';
import { LiveFeed } from '../web/live-feed.js';
import { StoreWatch } from '../web/store-watch.js';
import { TokenBook } from '../web/tokens/token-book.js';
import { tokensFile } from '../web/tokens/token-file.js';
import type { WebContext } from '../web/web-context.js';
import { buildWebServer } from '../web/web-server.js';

export interface ServeOptions extends SettingsFlags {
  readonly host: string | undefined;
  readonly port: number | undefined;
  /** A Unix socket instead; true: where it usually lies. */
  readonly socket: string | true | undefined;
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
  readonly #tokens: TokenBook;
  #settings: Settings;
  #app: FastifyInstance | undefined;
  #door: WebDoor | undefined;

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
    this.#tokens = new TokenBook(tokensFile(settings.config.api));
  }

  async run(): Promise<number> {
    const end = new RunEnd({
      onHangup: () =>
        void this.#reload().catch((error) => say(`the configuration was not read again: ${String(error)}`)),
    });
    try {
      const door = this.#chooseDoor();
      this.#door = door;
      const app = await buildWebServer(this.#context(door));
      this.#app = app;
      say(await openDoor(app, door));
      while (end.given === undefined) await end.waitUntil(Number.POSITIVE_INFINITY);
      return end.given.exitCode;
    } finally {
      end.release();
      this.#worker.close();
      await this.#app?.close();
      await this.#live.stop();
      await this.#history.close();
    }
  }

  /** Raises KAIPO_BAD_CONFIG where somebody else could come in. */
  #chooseDoor(): WebDoor {
    const door = webDoor(this.#settings.config.api, this.#options, this.#tokens, Date.now());
    if (door.kind === 'tcp') for (const note of door.tls?.notes ?? []) say(note);
    return door;
  }

  #context(door: WebDoor): WebContext {
    return {
      version: this.#options.version,
      clock: wallClockUs,
      flags: this.#options,
      settings: () => this.#settings,
      reload: () => this.#reload(),
      history: this.#history,
      answers: this.#answers,
      door,
      tokens: this.#tokens,
      worker: this.#worker,
      live: this.#live,
      watch: this.#watch,
    };
  }

  async #reload(): Promise<Settings> {
    const settings = await loadSettings(this.#options);
    this.#renew(settings);
    this.#settings = settings;
    await this.#history.use(storeOptions(settings.config));
    this.#answers.clear();
    this.#worker.restart();
    await this.#live.restart();
    return settings;
  }

  /** Certificate and tokens; where it listens stays as it is. Raises KAIPO_BAD_CONFIG for files that do not do: then the old ones go on. */
  #renew({ config: { api } }: Settings): void {
    const door = this.#door;
    this.#tokens.forget();
    if (this.#app === undefined || door?.kind !== 'tcp' || door.tls === undefined) return;
    const tls = readTls(api, Date.now());
    for (const note of tls.notes) say(note);
    renewTls(this.#app, tls);
  }
}
