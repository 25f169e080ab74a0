// One interface, one reading further: what moved since the last one that can be believed. Owns: resets, wraps, glitches, and links that
// are faster than they say. Must not know: names, other interfaces, files, time except as an argument. Never negative, never a phantom:
// a reading that cannot be believed is kept beside the last good one, and the next reading decides between the two.
import type { InterfaceClass } from '../kernel/traffic-words.js';

/** A reading of one interface, on the monotonic clock. */
export interface CounterPoint {
  readonly atUs: number;
  readonly rxBytes: number;
  readonly txBytes: number;
  readonly rxPackets: number;
  readonly txPackets: number;
  /** Not judged by: some drivers show zeros for a moment when the link comes back. */
  readonly carrierChanges?: number | undefined;
}

export type SuspectKind =
  /** More than the link can carry. */
  | 'over'
  /** Counters went backwards. */
  | 'back';

/** What is remembered of an interface. */
export interface CounterTrack {
  good: CounterPoint;
  suspect: CounterPoint | undefined;
  suspectKind: SuspectKind;
  /** Bytes a second in one direction that turned out to be real. */
  learnedRate: number;
  /** Suspect readings in a row. */
  doubts: number;
}

export interface CounterSums {
  rxBytes: number;
  txBytes: number;
  rxPackets: number;
  txPackets: number;
}

export type StepNote = 'reset' | 'wrapped' | 'suspect' | 'glitch' | 'fast-link';

export interface CounterStep extends Readonly<CounterSums> {
  readonly note?: StepNote;
  /** Decided at this step: readings that were wrong, counters that began again, counters that passed their end. */
  readonly glitches?: number;
  readonly resets?: number;
  readonly wraps?: number;
  /** Bytes of a jump that stayed, and is not counted. */
  readonly leftOutBytes?: number;
}

export const newTrack = (good: CounterPoint): CounterTrack => ({
  good,
  suspect: undefined,
  suspectKind: 'over',
  learnedRate: 0,
  doubts: 0,
});

const FIELDS = ['rxBytes', 'rxPackets', 'txBytes', 'txPackets'] as const;
/** Range of the 32-bit counters that some drivers still have. */
const WRAP_32 = 2 ** 32;
/** A wrap is believed up to this much when no speed is known: more would be a gigabit link that was busy for a quarter of a minute. */
const MAX_UNCHECKED_WRAP = 2 ** 31;
/** Links carry a little more than they say, and readings come late. */
const RATE_SLACK = 1.25;
/** Some drivers bring their counters up to date every 2 s (e1000e, usbnet, Wi-Fi): one reading may have that much more. */
const DRIVER_DELAY_US = 2_000_000;
/** 10 Gbit/s: what a NIC that does not tell its speed may have. */
const UNKNOWN_SPEED_RATE = 1.25e9;
/** 100 GB/s: what never leaves memory is copied at most this fast. */
const MEMORY_RATE = 1e11;
/** No packet is shorter: an IPv4 header. */
const MIN_PACKET_BYTES = 20;
/** After so many readings that fit neither the last good one nor each other, counting starts anew. */
const MAX_DOUBTS = 3;

/** Bytes a second one direction of such an interface can carry, before slack. */
export function linkRate(itsClass: InterfaceClass, speedMbit: number | undefined): number {
  if (itsClass !== 'physical' && itsClass !== 'bond' && itsClass !== 'vlan') return MEMORY_RATE;
  return speedMbit === undefined ? UNKNOWN_SPEED_RATE : speedMbit * 125_000;
}

/** @param rate of linkRate; of the two readings' speeds the higher one. */
export function stepCounters(track: CounterTrack, now: CounterPoint, rate: number, isSpeedKnown: boolean): CounterStep {
  return new Step(track, now, rate, isSpeedKnown).decide();
}

type Fit = 'fits' | 'wraps' | 'over' | 'back';

class Step {
  readonly #track: CounterTrack;
  readonly #now: CounterPoint;
  readonly #rate: number;
  readonly #isSpeedKnown: boolean;

  constructor(track: CounterTrack, now: CounterPoint, rate: number, isSpeedKnown: boolean) {
    this.#track = track;
    this.#now = now;
    this.#rate = Math.max(rate, track.learnedRate);
    this.#isSpeedKnown = isSpeedKnown;
  }

  decide(): CounterStep {
    const { suspect, suspectKind } = this.#track;
    if (suspect === undefined) return this.#fromGood({});
    return suspectKind === 'over' ? this.#afterJump(suspect) : this.#afterFall(suspect);
  }

  #fromGood(found: Partial<CounterStep>): CounterStep {
    const track = this.#track;
    const { good } = track;
    const fit = this.#fit(good, this.#now);
    if (fit === 'fits') return this.#accept(difference(good, this.#now), found);
    if (fit === 'wraps') return this.#accept(difference(good, this.#now), { note: 'wrapped', wraps: 1, ...found });
    track.doubts += 1;
    if (track.doubts > MAX_DOUBTS) return this.#startAnew(found);
    track.suspect = this.#now;
    track.suspectKind = fit;
    return { ...ZERO, note: fit === 'over' ? 'suspect' : 'reset', ...found };
  }

  /** The last reading was far ahead of the good one. */
  #afterJump(suspect: CounterPoint): CounterStep {
    const { good } = this.#track;
    const now = this.#now;
    if (FIELDS.every((field) => now[field] >= suspect[field])) return this.#jumpStayed(suspect);
    const fit = this.#fit(good, now);
    if (fit === 'fits' || fit === 'wraps') {
      return this.#accept(difference(good, now), { note: 'glitch', glitches: 1, wraps: fit === 'wraps' ? 1 : 0 });
    }
    if (this.#fit(suspect, now) === 'wraps') return this.#jumpStayed(suspect);
    this.#track.suspect = undefined;
    return this.#fromGood({ glitches: 1 });
  }

  #jumpStayed(suspect: CounterPoint): CounterStep {
    const track = this.#track;
    const { good } = track;
    const jump = difference(good, suspect);
    const rx = this.#isOver('rx', jump, good, suspect);
    const tx = this.#isOver('tx', jump, good, suspect);
    if (track.doubts === 1 && this.#isFastLink(rx, tx, suspect)) {
      const sums = difference(good, this.#now);
      track.learnedRate = rateOf(sums, this.#now.atUs - good.atUs);
      return this.#accept(sums, { note: 'fast-link' });
    }
    // One direction jumped, the other one is right.
    const counted = {
      rxBytes: rx ? 0 : jump.rxBytes,
      rxPackets: rx ? 0 : jump.rxPackets,
      txBytes: tx ? 0 : jump.txBytes,
      txPackets: tx ? 0 : jump.txPackets,
    };
    const leftOutBytes = jump.rxBytes + jump.txBytes - counted.rxBytes - counted.txBytes;
    track.good = suspect;
    track.suspect = undefined;
    return withSums(this.#fromGood({ note: 'glitch', glitches: 1, leftOutBytes }), counted);
  }

  /** Does the direction that jumped go on just as fast, and no faster than anything can? */
  #isFastLink(rx: boolean, tx: boolean, suspect: CounterPoint): boolean {
    const further = difference(suspect, this.#now);
    const goesOn =
      (rx && this.#isOver('rx', further, suspect, this.#now)) ||
      (tx && this.#isOver('tx', further, suspect, this.#now));
    const { good } = this.#track;
    return goesOn && rateOf(difference(good, this.#now), this.#now.atUs - good.atUs) <= MEMORY_RATE;
  }

  /** The last reading was behind the good one. */
  #afterFall(suspect: CounterPoint): CounterStep {
    const track = this.#track;
    const { good } = track;
    const fit = this.#fit(good, this.#now);
    const onward = difference(good, this.#now);
    // When both a wrong reading and a reset explain it, the smaller number is told.
    if ((fit === 'fits' || fit === 'wraps') && bytesOf(onward) <= bytesOf(difference(suspect, this.#now))) {
      return this.#accept(onward, { note: 'glitch', glitches: 1, wraps: fit === 'wraps' ? 1 : 0 });
    }
    track.good = suspect;
    track.suspect = undefined;
    return this.#fromGood({ resets: 1 });
  }

  #accept(sums: CounterSums, found: Partial<CounterStep>): CounterStep {
    this.#track.good = this.#now;
    this.#track.suspect = undefined;
    this.#track.doubts = 0;
    return { ...sums, ...found };
  }

  #startAnew(found: Partial<CounterStep>): CounterStep {
    return this.#accept(ZERO, { ...found, note: 'reset', resets: (found.resets ?? 0) + 1 });
  }

  #fit(from: CounterPoint, to: CounterPoint): Fit {
    if (!FIELDS.some((field) => to[field] < from[field])) return this.#overOr('fits', from, to);
    // All counters restart together; a wrap happens to one, or to one of each direction, and the others go on.
    for (const [bytes, packets] of [
      ['rxBytes', 'rxPackets'],
      ['txBytes', 'txPackets'],
    ] as const) {
      if (to[bytes] < from[bytes] && to[packets] < from[packets]) return 'back';
      if (to[bytes] < from[bytes] && !this.#isWrap(from, to, bytes)) return 'back';
      if (to[packets] < from[packets] && !this.#isWrap(from, to, packets)) return 'back';
    }
    return to.rxBytes < from.rxBytes && to.txBytes < from.txBytes ? 'back' : this.#overOr('wraps', from, to);
  }

  #overOr(fit: Fit, from: CounterPoint, to: CounterPoint): Fit {
    const sums = difference(from, to);
    return this.#isOver('rx', sums, from, to) || this.#isOver('tx', sums, from, to) ? 'over' : fit;
  }

  #isWrap(from: CounterPoint, to: CounterPoint, field: keyof CounterSums): boolean {
    if (from[field] >= WRAP_32 || from[field] < WRAP_32 / 2) return false;
    // Without packet counters a reset cannot be told from a wrap.
    if (from.rxPackets + from.txPackets === 0) return false;
    const delta = to[field] + WRAP_32 - from[field];
    const bytes = this.#bytesIn(to.atUs - from.atUs);
    const bound = field === 'rxBytes' || field === 'txBytes' ? bytes : bytes / MIN_PACKET_BYTES;
    return delta <= (this.#isSpeedKnown ? bound : Math.min(bound, MAX_UNCHECKED_WRAP));
  }

  #isOver(way: 'rx' | 'tx', sums: CounterSums, from: CounterPoint, to: CounterPoint): boolean {
    const bytes = this.#bytesIn(to.atUs - from.atUs);
    if (way === 'rx') return sums.rxBytes > bytes || sums.rxPackets > bytes / MIN_PACKET_BYTES;
    return sums.txBytes > bytes || sums.txPackets > bytes / MIN_PACKET_BYTES;
  }

  #bytesIn(elapsedUs: number): number {
    return ((Math.max(0, elapsedUs) + DRIVER_DELAY_US) / 1e6) * this.#rate * RATE_SLACK;
  }
}

function rateOf(sums: CounterSums, elapsedUs: number): number {
  const packets = Math.max(sums.rxPackets, sums.txPackets) * MIN_PACKET_BYTES;
  return (Math.max(sums.rxBytes, sums.txBytes, packets) * 1e6) / Math.max(1, elapsedUs);
}

const ZERO: Readonly<CounterSums> = { rxBytes: 0, txBytes: 0, rxPackets: 0, txPackets: 0 };

/** A field that is smaller has passed 2^32. */
const difference = (from: CounterPoint, to: CounterPoint): CounterSums => ({
  rxBytes: forward(to.rxBytes - from.rxBytes),
  txBytes: forward(to.txBytes - from.txBytes),
  rxPackets: forward(to.rxPackets - from.rxPackets),
  txPackets: forward(to.txPackets - from.txPackets),
});

const bytesOf = (sums: CounterSums): number => sums.rxBytes + sums.txBytes;

const forward = (delta: number): number => (delta < 0 ? delta + WRAP_32 : delta);

const withSums = (step: CounterStep, more: CounterSums): CounterStep => ({
  ...step,
  rxBytes: step.rxBytes + more.rxBytes,
  txBytes: step.txBytes + more.txBytes,
  rxPackets: step.rxPackets + more.rxPackets,
  txPackets: step.txPackets + more.txPackets,
});
