// The incidents that go on. Owns: which finding belongs to which, and their bound. Bound: MAX_OPEN_OF_RULE of a rule, MAX_OPEN in all; a
// finding beyond that goes to the one incident "many others" of its rule, and when there is no room for that either it is refused.
import type { Incident } from '../api/alert-sink.js';
import type { AlertRaised } from '../api/events.js';
import { safeText } from '../kernel/safe-text.js';
import { rankOf } from './desk-settings.js';
import { incidentId } from './incident-id.js';

export const MAX_OPEN = 4096;
export const MAX_OPEN_OF_RULE = 128;
/** Beyond MAX_OPEN, for the incidents "many others". */
const MAX_OTHERS = 256;
const OTHERS_KEY = '*';

const MAX_RULE = 64;
const MAX_KEY = 256;
const MAX_SUMMARY = 512;
const MAX_EVIDENCE = 32;

export class OpenIncidents {
  readonly #byName = new Map<string, Incident>();
  readonly #nameOf = new Map<string, string>();
  readonly #ofRule = new Map<string, number>();
  #made: number;
  /** Findings that went to "many others", and that went nowhere. */
  overflowed = 0;
  refused = 0;

  constructor(open: readonly Incident[], made: number) {
    this.#made = made;
    for (const incident of open) this.#add(nameOf(incident), incident);
  }

  get size(): number {
    return this.#byName.size;
  }

  /** Incidents there ever were. */
  get made(): number {
    return this.#made;
  }

  values(): Iterable<Incident> {
    return this.#byName.values();
  }

  get(id: string): Incident | undefined {
    return this.#byName.get(this.#nameOf.get(id) ?? '');
  }

  /** Replaces an incident that is there. */
  put(incident: Incident): void {
    const name = this.#nameOf.get(incident.id);
    if (name !== undefined) this.#byName.set(name, incident);
  }

  remove({ id, rule }: Incident): void {
    const name = this.#nameOf.get(id);
    if (name === undefined) return;
    this.#nameOf.delete(id);
    this.#byName.delete(name);
    const left = (this.#ofRule.get(rule) ?? 1) - 1;
    if (left > 0) this.#ofRule.set(rule, left);
    else this.#ofRule.delete(rule);
  }

  /** The incident of a finding, with it in it; undefined when it belongs to none. */
  find(given: AlertRaised, nowUs: number): Incident | undefined {
    let finding = bounded(given, nowUs);
    let open = this.#byName.get(nameOf(finding));
    if (open === undefined && finding.isOver !== true && this.#isFull(finding.rule)) {
      this.overflowed += 1;
      finding = asOthers(finding);
      open = this.#byName.get(nameOf(finding));
      if (open === undefined && this.size >= MAX_OPEN + MAX_OTHERS) {
        this.refused += 1;
        return undefined;
      }
    }
    if (open !== undefined) {
      const more = withFinding(open, finding);
      this.put(more);
      return more;
    }
    if (finding.isOver === true) return undefined;
    const incident = this.#opened(finding);
    this.#add(nameOf(finding), incident);
    return incident;
  }

  #isFull(rule: string): boolean {
    return (this.#ofRule.get(rule) ?? 0) >= MAX_OPEN_OF_RULE || this.size >= MAX_OPEN;
  }

  #add(name: string, incident: Incident): void {
    this.#byName.set(name, incident);
    this.#nameOf.set(incident.id, name);
    this.#ofRule.set(incident.rule, (this.#ofRule.get(incident.rule) ?? 0) + 1);
  }

  #opened(finding: BoundedFinding): Incident {
    const { tsUs, rule, key, severity, subject, scope, summary, evidence, quietUs } = finding;
    let id: string;
    do {
      id = incidentId(tsUs, this.#made);
      this.#made += 1;
    } while (this.#nameOf.has(id));
    return {
      ...{ id, rule, key, severity, subject, scope, summary, evidence, firstUs: tsUs, lastUs: tsUs, count: 1 },
      ...(quietUs !== undefined && { quietUs }),
    };
  }
}

type BoundedFinding = AlertRaised & Required<Pick<AlertRaised, 'key' | 'scope'>>;

const nameOf = ({ rule, key }: { readonly rule: string; readonly key: string }): string => `${rule}\n${key}`;

/** What a plugin wrote, within bounds; nothing is found in the future. */
function bounded(finding: AlertRaised, nowUs: number): BoundedFinding {
  const { app, host, port, interface: link, direction } = finding.scope ?? {};
  const evidence = Object.entries(finding.evidence)
    .slice(0, MAX_EVIDENCE)
    .map(([name, value]) => [safeText(name, MAX_RULE), typeof value === 'number' ? value : safeText(value, MAX_KEY)]);
  return {
    ...finding,
    tsUs: Math.min(finding.tsUs, nowUs),
    rule: safeText(finding.rule, MAX_RULE),
    key: safeText(finding.key ?? finding.subject, MAX_KEY),
    subject: safeText(finding.subject, MAX_KEY),
    summary: safeText(finding.summary, MAX_SUMMARY),
    evidence: Object.fromEntries(evidence),
    scope: {
      ...(app !== undefined && { app: safeText(app, MAX_KEY) }),
      ...(host !== undefined && { host: safeText(host, MAX_KEY) }),
      ...(port !== undefined && { port }),
      ...(link !== undefined && { interface: safeText(link, MAX_KEY) }),
      ...(direction !== undefined && { direction }),
    },
  };
}

const asOthers = (finding: BoundedFinding): BoundedFinding => ({
  ...finding,
  key: OTHERS_KEY,
  subject: 'many others',
  summary: safeText(`more than can be told apart; the last: ${finding.summary}`, MAX_SUMMARY),
  scope: {},
});

function withFinding(open: Incident, finding: BoundedFinding): Incident {
  const { quietUs, summary, evidence, scope, severity } = finding;
  return {
    ...open,
    summary,
    evidence,
    scope,
    severity: rankOf(severity) > rankOf(open.severity) ? severity : open.severity,
    lastUs: Math.max(open.lastUs, finding.tsUs),
    count: open.count + 1,
    ...(quietUs !== undefined && { quietUs }),
  };
}
