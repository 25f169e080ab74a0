// Alerts on their way: takes deliveries, keeps them until their channels have them, and tries again what failed. Owns the workers, one a
// channel, so that a slow one holds up no other. At least once: a delivery is forgotten only when its receiver has it.
// Bounds: one try at a time a channel, SINK_LIMIT_MS each; the rest waits in the outbox.
import type { AlertSink, Delivery, DeliveryOutcome } from '@kaipo/core/api/alert-sink.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { Outbox, type OutboxCounts } from './outbox.js';
import type { OutboxStore, WaitingRecord } from './outbox-record.js';
import { RETRY_WAITS_MS, retryWaitMs } from './retry-plan.js';

/** A sink that forgets its own time limit. */
const SINK_LIMIT_MS = 90_000;
/** What waits for a channel that works again is tried within this. */
const HASTEN_MS = 30_000;
const LONGEST_TIMER_MS = 3_600_000;
/** The disk took no note of an outcome: nothing is tried until it may again. */
const UNWRITTEN_PAUSE_MS = 30_000;
/** What is on its way when kaipo stops may take this long to arrive. */
const GRACE_MS = 2000;

export interface DeliveryChannel {
  readonly sink: AlertSink;
  /** What of a delivery is for this channel; undefined: nothing. */
  accepts(delivery: Delivery): Delivery | undefined;
  /** Digest of where it leads: a receiver that is gone stays gone until this changes. */
  readonly fingerprint: string;
}

export interface DeliveryRunOptions {
  readonly channels: readonly DeliveryChannel[];
  readonly store: OutboxStore;
  /** Told of each try, for a log. */
  readonly onOutcome?: (channel: string, delivery: Delivery, outcome: DeliveryOutcome) => void;
  readonly now?: () => number;
  readonly random?: () => number;
  readonly waitsMs?: readonly number[];
  readonly sinkLimitMs?: number;
}

interface Worker {
  readonly channel: DeliveryChannel;
  /** The try that goes on. */
  trying?: Promise<void>;
  timer?: NodeJS.Timeout;
  /** The receiver asked for quiet until then. */
  pausedUntilMs: number;
  /** Since the last that arrived. */
  failures: number;
}

export class DeliveryRun {
  readonly #outbox: Outbox;
  readonly #workers = new Map<string, Worker>();
  readonly #options: DeliveryRunOptions;
  readonly #abort = new AbortController();
  readonly #now: () => number;
  readonly #random: () => number;
  #state: 'made' | 'runs' | 'stopped' = 'made';
  #delivered = 0;
  #failed = 0;
  /** Outcomes that could not be written: they are tried again after a restart. */
  #unwritten = 0;

  constructor(options: DeliveryRunOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#random = options.random ?? Math.random;
    this.#outbox = new Outbox(options.store);
    for (const channel of options.channels) {
      this.#workers.set(channel.sink.name, { channel, pausedUntilMs: 0, failures: 0 });
    }
  }

  get counts(): OutboxCounts & { readonly delivered: number; readonly failed: number; readonly unwritten: number } {
    return { ...this.#outbox.counts, delivered: this.#delivered, failed: this.#failed, unwritten: this.#unwritten };
  }

  get outbox(): Pick<Outbox, 'deadLetters' | 'waitingOf'> {
    return this.#outbox;
  }

  /** When it returns they will arrive, whatever happens to this process. Raises what the store raises: then none of them will. */
  tell(deliveries: readonly Delivery[]): void {
    const items = deliveries.flatMap((delivery) =>
      [...this.#workers.values()].flatMap(({ channel }) => {
        const accepted = channel.accepts(delivery);
        if (accepted === undefined) return [];
        const { name } = channel.sink;
        const dead = this.#outbox.isGone(name, channel.fingerprint) ? 'the receiver is gone' : undefined;
        return [{ channel: name, delivery: accepted, ...(dead !== undefined && { dead }) }];
      }),
    );
    this.#outbox.add(items, this.#now());
    for (const worker of this.#workers.values()) this.#pump(worker);
  }

  start(): void {
    this.#state = 'runs';
    for (const name of this.#outbox.channels) {
      if (this.#workers.has(name)) continue;
      for (const record of this.#outbox.waitingOf(name)) {
        this.#write(() => this.#outbox.givenUp(record, 'the channel is no longer configured', this.#now()));
      }
    }
    for (const worker of this.#workers.values()) this.#pump(worker);
  }

  /** What is on its way may arrive; what did not is tried after the next start. */
  async stop(graceMs = GRACE_MS): Promise<void> {
    this.#state = 'stopped';
    const tries = [...this.#workers.values()].map(({ timer, trying }) => {
      clearTimeout(timer);
      return trying;
    });
    const timer = setTimeout(() => this.#abort.abort(), graceMs);
    await Promise.all(tries);
    clearTimeout(timer);
    await Promise.all([...this.#workers.values()].map(({ channel }) => channel.sink.close?.().catch(() => undefined)));
    this.#options.store.close();
  }

  #pump(worker: Worker): void {
    if (this.#state !== 'runs' || worker.trying !== undefined) return;
    clearTimeout(worker.timer);
    const { name } = worker.channel.sink;
    const nowMs = this.#now();
    const record = nowMs < worker.pausedUntilMs ? undefined : this.#outbox.next(name, nowMs);
    if (record !== undefined) {
      worker.trying = this.#try(worker, record).finally(() => {
        delete worker.trying;
        this.#pump(worker);
      });
      return;
    }
    const dueMs = this.#outbox.nextDueMs(name);
    if (dueMs === undefined) return;
    const waitMs = Math.max(dueMs, worker.pausedUntilMs) - nowMs;
    worker.timer = setTimeout(() => this.#pump(worker), Math.min(Math.max(1, waitMs), LONGEST_TIMER_MS));
  }

  async #try(worker: Worker, record: WaitingRecord): Promise<void> {
    const { sink } = worker.channel;
    const outcome = await this.#deliver(sink, record.delivery);
    // Cut off by us: it counts as not tried.
    if (this.#abort.signal.aborted && outcome.kind !== 'delivered') return;
    this.#options.onOutcome?.(sink.name, record.delivery, outcome);
    if (this.#write(() => this.#settle(worker, record, outcome))) return;
    worker.pausedUntilMs = Math.max(worker.pausedUntilMs, this.#now() + UNWRITTEN_PAUSE_MS);
  }

  async #deliver(sink: AlertSink, delivery: Delivery): Promise<DeliveryOutcome> {
    const limit = new AbortController();
    const limitMs = this.#options.sinkLimitMs ?? SINK_LIMIT_MS;
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<DeliveryOutcome>((resolve) => {
      timer = setTimeout(() => {
        limit.abort();
        resolve({ kind: 'failed', detail: `did not end within ${limitMs / 1000} s` });
      }, limitMs);
    });
    const signal = AbortSignal.any([this.#abort.signal, limit.signal]);
    const cutOff = new Promise<DeliveryOutcome>((resolve) => {
      const detail = 'interrupted: kaipo stops';
      // After what the sink itself says to it.
      signal.addEventListener('abort', () => setImmediate(() => resolve({ kind: 'failed', detail })), { once: true });
    });
    try {
      return await Promise.race([sink.deliver(delivery, signal), tooLate, cutOff]);
    } catch (error) {
      // A sink that throws is a mistake of ours, and would throw again.
      return { kind: 'refused', detail: safeText(String(error), 200) };
    } finally {
      clearTimeout(timer);
    }
  }

  #settle(worker: Worker, record: WaitingRecord, outcome: DeliveryOutcome): void {
    const nowMs = this.#now();
    const { sink, fingerprint } = worker.channel;
    if (outcome.kind === 'delivered') {
      this.#delivered += 1;
      if (worker.failures > 0) this.#outbox.hasten(sink.name, nowMs, HASTEN_MS, this.#random);
      worker.failures = 0;
      this.#outbox.delivered(record);
      return;
    }
    this.#failed += 1;
    worker.failures += 1;
    // It gave way to a newer one meanwhile, and is a dead letter already.
    if (!this.#outbox.has(record)) return;
    if (outcome.kind === 'gone') this.#outbox.gone(sink.name, fingerprint, outcome.detail, nowMs);
    else if (outcome.kind === 'refused') this.#outbox.givenUp(record, outcome.detail, nowMs);
    else {
      const { retryAfterMs = 0 } = outcome;
      worker.pausedUntilMs = nowMs + retryAfterMs;
      const waits = this.#options.waitsMs ?? RETRY_WAITS_MS;
      const waitMs = retryWaitMs(record.failures + 1, this.#random(), retryAfterMs, waits);
      this.#outbox.failed(record, outcome.detail, waitMs, nowMs);
    }
  }

  /** A disk that is full must not end the deliveries. */
  #write(change: () => void): boolean {
    try {
      change();
      return true;
    } catch {
      this.#unwritten += 1;
      return false;
    }
  }
}
