// Alerts as the page shows them: those of the past and those of this moment, each once, the latest first. Owns the order and the bound:
// MAX_ALERTS, the oldest go.
export interface Alert {
  readonly ts: number;
  readonly rule: string;
  readonly severity: string;
  readonly subject: string;
  readonly summary: string;
  readonly evidence?: Readonly<Record<string, unknown>>;
}

export interface AlertsAnswer {
  readonly rows: readonly Alert[];
  /** Why there may be less than there was. */
  readonly detail?: string;
}

export const MAX_ALERTS = 500;

export const keyOf = ({ ts, rule, subject }: Alert): string => `${ts} ${rule} ${subject}`;

export function mergedAlerts(...lists: readonly (readonly Alert[])[]): Alert[] {
  const byKey = new Map(lists.flat().map((alert) => [keyOf(alert), alert]));
  return [...byKey.values()].sort((left, right) => right.ts - left.ts).slice(0, MAX_ALERTS);
}

const SEVERITIES: Readonly<Record<string, string>> = {
  critical: 'Critical',
  warning: 'Warning',
  info: 'For information',
};

export const severityText = (severity: string): string => SEVERITIES[severity] ?? severity;

/** What led to it, in a line. */
export function evidenceText({ evidence = {} }: Alert): string {
  return Object.entries(evidence)
    .map(([name, value]) => `${name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()}: ${valueText(value)}`)
    .join(' · ');
}

const valueText = (value: unknown): string =>
  Array.isArray(value)
    ? value.map(valueText).join(', ')
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);
