// Do the incidents of a store agree with each other and with its state? Owns what is compared. Bound: MAX_INCIDENTS and some ids of those
// that go on, counts of the rest.
import { incidentFromBlock } from './incident-row.js';
import type { Finding } from './store-check.js';
import type { EntryPlace } from './store-keys.js';
import type { StoreState } from './store-state.js';

export class IncidentCheck {
  readonly #open = new Set<string>();
  readonly #marked = new Set<string>();
  #misnamed = 0;
  #bytes = 0;
  count = 0;

  /** Raises KAIPO_STORE_CORRUPT for what is no incident. */
  take({ id, isMark }: Extract<EntryPlace, { kind: 'incident' }>, block: Uint8Array): void {
    if (isMark) {
      this.#marked.add(id);
      return;
    }
    this.count += 1;
    this.#bytes += block.length;
    const incident = incidentFromBlock(block);
    if (incident.id !== id) this.#misnamed += 1;
    if (incident.resolvedUs === undefined) this.#open.add(id);
  }

  compare({ incidentCount, incidentBytes }: StoreState): Finding[] {
    const unmarked = [...this.#open].filter((id) => !this.#marked.has(id)).length;
    const over = [...this.#marked].filter((id) => !this.#open.has(id)).length;
    const wrong = [
      [incidentCount !== this.count, `the store says ${incidentCount} alerts, there are ${this.count}`],
      [incidentBytes !== this.#bytes, `the store says ${incidentBytes} bytes of alerts, there are ${this.#bytes}`],
      [this.#misnamed > 0, `${this.#misnamed} alerts lie under another id than their own`],
      [unmarked > 0, `${unmarked} alerts go on and are not in the list of those that do`],
      [over > 0, `${over} alerts are in the list of those that go on, and do not`],
    ] as const;
    return wrong.filter(([is]) => is).map(([, message]): Finding => ({ kind: 'counters', of: 'alerts', message }));
  }
}
