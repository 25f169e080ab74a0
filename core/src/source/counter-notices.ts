// What became of counters, in plain words. Owns: the sentences. Bound: MAX_NOTICES between two calls of `take`; further ones are counted.
// Interfaces that do not add to totals are not spoken of: container hosts make and end them all day.
import { formatBitRate, formatBytes } from '../kernel/units.js';
import type { CounterStep } from './counter-step.js';
import { type InterfaceCounters, MAX_COUNTED_INTERFACES } from './interface-counters.js';

const MAX_NOTICES = 16;

export class LedgerNotices {
  #notices: string[] = [];
  #more = 0;
  #isRefusalKnown = false;

  take(): readonly string[] {
    const notices = this.#more === 0 ? this.#notices : [...this.#notices, `and ${this.#more} more notes on counters`];
    this.#notices = [];
    this.#more = 0;
    return notices;
  }

  /** @param elapsedUs since the last reading that could be believed. */
  add(reading: InterfaceCounters, step: CounterStep, elapsedUs: number): void {
    if (!reading.counted) return;
    const { name } = reading;
    if ((step.resets ?? 0) > 0) this.#say(`${name}: its counters began again; what it moved just before is not known`);
    if ((step.leftOutBytes ?? 0) > 0) {
      this.#say(
        `${name}: a jump of its counters by ${formatBytes(step.leftOutBytes!)}, more than the link carries, is left out`,
      );
    } else if ((step.glitches ?? 0) > 0) {
      this.#say(`${name}: one reading of its counters was wrong and is left out; the bytes since then are right`);
    }
    if (step.note === 'fast-link') {
      const rate = (Math.max(step.rxBytes, step.txBytes) * 1e6) / Math.max(1, elapsedUs);
      this.#say(`${name} is faster than its stated speed: ${formatBitRate(rate)} are counted`);
    }
  }

  recreated(reading: InterfaceCounters): void {
    if (reading.counted) this.#say(`${reading.name} is another interface now; counting begins again`);
  }

  refused(readings: number): void {
    if (this.#isRefusalKnown) return;
    this.#isRefusalKnown = true;
    this.#say(`${readings} interfaces: more than ${MAX_COUNTED_INTERFACES} are not counted`);
  }

  #say(text: string): void {
    if (this.#notices.length < MAX_NOTICES) this.#notices.push(text);
    else this.#more += 1;
  }
}
