// What moves now, for everybody who asks over the web: the snapshots of the store's recorder, or of an own session while there is none.
// Owns: which of the two, the way from one to the other without a gap, and the latest picture. It works while somebody wants it: from the
// first `keep` until the time of the last one is over; before and after it costs nothing. Must not know HTTP.
// Bounds: one picture; one connection to a recorder, or one session; MAX_LISTENERS, who are parts of this program.
import type { KaipoConfig } from '@kaipo/core/config/kaipo-config.js';
import type { LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import type { WriterRecord } from '@kaipo/core/store/writer-lock.js';
import { type AttachedRecorder, attachRecorder } from '../live/recorder-control.js';
import { LivePicture } from './live-picture.js';
import type { OwnLive } from './own-live.js';

export interface LiveFeedOptions {
  /** The configuration at this moment. */
  config(): KaipoConfig;
  /** Who records into the store at this moment. Never raises. */
  findWriter(): WriterRecord | undefined;
  onFailure(error: unknown): void;
  /** How often it is looked for a recorder while there is none. */
  readonly lookEveryMs?: number;
}

type Listener = (picture: LivePicture) => void;

/** Somebody who asks once may ask again for so long. */
export const KEEP_MS = 60_000;
const LOOK_EVERY_MS = 3000;
const ATTACH_TIMEOUT_MS = 2000;
/** A recorder that says nothing for so long at the start is not waited for: the own session begins meanwhile. */
const PATIENCE_MS = 500;
const MAX_LISTENERS = 8;

export class LiveFeed {
  readonly #options: LiveFeedOptions;
  readonly #listeners = new Set<Listener>();
  readonly #waiting = new Set<() => void>();
  #latest: LivePicture | undefined;
  /** Counts starts: what belongs to one that was stopped is forgotten. 0: never started. */
  #run = 0;
  #isRunning = false;
  #keepUntilMs = Number.NEGATIVE_INFINITY;
  #keepTimer: NodeJS.Timeout | undefined;
  #lookTimer: NodeJS.Timeout | undefined;
  #patienceTimer: NodeJS.Timeout | undefined;
  #recorder: AttachedRecorder | undefined;
  #own: OwnLive | undefined;
  #isOwnWanted = false;
  /** What was said last of a failure. */
  #said = '';
  /** What was stopped and is not over yet. */
  readonly #ending = new Set<Promise<void>>();

  constructor(options: LiveFeedOptions) {
    this.#options = options;
  }

  /** The latest interval; undefined while nobody wanted one, and until the first is there. */
  get latest(): LivePicture | undefined {
    return this.#latest;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Works for so long from now on, if not longer already. */
  keep(forMs = KEEP_MS): void {
    this.#keepUntilMs = Math.max(this.#keepUntilMs, performance.now() + forMs);
    if (!this.#isRunning) this.#begin();
  }

  /** The latest interval, or the first one when it comes within `waitMs`. */
  async current(waitMs: number): Promise<LivePicture | undefined> {
    this.keep();
    if (this.#latest !== undefined) return this.#latest;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, waitMs);
      this.#waiting.add(wake);
    });
    return this.#latest;
  }

  /** Is told every interval while it works, which a listener alone is no reason for. Answers what ends it. */
  listen(listener: Listener): () => void {
    if (this.#listeners.size >= MAX_LISTENERS) throw new RangeError('too many listeners');
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The store or the interfaces may be others now. */
  async restart(): Promise<void> {
    const wasRunning = this.#isRunning;
    const untilMs = this.#keepUntilMs;
    await this.stop();
    if (wasRunning) this.keep(untilMs - performance.now());
  }

  /** Resolves when nothing of it is left. It may be started again. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#run += 1;
    this.#latest = undefined;
    this.#keepUntilMs = Number.NEGATIVE_INFINITY;
    for (const timer of [this.#keepTimer, this.#lookTimer, this.#patienceTimer]) clearTimeout(timer);
    this.#recorder?.detach();
    this.#recorder = undefined;
    this.#stopOwn();
    for (const wake of this.#waiting) wake();
    await Promise.all(this.#ending);
  }

  #begin(): void {
    this.#isRunning = true;
    this.#run += 1;
    this.#watchKeep();
    this.#patienceTimer = setTimeout(() => {
      if (this.#latest === undefined) this.#startOwn();
    }, PATIENCE_MS);
    void this.#look(this.#run);
  }

  #watchKeep(): void {
    this.#keepTimer = setTimeout(
      () => {
        if (performance.now() < this.#keepUntilMs) this.#watchKeep();
        else void this.stop();
      },
      Math.max(1, this.#keepUntilMs - performance.now()),
    ).unref();
  }

  /** Attaches to the recorder when there is one; else the own session goes on, and it is looked again. */
  async #look(run: number): Promise<void> {
    let hasEnded = false;
    const writer = this.#options.findWriter();
    let recorder: AttachedRecorder | undefined;
    if (writer?.socket !== undefined) {
      try {
        recorder = await attachRecorder(
          writer,
          {
            onSnapshot: (snapshot) => this.#takeRecorded(run, snapshot),
            onEnd: () => {
              hasEnded = true;
              if (run === this.#run && this.#recorder !== undefined) this.#recorderEnded(run);
            },
          },
          { timeoutMs: ATTACH_TIMEOUT_MS },
        );
      } catch (error) {
        // Just starting, just ending or too busy: as good as none until the next look. One of another version stays so, which is said once.
        this.#sayOnce(error);
      }
    }
    if (run !== this.#run) recorder?.detach();
    else if (recorder === undefined || hasEnded) this.#recorderEnded(run);
    else this.#recorder = recorder;
  }

  #recorderEnded(run: number): void {
    this.#recorder = undefined;
    this.#startOwn();
    this.#lookTimer = setTimeout(() => void this.#look(run), this.#options.lookEveryMs ?? LOOK_EVERY_MS);
  }

  #takeRecorded(run: number, snapshot: LiveSnapshot): void {
    if (run !== this.#run) return;
    this.#stopOwn();
    this.#show(new LivePicture(snapshot, true));
  }

  #startOwn(): void {
    if (this.#isOwnWanted) return;
    this.#isOwnWanted = true;
    const run = this.#run;
    const isWanted = (): boolean => run === this.#run && this.#isOwnWanted;
    import('./own-live.js')
      .then(({ OwnLive }) => {
        if (!isWanted() || this.#own !== undefined) return;
        const own = new OwnLive(
          this.#options.config(),
          (snapshot) => this.#own === own && this.#show(new LivePicture(snapshot, false)),
          (error) => {
            this.#sayOnce(error);
            // The next look for a recorder tries again.
            if (this.#own === own) this.#stopOwn();
          },
        );
        this.#own = own;
      })
      .catch((error: unknown) => {
        // The program was replaced while it runs: it goes on with what it has.
        this.#sayOnce(error);
        if (isWanted()) this.#isOwnWanted = false;
      });
  }

  #sayOnce(error: unknown): void {
    const text = String(error);
    if (text === this.#said) return;
    this.#said = text;
    this.#options.onFailure(error);
  }

  #stopOwn(): void {
    this.#isOwnWanted = false;
    const own = this.#own;
    if (own === undefined) return;
    this.#own = undefined;
    const ending = own.stop().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  #show(picture: LivePicture): void {
    this.#latest = picture;
    for (const wake of this.#waiting) wake();
    for (const listener of this.#listeners) listener(picture);
  }
}
