// What waits for the digest of the day. Owns the order and the bound: MAX_DIGEST incidents, the gravest and of those the newest; the others
// are in history only, counted.
import type { Incident } from '../api/alert-sink.js';
import { rankOf } from './desk-settings.js';

export const MAX_DIGEST = 200;

export class DigestList {
  readonly #waiting = new Map<string, Incident>();
  /** Incidents there was no room for. */
  leftOut = 0;

  constructor(incidents: readonly Incident[] = []) {
    for (const incident of incidents.slice(0, MAX_DIGEST)) this.#waiting.set(incident.id, incident);
  }

  get size(): number {
    return this.#waiting.size;
  }

  get ids(): readonly string[] {
    return [...this.#waiting.keys()];
  }

  get(id: string): Incident | undefined {
    return this.#waiting.get(id);
  }

  /** Adds it, or what is new about it. */
  put(incident: Incident): void {
    this.#waiting.set(incident.id, incident);
    if (this.#waiting.size <= MAX_DIGEST) return;
    const least = this.gravestFirst().at(-1);
    if (least !== undefined) this.#waiting.delete(least.id);
    this.leftOut += 1;
  }

  remove(id: string): boolean {
    return this.#waiting.delete(id);
  }

  gravestFirst(): readonly Incident[] {
    return [...this.#waiting.values()].sort(
      (left, right) => rankOf(right.severity) - rankOf(left.severity) || right.firstUs - left.firstUs,
    );
  }

  /** All, gravest first; nothing waits then. */
  take(): readonly Incident[] {
    const all = this.gravestFirst();
    this.#waiting.clear();
    return all;
  }
}
