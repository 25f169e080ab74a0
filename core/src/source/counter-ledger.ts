// What each interface moved in each interval, from readings of its counters. Owns: which interface is which from one reading to the next,
// the sums, and what was left out. Must not know: files, clocks (time is an argument), how one reading is judged (counter-step.ts).
// Bound: MAX_COUNTED_INTERFACES interfaces that are there; ones beyond are refused and counted. Never negative, never a phantom.
import type { InterfaceClass } from '../kernel/traffic-words.js';
import { type CounterBaseline, toBaseline } from './counter-baseline.js';
import { type CounterMoment, isSameBoot } from './counter-moment.js';
import { LedgerNotices } from './counter-notices.js';
import {
  type CounterPoint,
  type CounterStep,
  type CounterTrack,
  linkRate,
  newTrack,
  stepCounters,
} from './counter-step.js';
import { type InterfaceCounters, MAX_COUNTED_INTERFACES } from './interface-counters.js';

/** Why the delta of an interval is not simply the difference of two readings. */
export type DeltaNote =
  /** First reading: what was counted before belongs to no interval. */
  | 'new'
  /** Counters began again: the bytes since the last reading are unknown and left out. */
  | 'reset'
  /** Another interface has this name now: left out like a reset. */
  | 'recreated'
  /** A 32-bit counter passed its end; the delta is right. */
  | 'wrapped'
  /** More than the link can carry: nothing is counted until the next reading shows what it was. */
  | 'suspect'
  /** The suspect reading was wrong; the delta is exact since the last good one, or left out when the jump stayed. */
  | 'glitch'
  /** The suspect reading was right: the link is that fast. The delta has the bytes of both intervals. */
  | 'fast-link'
  /** The interface has another name now; the delta goes on. */
  | 'renamed';

export interface InterfaceDelta {
  readonly name: string;
  readonly class: InterfaceClass;
  /** Do its bytes add to totals? */
  readonly counted: boolean;
  readonly rxBytes: number;
  readonly txBytes: number;
  readonly rxPackets: number;
  readonly txPackets: number;
  readonly packetsKnown: boolean;
  /** Sums of the deltas since the interface was first read. */
  readonly rxBytesTotal: number;
  readonly txBytesTotal: number;
  readonly up: boolean;
  readonly speedMbit?: number;
  readonly note?: DeltaNote;
}

/** Everything the ledger did not count, since start. */
export interface LedgerLosses {
  /** Readings that were wrong, and the bytes of jumps that were left out. */
  readonly glitches: number;
  readonly glitchBytes: number;
  /** Counters that began again, and interfaces that were made anew. */
  readonly resets: number;
  readonly recreated: number;
  /** 32-bit counters that passed their end; nothing was lost. */
  readonly wraps: number;
  /** Readings of interfaces beyond the bound. */
  readonly refused: number;
}

/** An interface of which a reading is missing is still the same one when it is back within this time. */
const MISSING_KEPT_US = 10_000_000;

/** One interface between readings. */
export interface LedgerEntry {
  readonly key: number | string;
  track: CounterTrack;
  latest: InterfaceCounters;
  rxBytesTotal: number;
  txBytesTotal: number;
  turn: number;
  seenAtUs: number;
}

export class CounterLedger {
  readonly #entries = new Map<number | string, LedgerEntry>();
  readonly #notices = new LedgerNotices();
  readonly #losses = { glitches: 0, glitchBytes: 0, resets: 0, recreated: 0, wraps: 0, refused: 0 };
  #moment: CounterMoment | undefined;
  #turn = 0;
  #newestIfindex = 0;
  readonly #previous: CounterBaseline | undefined;

  /** @param previous what was stored, if anything: an interface that is missing at this moment does not look new at the next start. */
  constructor(previous?: CounterBaseline) {
    this.#previous = previous;
  }

  /** Everything that was left out since start. */
  get losses(): LedgerLosses {
    return this.#losses;
  }

  /**
   * Closes the interval since the last call: one row for each reading, in its order. The first call gives zeros and sets the baseline.
   * The rows of one interface add up to what it moved, except what `losses` says.
   */
  update(moment: CounterMoment, readings: readonly InterfaceCounters[]): InterfaceDelta[] {
    this.#turn += 1;
    const previous = this.#moment === undefined ? this.#previous : undefined;
    if (previous !== undefined && isSameBoot(previous, moment)) this.#newestIfindex = previous.newestIfindex;
    const deltas: InterfaceDelta[] = [];
    const newcomers = readings.some((reading) => this.#entries.get(keyOf(reading))?.latest.name !== reading.name);
    const names = newcomers ? new Set(readings.map((reading) => reading.name)) : NO_NAMES;
    for (const reading of readings) {
      if (deltas.length >= MAX_COUNTED_INTERFACES) this.#refuse(readings.length);
      else if (this.#entries.get(keyOf(reading))?.turn !== this.#turn)
        deltas.push(this.#deltaOf(moment, reading, names));
    }
    this.#moment = moment;
    this.#forgetMissing(moment.monotonicUs);
    return deltas;
  }

  /** Where the counters stand: plain data to be stored with the rows of everything `update` has answered so far. */
  baseline(): CounterBaseline | undefined {
    if (this.#moment === undefined) return undefined;
    // Ones that are missing for a moment are among them: they must not look new later.
    return toBaseline(this.#moment, [...this.#entries.values()], this.#newestIfindex);
  }

  /** What a person should know since the last call, in plain words: of interfaces that add to totals. */
  takeNotices(): readonly string[] {
    return this.#notices.take();
  }

  #deltaOf(moment: CounterMoment, reading: InterfaceCounters, names: ReadonlySet<string>): InterfaceDelta {
    const now = toPoint(reading, moment.monotonicUs);
    const entry = this.#entries.get(keyOf(reading));
    if (entry === undefined || !isSameInterface(entry.latest, reading)) return this.#begin(now, reading, names);
    const before = entry.latest;
    const speedMbit = fasterOf(before.speedMbit, reading.speedMbit);
    const elapsedUs = now.atUs - entry.track.good.atUs;
    const step = stepCounters(entry.track, now, linkRate(reading.class, speedMbit), speedMbit !== undefined);
    this.#count(step);
    this.#notices.add(reading, step, elapsedUs);
    entry.latest = reading;
    entry.turn = this.#turn;
    entry.seenAtUs = now.atUs;
    entry.rxBytesTotal += step.rxBytes;
    entry.txBytesTotal += step.txBytes;
    return deltaRow(entry, step, step.note ?? (before.name === reading.name ? undefined : 'renamed'));
  }

  /** An interface that is seen for the first time: what it counted before belongs to no interval. */
  #begin(now: CounterPoint, reading: InterfaceCounters, names: ReadonlySet<string>): InterfaceDelta {
    const key = keyOf(reading);
    const before = this.#entries.get(key) ?? this.#namedBefore(reading.name, names);
    const isAgain = before?.latest.name === reading.name;
    const entry: LedgerEntry = {
      key,
      track: newTrack(now),
      latest: reading,
      rxBytesTotal: isAgain ? before.rxBytesTotal : 0,
      txBytesTotal: isAgain ? before.txBytesTotal : 0,
      turn: this.#turn,
      seenAtUs: now.atUs,
    };
    if (isAgain) {
      this.#losses.recreated += 1;
      if (before.track.suspect !== undefined) this.#losses.glitches += 1;
      this.#notices.recreated(reading);
      this.#entries.delete(before.key);
    }
    this.#entries.set(key, entry);
    this.#newestIfindex = Math.max(this.#newestIfindex, reading.ifindex ?? 0);
    return deltaRow(entry, NOTHING, isAgain ? 'recreated' : 'new');
  }

  /** The interface that had this name at the last reading and is not there now. */
  #namedBefore(name: string, names: ReadonlySet<string>): LedgerEntry | undefined {
    if (!names.has(name)) return undefined;
    for (const entry of this.#entries.values()) {
      if (entry.latest.name === name && entry.turn !== this.#turn) return entry;
    }
    return undefined;
  }

  #count(step: CounterStep): void {
    this.#losses.glitches += step.glitches ?? 0;
    this.#losses.glitchBytes += step.leftOutBytes ?? 0;
    this.#losses.resets += step.resets ?? 0;
    this.#losses.wraps += step.wraps ?? 0;
  }

  #refuse(readings: number): void {
    this.#losses.refused += 1;
    this.#notices.refused(readings);
  }

  #forgetMissing(nowUs: number): void {
    const isCrowded = this.#entries.size > MAX_COUNTED_INTERFACES;
    for (const [key, entry] of this.#entries) {
      if (entry.turn !== this.#turn && (isCrowded || nowUs - entry.seenAtUs > MISSING_KEPT_US))
        this.#entries.delete(key);
    }
  }
}

const NOTHING: CounterStep = { rxBytes: 0, txBytes: 0, rxPackets: 0, txPackets: 0 };
const NO_NAMES: ReadonlySet<string> = new Set();

/** Numbers of the kernel are never given twice while a machine runs, names are. */
const keyOf = (reading: InterfaceCounters): number | string => reading.ifindex ?? reading.name;

/** A number can be given by hand, and a namespace may have been entered meanwhile. */
function isSameInterface(before: InterfaceCounters, now: InterfaceCounters): boolean {
  if (before.packetsKnown !== now.packetsKnown) return false;
  if ((now.carrierChanges ?? 0) < (before.carrierChanges ?? 0)) return false;
  return before.name === now.name || before.class === now.class;
}

export const toPoint = (reading: InterfaceCounters, atUs: number): CounterPoint => ({
  atUs,
  rxBytes: reading.rxBytes,
  txBytes: reading.txBytes,
  rxPackets: reading.rxPackets,
  txPackets: reading.txPackets,
  carrierChanges: reading.carrierChanges,
});

const fasterOf = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);

function deltaRow(entry: LedgerEntry, step: CounterStep, note: DeltaNote | undefined): InterfaceDelta {
  const now = entry.latest;
  return {
    name: now.name,
    class: now.class,
    counted: now.counted,
    rxBytes: step.rxBytes,
    txBytes: step.txBytes,
    rxPackets: step.rxPackets,
    txPackets: step.txPackets,
    packetsKnown: now.packetsKnown,
    rxBytesTotal: entry.rxBytesTotal,
    txBytesTotal: entry.txBytesTotal,
    up: now.up,
    ...(now.speedMbit === undefined ? {} : { speedMbit: now.speedMbit }),
    ...(note === undefined ? {} : { note }),
  };
}
