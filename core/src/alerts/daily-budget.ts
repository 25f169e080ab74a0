// How many alerts a person is told at once in a local day. Owns the count and who may still be told: so many of any kind, and a critical one
// as long as there were not so many critical ones, so that a day of warnings never hides it.
import type { Severity } from '../api/events.js';
import { localDayOf, SEVERITIES } from './desk-settings.js';

export interface BudgetRecord {
  /** localDayOf. */
  readonly day: number;
  /** Told at once on that day, by severity: info, warning, critical. */
  readonly told: readonly number[];
}

export class DailyBudget {
  #day: number;
  #told: number[];

  constructor(record: BudgetRecord = { day: 0, told: [] }) {
    this.#day = record.day;
    this.#told = SEVERITIES.map((_, rank) => record.told[rank] ?? 0);
  }

  get record(): BudgetRecord {
    return { day: this.#day, told: this.#told };
  }

  /** Takes one if there is one. */
  spend(severity: Severity, most: number, nowUs: number): boolean {
    const day = localDayOf(nowUs);
    if (day !== this.#day) {
      this.#day = day;
      this.#told = SEVERITIES.map(() => 0);
    }
    const rank = SEVERITIES.indexOf(severity);
    const counted = severity === 'critical' ? this.#told[rank]! : this.#told.reduce((sum, count) => sum + count, 0);
    if (counted >= most) return false;
    this.#told[rank]! += 1;
    return true;
  }
}
