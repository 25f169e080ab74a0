// What applications are used for, where that is one thing. Owns: the look at the flows that are listed. Pure.
// An application has a service when all of its live flows are listed and have the same one.
import type { LiveFlow } from './live-snapshot.js';
import type { RunningRow } from './traffic-table.js';

interface Seen {
  flows: number;
  /** null: there are several, or a flow has none. */
  service: string | null;
}

export class AppServices {
  readonly #seen = new Map<RunningRow, Seen>();

  /** A flow that is listed. */
  add(app: RunningRow, { service = null }: { readonly service?: LiveFlow['service'] | null }): void {
    const seen = this.#seen.get(app);
    if (seen === undefined) {
      this.#seen.set(app, { flows: 1, service });
      return;
    }
    seen.flows += 1;
    if (seen.service !== service) seen.service = null;
  }

  of(app: RunningRow): string | undefined {
    const seen = this.#seen.get(app);
    return seen === undefined || seen.flows < app.flows ? undefined : (seen.service ?? undefined);
  }
}
