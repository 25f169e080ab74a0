// Hour after hour, what every application and interface moved, and what it usually moves. Owns: when an hour is complete, what is worth
// remembering, and saving it. Bound: HOUR_SUBJECTS in the hour at hand, SUBJECTS remembered; those idle longest go first, and are counted.
import type { IntervalRecord } from '@kaipo/core/api/index.js';
import { BoundedTable } from './bounded-table.js';
import { LocalHours } from './local-hour.js';
import { HOURS_KEPT, type UsualHour, WeekOfHours } from './week-of-hours.js';

const HOUR_US = 3600e6;
const HOUR_SUBJECTS = 2048;
const SUBJECTS = 192;
/** What moves less in an hour is nobody's alarm. */
const MIN_BYTES = 1_000_000;
const NAME_CHARS = 96;
/** Less of an hour was recorded: its sum is not known. */
const COMPLETE = 0.95;

export interface HourSum {
  /** "firefox on eth0", "eth0". */
  readonly name: string;
  readonly app?: string;
  readonly interface?: string;
  bytes: number;
  /** For who looks: what was said of it in this hour, in bytes. */
  saidBytes: number;
}

export interface FinishedHour {
  readonly hour: number;
  readonly endUs: number;
  readonly wasComplete: boolean;
  readonly werePacketsSeen: boolean;
}

interface Saved {
  readonly version: 1;
  readonly sinceUs: number;
  readonly hour: number;
  readonly subjects: readonly (readonly [name: string, codes: string])[];
}

export class HourlyVolumes {
  readonly #hours = new LocalHours();
  #sums = new BoundedTable<HourSum>(HOUR_SUBJECTS);
  readonly #weeks = new BoundedTable<WeekOfHours>(SUBJECTS);
  /** Keys of rows, so that no text is made for each of them. */
  readonly #keys = new Map<string, Map<string, string>>();
  #keyCount = 0;
  #hour = -1;
  #coveredUs = 0;
  #packetUs = 0;
  sinceUs: number | undefined;

  get hour(): number {
    return this.#hour;
  }

  get size(): number {
    return this.#weeks.size;
  }

  /** Subjects that went because there were too many. */
  get forgotten(): number {
    return this.#weeks.forgotten;
  }

  /** Tells `onHour` when one is over, before anything is added to the next; then every sum that grew. */
  add(interval: IntervalRecord, onHour: (finished: FinishedHour) => void, onGrown?: (sum: HourSum) => void): void {
    const middleUs = (interval.startUs + interval.endUs) / 2;
    this.sinceUs ??= interval.startUs;
    this.#goTo(this.#hours.of(middleUs), middleUs, onHour);
    // What was counted while nobody looked is dated to no hour.
    if (interval.isCaughtUp === true) return;
    const lengthUs = interval.endUs - interval.startUs;
    this.#coveredUs += lengthUs;
    if (interval.apps.length + interval.unknown.length + interval.protocols.length > 0) this.#packetUs += lengthUs;
    for (const row of interval.interfaces) {
      this.#grow(row.name, row.name, undefined, row.rxBytes + row.txBytes, onGrown);
    }
    for (const row of interval.apps) {
      const on = row.interface ?? '';
      this.#grow(this.#keyOf(row.name, on), on, row.name, row.rxBytes + row.txBytes, onGrown);
    }
  }

  usual(name: string, hour = this.#hour): UsualHour | undefined {
    return this.#weeks.peek(name)?.usual(hour);
  }

  /** Those remembered, and what they moved in the hour at hand. */
  *remembered(): IterableIterator<{
    readonly name: string;
    readonly isApp: boolean;
    readonly sum: HourSum | undefined;
  }> {
    for (const [name] of this.#weeks.entries()) yield { name, isApp: isApp(name), sum: this.#sums.peek(name) };
  }

  save(): Saved {
    const subjects = this.#weeks
      .newest(SUBJECTS)
      .map(([name, { codes }]) => [name, Buffer.from(codes).toString('base64')] as const);
    return { version: 1, sinceUs: this.sinceUs ?? 0, hour: this.#hour, subjects };
  }

  restore(saved: unknown): void {
    const { version, sinceUs, hour, subjects } = (saved ?? {}) as Partial<Saved>;
    if (version !== 1 || !Number.isFinite(sinceUs) || !Number.isInteger(hour) || !Array.isArray(subjects)) return;
    if (sinceUs! > 0) this.sinceUs = sinceUs!;
    this.#hour = hour!;
    for (const entry of subjects.slice(-SUBJECTS)) {
      if (!Array.isArray(entry) || typeof entry[0] !== 'string' || typeof entry[1] !== 'string') continue;
      const codes = Buffer.from(entry[1], 'base64');
      if (codes.length === HOURS_KEPT)
        this.#weeks.set(entry[0].slice(0, 2 * NAME_CHARS + 4), new WeekOfHours(Uint8Array.from(codes)));
    }
  }

  #keyOf(app: string, on: string): string {
    let keys = this.#keys.get(on);
    if (keys === undefined || this.#keyCount > 2 * HOUR_SUBJECTS) {
      if (keys !== undefined || this.#keys.size > 256) this.#keys.clear();
      this.#keyCount = 0;
      keys = new Map();
      this.#keys.set(on, keys);
    }
    let key = keys.get(app);
    if (key === undefined) {
      key = `${app.slice(0, NAME_CHARS)} on ${on === '' ? 'no interface' : on.slice(0, NAME_CHARS)}`;
      keys.set(app, key);
      this.#keyCount += 1;
    }
    return key;
  }

  #grow(
    name: string,
    on: string,
    app: string | undefined,
    bytes: number,
    onGrown: ((sum: HourSum) => void) | undefined,
  ): void {
    if (bytes === 0) return;
    let sum = this.#sums.peek(name);
    if (sum === undefined) {
      sum = { name, bytes: 0, saidBytes: 0, ...(app !== undefined && { app }), ...(on !== '' && { interface: on }) };
      this.#sums.set(name, sum);
    }
    sum.bytes += bytes;
    onGrown?.(sum);
  }

  /** Ends the hour at hand when `hour` is another; hours in between are unknown. */
  #goTo(hour: number, atUs: number, onHour: (finished: FinishedHour) => void): void {
    if (hour === this.#hour) return;
    if (this.#hour >= 0 && hour > this.#hour) {
      const endUs = atUs - (atUs % HOUR_US);
      const wasComplete = this.#coveredUs >= COMPLETE * HOUR_US;
      const werePacketsSeen = this.#packetUs >= COMPLETE * HOUR_US;
      onHour({ hour: this.#hour, endUs, wasComplete, werePacketsSeen });
      this.#remember(wasComplete, werePacketsSeen);
      const gap = Math.min(hour - this.#hour - 1, HOURS_KEPT);
      for (const [, week] of gap > 0 ? this.#weeks.entries() : [])
        for (let back = 1; back <= gap; back++) week.set(hour - back, undefined);
    }
    this.#sums = new BoundedTable<HourSum>(HOUR_SUBJECTS);
    this.#coveredUs = 0;
    this.#packetUs = 0;
    this.#hour = hour;
  }

  #remember(wasComplete: boolean, werePacketsSeen: boolean): void {
    for (const [name, sum] of this.#sums.entries()) {
      if (sum.bytes >= MIN_BYTES && wasComplete) this.#weeks.take(name, () => new WeekOfHours());
    }
    for (const [name, week] of this.#weeks.entries()) {
      const isKnown = wasComplete && (werePacketsSeen || !isApp(name));
      week.set(this.#hour, isKnown ? (this.#sums.peek(name)?.bytes ?? 0) : undefined);
    }
  }
}

/** Interfaces have no blank in their names. */
const isApp = (name: string): boolean => name.includes(' on ');
