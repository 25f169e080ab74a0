// Deliveries that wait for their channels, and those that were given up. Owns: order (of one incident, on one channel, as they came), what
// goes when there are too many, and the dead letters. Must not know how anything is delivered. Bounds: MAX_WAITING a channel, MAX_DEAD.
import type { Delivery } from '@kaipo/core/api/alert-sink.js';
import { gravest } from './channels/parts/delivery-words.js';
import type { DeadRecord, GoneRecord, OutboxRecord, OutboxStore, WaitingRecord } from './outbox-record.js';

export const MAX_WAITING = 500;
export const MAX_DEAD = 500;

export interface OutboxCounts {
  readonly waiting: number;
  readonly dead: number;
  /** Gave way to newer ones; each is a dead letter. */
  readonly overflowed: number;
  /** Dead letters that gave way to newer ones: nothing is left of them. */
  readonly forgotten: number;
}

export class Outbox {
  readonly #store: OutboxStore;
  readonly #waiting = new Map<string, Map<string, WaitingRecord>>();
  readonly #dead = new Map<string, DeadRecord>();
  readonly #gone = new Map<string, GoneRecord>();
  /** Tried sooner than planned, because the channel works again; then the plan goes on. */
  readonly #hastened = new Map<string, number>();
  #lastKey = 0n;
  #overflowed = 0;
  #forgotten = 0;

  constructor(store: OutboxStore) {
    this.#store = store;
    for (const record of store.load()) {
      this.#keep(record);
      if (/^[0-9a-f]{16}$/.test(record.key)) this.#lastKey = BigInt(`0x${record.key}`);
    }
  }

  get counts(): OutboxCounts {
    let waiting = 0;
    for (const one of this.#waiting.values()) waiting += one.size;
    return { waiting, dead: this.#dead.size, overflowed: this.#overflowed, forgotten: this.#forgotten };
  }

  waitingOf = (channel: string): readonly WaitingRecord[] => [...(this.#waiting.get(channel)?.values() ?? [])];
  get deadLetters(): readonly DeadRecord[] {
    return [...this.#dead.values()];
  }
  /** Channels that something waits for. */
  get channels(): readonly string[] {
    return [...this.#waiting.keys()];
  }

  /**
   * All of them are there after a crash, or none: then it raises what the store raised. One that waits already is not added again.
   * `dead`: given up at once, for this reason.
   */
  add(items: readonly { channel: string; delivery: Delivery; dead?: string }[], nowMs: number): void {
    const put: OutboxRecord[] = [];
    const added = new Map<string, WaitingRecord[]>();
    const lastKey = this.#lastKey;
    for (const { channel, delivery, dead } of items) {
      const mine = added.get(channel) ?? this.waitingOf(channel).slice();
      added.set(channel, mine);
      if (mine.some((record) => record.delivery.id === delivery.id)) continue;
      this.#lastKey += 1n;
      const base = { key: this.#lastKey.toString(16).padStart(16, '0'), channel, delivery, failures: 0 };
      if (dead !== undefined) {
        put.push({ ...base, kind: 'dead', atMs: nowMs, detail: dead });
        continue;
      }
      const record: WaitingRecord = { ...base, kind: 'waiting', dueMs: nowMs };
      mine.push(record);
      put.push(record);
      if (mine.length > MAX_WAITING) {
        const victim = mine.find((one) => gravest(one.delivery) !== 'critical') ?? mine[0]!;
        mine.splice(mine.indexOf(victim), 1);
        const at = put.indexOf(victim);
        if (at !== -1) put.splice(at, 1);
        put.push(deadOf(victim, `more than ${MAX_WAITING} waited`, nowMs));
        this.#overflowed += 1;
      }
    }
    try {
      this.#change(put, []);
    } catch (error) {
      this.#lastKey = lastKey;
      throw error;
    }
  }

  /** What may be tried now, critical ones first; never one whose incident has an earlier one that still waits. */
  next(channel: string, nowMs: number): WaitingRecord | undefined {
    let best: WaitingRecord | undefined;
    for (const record of this.#ready(channel)) {
      if (record.dueMs > nowMs) continue;
      if (gravest(record.delivery) === 'critical') return record;
      best ??= record;
    }
    return best;
  }

  /** When the next one may be tried; undefined: nothing waits. */
  nextDueMs(channel: string): number | undefined {
    let dueMs: number | undefined;
    for (const record of this.#ready(channel)) dueMs = Math.min(dueMs ?? Infinity, record.dueMs);
    return dueMs;
  }

  *#ready(channel: string): Generator<WaitingRecord> {
    const before = new Set<string>();
    for (const record of this.#waiting.get(channel)?.values() ?? []) {
      const ids = record.delivery.incidents.map(({ id }) => id);
      if (!ids.some((id) => before.has(id))) yield record;
      for (const id of ids) before.add(id);
    }
  }

  /** Is it still waiting? It may have given way while it was tried. */
  has = ({ channel, key }: WaitingRecord): boolean => this.#waiting.get(channel)?.has(key) === true;

  delivered(record: WaitingRecord): void {
    this.#forget(record);
    // It may have given way while it was on its way.
    this.#dead.delete(record.key);
    this.#change([], [record.key]);
  }

  /** `waitMs` undefined: enough was tried. */
  failed(record: WaitingRecord, detail: string, waitMs: number | undefined, nowMs: number): void {
    const planned = this.#hastened.get(record.key);
    if (planned !== undefined) {
      this.#hastened.delete(record.key);
      this.#change([{ ...record, detail, dueMs: Math.max(planned, nowMs) }], []);
    } else if (waitMs === undefined) this.givenUp(record, detail, nowMs);
    else this.#change([{ ...record, detail, failures: record.failures + 1, dueMs: Math.ceil(nowMs + waitMs) }], []);
  }

  givenUp(record: WaitingRecord, detail: string, nowMs: number): void {
    this.#change([deadOf(record, detail, nowMs)], []);
  }

  /** The channel works: what failed before is tried within `withinMs`, and keeps its plan should that fail. */
  hasten(channel: string, nowMs: number, withinMs: number, random: () => number): void {
    const mine = this.#waiting.get(channel);
    for (const record of this.waitingOf(channel)) {
      if (record.failures === 0 || record.dueMs <= nowMs + withinMs) continue;
      this.#hastened.set(record.key, record.dueMs);
      // Not written: after a restart the plan holds.
      mine?.set(record.key, { ...record, dueMs: nowMs + withinMs * random() });
    }
  }

  isGone = (channel: string, fingerprint: string): boolean => this.#gone.get(channel)?.fingerprint === fingerprint;

  /** Everything that waits for the channel is given up, for ever: until it leads elsewhere. */
  gone(channel: string, fingerprint: string, detail: string, nowMs: number): void {
    const dead = this.waitingOf(channel).map((record) => deadOf(record, detail, nowMs));
    this.#change([...dead, { kind: 'gone', key: `gone ${channel}`, channel, fingerprint, atMs: nowMs, detail }], []);
  }

  #change(put: readonly OutboxRecord[], remove: readonly string[]): void {
    const dead = put.filter((record) => record.kind === 'dead');
    const surplus = [...this.#dead.keys()].slice(0, Math.max(0, this.#dead.size + dead.length - MAX_DEAD));
    this.#store.change(put, [...remove, ...surplus]);
    for (const key of surplus) this.#dead.delete(key);
    this.#forgotten += surplus.length;
    for (const record of put) this.#keep(record);
  }

  #keep(record: OutboxRecord): void {
    if (record.kind === 'gone') this.#gone.set(record.channel, record);
    else if (record.kind === 'dead') {
      this.#forget(record);
      this.#dead.set(record.key, record);
    } else {
      const mine = this.#waiting.get(record.channel) ?? new Map<string, WaitingRecord>();
      this.#waiting.set(record.channel, mine.set(record.key, record));
    }
  }

  #forget({ channel, key }: { readonly channel: string; readonly key: string }): void {
    this.#hastened.delete(key);
    const mine = this.#waiting.get(channel);
    mine?.delete(key);
    if (mine?.size === 0) this.#waiting.delete(channel);
  }
}

function deadOf({ key, channel, delivery, failures }: WaitingRecord, detail: string, atMs: number): DeadRecord {
  return { kind: 'dead', key, channel, delivery, failures, atMs, detail };
}
