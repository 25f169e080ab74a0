// Alerts of the past, as every view asks for them. Owns what fits a question; must not know how an answer is shown. Bound: MAX_LOOKED_AT
// incidents of a period, the newest.
import type { AlertMute } from '../alerts/alert-mute.js';
import { parseDeskRecord } from '../alerts/desk-record.js';
import type { Incident } from '../api/alert-sink.js';
import type { Severity } from '../api/events.js';
import type { StoreReader } from '../store/store.js';
import type { TimeRange } from './time-range.js';

export const MAX_LOOKED_AT = 50_000;

export type AlertState = 'open' | 'resolved' | 'acknowledged' | 'muted';
export const ALERT_STATES: readonly AlertState[] = ['open', 'resolved', 'acknowledged', 'muted'];

export interface AlertQuestion {
  readonly rule?: string;
  readonly severity?: Severity;
  readonly state?: AlertState;
  /** Any of them; findings without an interface fit none. */
  readonly interface?: readonly string[];
  /** A part of the subject, the summary, the application or the host, whatever the case. */
  readonly text?: string;
  readonly limit: number;
}

export interface AlertAnswer {
  /** The newest first. */
  readonly rows: readonly Incident[];
  /** All that fit, by severity. */
  readonly counts: Readonly<Record<Severity, number>>;
  /** There were too many to look at all. */
  readonly more: boolean;
}

export function stateOf({ resolvedUs, heldBack, acknowledged }: Incident): AlertState {
  if (resolvedUs !== undefined) return 'resolved';
  if (acknowledged !== undefined) return 'acknowledged';
  return heldBack === 'muted' ? 'muted' : 'open';
}

/** Those that went on at some time of the period. */
export function queryAlerts(store: StoreReader, range: TimeRange, question: AlertQuestion): AlertAnswer {
  const rows: Incident[] = [];
  const counts = { info: 0, warning: 0, critical: 0 };
  let left = MAX_LOOKED_AT;
  store.view((view) =>
    view.readIncidents(range.fromUs, range.toUs, (incident) => {
      if (left === 0) return false;
      left -= 1;
      if (!fits(incident, question)) return true;
      counts[incident.severity] += 1;
      if (rows.length < question.limit) rows.push(incident);
      return true;
    }),
  );
  return { rows, counts, more: left === 0 };
}

export function queryAlert(store: StoreReader, id: string): Incident | undefined {
  return store.view((view) => view.incident(id));
}

/** Running ones and those that are over, oldest first. */
export function queryMutes(store: StoreReader): readonly AlertMute[] {
  return parseDeskRecord(store.view((view) => view.alertDesk()))?.mutes ?? [];
}

function fits(incident: Incident, { rule, severity, state, interface: links = [], text }: AlertQuestion): boolean {
  const { subject, summary, scope } = incident;
  const part = text?.toLowerCase();
  return (
    (rule === undefined || rule === incident.rule) &&
    (severity === undefined || severity === incident.severity) &&
    (state === undefined || state === stateOf(incident)) &&
    (links.length === 0 || (scope.interface !== undefined && links.includes(scope.interface))) &&
    (part === undefined ||
      [subject, summary, scope.app ?? '', scope.host ?? ''].some((one) => one.toLowerCase().includes(part)))
  );
}
