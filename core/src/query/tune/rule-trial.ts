// What a rule would have said: one detector that is told the past, and the incidents its findings would have been. Owns the grouping of
// findings. Must not know where the past comes from. Bound: INCIDENTS kept, further ones only counted.
import type { Detector, DetectorSpec } from '../../api/detector.js';
import type { AlertRaised, KaipoEvent, Severity } from '../../api/events.js';
import type { IntervalRecord } from '../../api/interval-record.js';

const INCIDENTS = 10_000;
const GRAVITY: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };

export interface TrialIncident {
  readonly key: string;
  severity: Severity;
  subject: string;
  summary: string;
  evidence: AlertRaised['evidence'];
  readonly firstUs: number;
  lastUs: number;
  count: number;
  /** The rule found that it was over. */
  resolvedUs?: number;
}

export class RuleTrial {
  readonly incidents: TrialIncident[] = [];
  /** Incidents that were not kept. */
  more = 0;
  findings = 0;
  readonly counts: Record<Severity, number> = { info: 0, warning: 0, critical: 0 };
  readonly #detector: Detector;
  readonly #quietUs: number;
  readonly #sinceUs: number;
  readonly #open = new Map<string, TrialIncident>();
  readonly #out = { write: (event: KaipoEvent) => this.#take(event) };

  /** What is found before `sinceUs` is not told: by then it only learned. */
  constructor(spec: DetectorSpec, sinceUs: number) {
    this.#detector = spec.create();
    this.#quietUs = spec.quietUs;
    this.#sinceUs = sinceUs;
  }

  tellEvents(events: readonly KaipoEvent[]): void {
    const { wants } = this.#detector;
    const wanted = wants.length === 0 ? [] : events.filter(({ kind }) => wants.includes(kind));
    if (wanted.length > 0) this.#detector.onEvents?.(wanted, this.#out);
  }

  tellInterval(interval: IntervalRecord): void {
    this.#detector.onInterval?.(interval, this.#out);
    this.#detector.onTick?.(interval.endUs, this.#out);
  }

  #take(event: KaipoEvent): void {
    if (event.kind !== 'alert.raised' || event.tsUs < this.#sinceUs) return;
    const key = event.key ?? event.subject;
    const known = this.#open.get(key);
    const goesOn = known !== undefined && event.tsUs - known.lastUs <= (event.quietUs ?? this.#quietUs);
    if (event.isOver === true) {
      if (goesOn) known.resolvedUs = event.tsUs;
      this.#open.delete(key);
      return;
    }
    this.findings += 1;
    if (goesOn) this.#update(known, event);
    else this.#begin(key, event);
  }

  #begin(key: string, { severity, subject, summary, evidence, tsUs }: AlertRaised): void {
    const incident = { key, severity, subject, summary, evidence, firstUs: tsUs, lastUs: tsUs, count: 1 };
    this.counts[severity] += 1;
    if (this.incidents.length < INCIDENTS) this.incidents.push(incident);
    else this.more += 1;
    if (this.#open.size >= INCIDENTS) this.#open.delete(this.#open.keys().next().value!);
    this.#open.set(key, incident);
  }

  #update(incident: TrialIncident, { severity, summary, evidence, tsUs }: AlertRaised): void {
    incident.lastUs = tsUs;
    incident.count += 1;
    incident.summary = summary;
    incident.evidence = evidence;
    if (GRAVITY[severity] <= GRAVITY[incident.severity]) return;
    this.counts[incident.severity] -= 1;
    this.counts[severity] += 1;
    incident.severity = severity;
  }
}
