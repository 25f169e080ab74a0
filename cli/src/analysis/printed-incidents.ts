// Which findings of an analysis are printed: one of each incident, and one more when it has become graver. Owns: which were.
// Bound: MAX_INCIDENTS; further ones are printed each time they are found.
import type { AlertRaised, Severity } from '@kaipo/core/api/index.js';

const MAX_INCIDENTS = 10_000;
const GRAVITY: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };

export class PrintedIncidents {
  readonly #gravity = new Map<string, number>();

  /** True, and it counts as printed. That something is over begins nothing. */
  isNew({ rule, key, subject, severity, isOver }: AlertRaised): boolean {
    if (isOver === true) return false;
    const incident = `${rule} ${key ?? subject}`;
    const gravity = GRAVITY[severity];
    if ((this.#gravity.get(incident) ?? -1) >= gravity) return false;
    if (this.#gravity.size < MAX_INCIDENTS || this.#gravity.has(incident)) this.#gravity.set(incident, gravity);
    return true;
  }
}
