// What every route of the web server is given. Owns the shape only: who opens the store, who attaches to the recorder and who reads
// the configuration is written elsewhere. Bound: none of its own.
import type { Clock } from '@kaipo/core/kernel/clock.js';
import type { Settings, SettingsFlags } from '../settings/settings.js';
import type { AnswerCache } from './answer-cache.js';
import type { HistorySource } from './history-source.js';
import type { HistoryWorker } from './history-worker.js';
import type { WebDoor } from './listen/web-door.js';
import type { LiveFeed } from './live-feed.js';
import type { StoreWatch } from './store-watch.js';
import type { TokenBook } from './tokens/token-book.js';

export interface WebContext {
  readonly version: string;
  readonly clock: Clock;
  /** As the command line said them: what is read again is read with the same. */
  readonly flags: SettingsFlags;
  /** The configuration that holds at this moment. */
  settings(): Settings;
  /** Reads the configuration again: after it was written, or on SIGHUP. Raises KAIPO_BAD_CONFIG; then the one before goes on. */
  reload(): Promise<Settings>;
  readonly history: HistorySource;
  readonly answers: AnswerCache;
  /** For what takes long. */
  readonly worker: HistoryWorker;
  /** Where it listens. Absent: on this machine alone, in plain HTTP. */
  readonly door?: WebDoor;
  /** Absent: there are none, and whoever needs one is refused. */
  readonly tokens?: TokenBook;
  /** What moves now. */
  readonly live: LiveFeed;
  /** Store and recorder, told without waiting. */
  readonly watch: StoreWatch;
}
