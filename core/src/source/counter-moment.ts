// The clocks counters are dated with. Owns: which clock serves which question. Must not know: counters.
import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { wallClockUs } from '../kernel/clock.js';

/** One moment on three clocks. Rates are measured on the first, records are dated on the second, the third says what may be compared. */
export interface CounterMoment {
  /** CLOCK_MONOTONIC: never set, the same for all processes of a boot, stands still while the machine sleeps. */
  readonly monotonicUs: number;
  /** Since the epoch; may jump any way. */
  readonly wallUs: number;
  /** Another text is another boot: counters began at zero, and so did the monotonic clock. */
  readonly bootId: string;
}

/** What a start needs besides: how long this boot lasts, sleep included. */
export interface StartMoment extends CounterMoment {
  readonly uptimeUs: number;
}

let knownBootId: string | undefined;

/** Cheap enough for every reading: two clocks and a text read once. */
export function counterMoment(): CounterMoment {
  knownBootId ??= readBootId();
  return { monotonicUs: Number(process.hrtime.bigint() / 1000n), wallUs: wallClockUs(), bootId: knownBootId };
}

export function startMoment(): StartMoment {
  return { ...counterMoment(), uptimeUs: Math.round(uptime() * 1e6) };
}

/**
 * The same boot as before? Elsewhere than on Linux a clock that was set gives the same boot another id: when the monotonic clock went on,
 * it is taken for the same one, because counters of one boot must never be added twice.
 */
export function isSameBoot(before: CounterMoment, now: CounterMoment): boolean {
  if (before.bootId === now.bootId) return true;
  const isGuess = before.bootId.startsWith(GUESSED) && now.bootId.startsWith(GUESSED);
  return isGuess && now.monotonicUs >= before.monotonicUs;
}

const GUESSED = 'started-';

/** Linux has a random one for each boot (kernel drivers/char/random.c). Elsewhere: the minute the machine started. */
function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return `${GUESSED}${Math.round((wallClockUs() / 1e6 - uptime()) / 60)}`;
  }
}
