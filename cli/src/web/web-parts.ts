// What a web server is put together of: store, worker, live numbers, tokens, configuration. Owns their making, what a new configuration
// does to each, and their end. Must not know where is listened and who ends it.
import { type Clock, wallClockUs } from '@kaipo/core/kernel/clock.js';
import { loadSettings, type Settings, type SettingsFlags, storeOptions } from '../settings/settings.js';
import { AnswerCache } from './answer-cache.js';
import { HistorySource } from './history-source.js';
import { HistoryWorker } from './history-worker.js';
import type { WebDoor } from './listen/web-door.js';
import { LiveFeed } from './live-feed.js';
import { StoreWatch } from './store-watch.js';
import { TokenBook } from './tokens/token-book.js';
import { tokensFile } from './tokens/token-file.js';
import type { WebContext } from './web-context.js';

export interface WebPartsOptions {
  readonly version: string;
  readonly flags: SettingsFlags;
  readonly clock?: Clock;
  /** An answer stands for so long: what people look at changes once a second. */
  readonly answersStandMs?: number;
  /** Something failed that nobody asked for at that moment. */
  onFailure(text: string): void;
}

const ANSWERS_STAND_MS = 1000;

export class WebParts {
  readonly tokens: TokenBook;
  readonly #options: WebPartsOptions;
  readonly #history: HistorySource;
  readonly #answers: AnswerCache;
  readonly #worker: HistoryWorker;
  readonly #watch: StoreWatch;
  readonly #live: LiveFeed;
  #settings: Settings;

  constructor(settings: Settings, options: WebPartsOptions) {
    this.#settings = settings;
    this.#options = options;
    this.#answers = new AnswerCache(options.answersStandMs ?? ANSWERS_STAND_MS);
    this.#history = new HistorySource(storeOptions(settings.config));
    this.#worker = new HistoryWorker(() => this.#settings.config);
    this.#watch = new StoreWatch(this.#history);
    this.#live = new LiveFeed({
      config: () => this.#settings.config,
      findWriter: () => this.#watch.writer(),
      onFailure: (error) => options.onFailure(`live numbers failed: ${String(error)}`),
    });
    this.tokens = new TokenBook(tokensFile(settings.config.api));
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** @param onReload is told a new configuration before it holds; when it raises, the one before goes on. */
  context(door?: WebDoor, onReload?: (settings: Settings) => void): WebContext {
    return {
      version: this.#options.version,
      clock: this.#options.clock ?? wallClockUs,
      flags: this.#options.flags,
      settings: () => this.#settings,
      reload: () => this.reload(onReload),
      history: this.#history,
      answers: this.#answers,
      tokens: this.tokens,
      worker: this.#worker,
      live: this.#live,
      watch: this.#watch,
      ...(door !== undefined && { door }),
    };
  }

  async reload(onReload?: (settings: Settings) => void): Promise<Settings> {
    const settings = await loadSettings(this.#options.flags);
    this.tokens.forget();
    onReload?.(settings);
    this.#settings = settings;
    await this.#history.use(storeOptions(settings.config));
    this.#answers.clear();
    this.#worker.restart();
    await this.#live.restart();
    return settings;
  }

  /** What would make the first question slow is done now. */
  warm(): void {
    this.#worker.warm();
  }

  async close(): Promise<void> {
    this.#worker.close();
    await this.#live.stop();
    await this.#history.close();
  }
}
