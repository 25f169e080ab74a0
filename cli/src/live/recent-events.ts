// Events of a live run on their way to screen and store. Owns: what is kept for showing, and what waits for the end of the interval.
// Must not know flows or files. Bounds: below; what does not fit is counted, `lost` says how much.
import type { AlertRaised, DnsAnswered, DnsAsked, FlowEnded, KaipoEvent } from '@kaipo/core/api/index.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import type { LiveNotice } from '@kaipo/core/query/live-snapshot.js';

const MAX_NOTICES = 64;
const MAX_SHOWN = 200;
/** Flows that end in one interval: a scan of all ports of a host. */
const MAX_ENDED = 65_536;
const MAX_NAMES = 4096;
const MAX_FINDINGS = 4096;

export class RecentEvents {
  readonly #notices: LiveNotice[] = [];
  readonly #dns: (DnsAsked | DnsAnswered)[] = [];
  readonly #alerts: AlertRaised[] = [];
  #ended: FlowEnded[] = [];
  #names: DnsAnswered[] = [];
  #findings: AlertRaised[] = [];
  /** Flows, names and findings of the interval that are in no list. */
  lost = 0;

  add(event: KaipoEvent): void {
    if (event.kind === 'flow.ended') this.#keep(this.#ended, event, MAX_ENDED);
    else if (event.kind === 'alert.raised') {
      show(this.#alerts, event, MAX_SHOWN);
      this.#keep(this.#findings, event, MAX_FINDINGS);
    } else if (event.kind !== 'http.exchanged') show(this.#dns, event, MAX_SHOWN);
    if (event.kind === 'dns.answered') this.#keep(this.#names, event, MAX_NAMES);
  }

  notice(severity: LiveNotice['severity'], text: string): void {
    show(this.#notices, { tsUs: Date.now() * 1000, severity, text: safeText(text) }, MAX_NOTICES);
  }

  /** Copies for one snapshot, newest last. */
  shown(): { notices: LiveNotice[]; dns: (DnsAsked | DnsAnswered)[]; alerts: AlertRaised[] } {
    return { notices: [...this.#notices], dns: [...this.#dns], alerts: [...this.#alerts] };
  }

  /** Flows that ended and names that were answered since the last call. */
  take(): { ended: readonly FlowEnded[]; names: readonly DnsAnswered[] } {
    const taken = { ended: this.#ended, names: this.#names };
    this.#ended = [];
    this.#names = [];
    return taken;
  }

  /** What detectors found since the last call. */
  takeFindings(): readonly AlertRaised[] {
    const findings = this.#findings;
    this.#findings = [];
    return findings;
  }

  #keep<T>(list: T[], item: T, max: number): void {
    if (list.length < max) list.push(item);
    else this.lost += 1;
  }
}

/** The newest are worth showing: the oldest goes. */
function show<T>(list: T[], item: T, max: number): void {
  list.push(item);
  if (list.length > max) list.shift();
}
