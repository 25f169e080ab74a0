// What became of alerts and is not yet written: each incident as it is now. Owns the bound: MAX_WAITING incidents; the one that waits longest
// and is over goes first, counted.
import type { Incident } from '@kaipo/core/api/alert-sink.js';
import type { StoredAlerts } from '@kaipo/core/store/store.js';

const MAX_WAITING = 16_384;

export class WaitingAlerts {
  readonly #incidents = new Map<string, Incident>();
  #desk: unknown;
  #learned: Readonly<Record<string, unknown>> = {};
  lost = 0;

  get isEmpty(): boolean {
    return this.#incidents.size === 0 && this.#desk === undefined && Object.keys(this.#learned).length === 0;
  }

  get isHeavy(): boolean {
    return this.#incidents.size * 2 > MAX_WAITING;
  }

  add({ incidents, desk, learned }: StoredAlerts): void {
    for (const incident of incidents) this.#incidents.set(incident.id, incident);
    this.#desk = desk ?? this.#desk;
    this.#learned = { ...this.#learned, ...learned };
    while (this.#incidents.size > MAX_WAITING) {
      const [oldest] = this.#incidents.keys();
      const over = [...this.#incidents.values()].find(({ resolvedUs }) => resolvedUs !== undefined)?.id ?? oldest;
      this.#incidents.delete(over!);
      this.lost += 1;
    }
  }

  /** Could not be written; what came since is newer. */
  putBack(before: StoredAlerts): void {
    const since = this.take();
    this.add(before);
    this.add(since);
  }

  take(): StoredAlerts {
    const taken = {
      incidents: [...this.#incidents.values()],
      ...(this.#desk !== undefined && { desk: this.#desk }),
      learned: this.#learned,
    };
    this.#incidents.clear();
    this.#desk = undefined;
    this.#learned = {};
    return taken;
  }
}
