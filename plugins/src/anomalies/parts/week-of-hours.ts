// What one subject moved in every hour of the last WEEKS weeks, a byte an hour. Owns: the code of an amount (a sixth of an octave is its
// step), and what is usual in an hour of the week. Must not know whose it is. Bound: WEEKS times 168 bytes.
import { medianDistance, quantile } from './robust.js';

export const WEEKS = 4;
const HOURS_A_WEEK = 168;
const HOURS_A_DAY = 24;
export const HOURS_KEPT = WEEKS * HOURS_A_WEEK;
/** Nobody looked. */
const UNKNOWN = 0;
/** Less than UNIT_BYTES. */
const NOTHING = 1;
const UNIT_BYTES = 1024;
const STEPS_AN_OCTAVE = 6;
/** Fewer hours say nothing. */
const MIN_HOURS = 6;
/** With fewer, one odd hour is no longer left out of what was the most. */
const MIN_FOR_SECOND = 12;
/** A median distance times this is a standard deviation where values are normal. */
const MAD_TO_SIGMA = 1.4826;

export interface UsualHour {
  readonly medianBytes: number;
  /** The most and the least there was, one odd hour left out. */
  readonly mostBytes: number;
  readonly leastBytes: number;
  /** In octaves. */
  readonly spread: number;
  /** What 95 of 100 hours of the whole week stay below. */
  readonly busyBytes: number;
  readonly hours: number;
}

export class WeekOfHours {
  readonly codes: Uint8Array;

  constructor(codes = new Uint8Array(HOURS_KEPT)) {
    this.codes = codes;
  }

  /** `bytes` undefined: nobody looked. */
  set(hour: number, bytes: number | undefined): void {
    this.codes[hour % HOURS_KEPT] = bytes === undefined ? UNKNOWN : codeOf(bytes);
  }

  /** Undefined while too little is known. */
  usual(hour: number): UsualHour | undefined {
    const sameWeekday = this.#pool(hour, (away) => away % HOURS_A_WEEK);
    const anyDay = this.#pool(hour, (away) => away % HOURS_A_DAY);
    const pool = sameWeekday.length >= MIN_HOURS ? sameWeekday : anyDay;
    if (anyDay.length < MIN_HOURS) return undefined;
    const isLong = anyDay.length >= MIN_FOR_SECOND;
    const known = [...this.codes].filter((code) => code !== UNKNOWN).sort(byValue);
    const median = quantile(pool, 0.5);
    return {
      medianBytes: bytesOf(median),
      mostBytes: bytesOf(anyDay.at(isLong ? -2 : -1)!),
      leastBytes: bytesOf(Math.min(pool[0]!, anyDay[isLong ? 1 : 0]!)),
      spread: (MAD_TO_SIGMA * medianDistance(pool, median)) / STEPS_AN_OCTAVE,
      busyBytes: bytesOf(quantile(known, 0.95)),
      hours: pool.length,
    };
  }

  /** Hours that are at most one away from this one by the clock of `fold`, in order of amount. */
  #pool(hour: number, fold: (away: number) => number): number[] {
    const codes: number[] = [];
    // The two hours before are today's: what is going on now is not what is usual.
    for (let back = 3; back < HOURS_KEPT; back++) {
      const away = fold(back);
      const isNear = away <= 1 || away === fold(HOURS_KEPT - 1);
      const code = this.codes[(hour + HOURS_KEPT - back) % HOURS_KEPT]!;
      if (isNear && code !== UNKNOWN) codes.push(code);
    }
    return codes.sort(byValue);
  }
}

const byValue = (left: number, right: number): number => left - right;

function codeOf(bytes: number): number {
  if (bytes < UNIT_BYTES) return NOTHING;
  return Math.min(255, NOTHING + 1 + Math.round(STEPS_AN_OCTAVE * Math.log2(bytes / UNIT_BYTES)));
}

const bytesOf = (code: number): number =>
  code <= NOTHING ? 0 : UNIT_BYTES * 2 ** ((code - NOTHING - 1) / STEPS_AN_OCTAVE);
