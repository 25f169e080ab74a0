// A delivery as words: what every channel says, each escapes it for its own medium. Owns: the title, the lines, and their bounds. Every text
// is safe (no control characters, no direction marks, one line each) and in no markup.
import type { Delivery, Incident } from '@kaipo/core/api/alert-sink.js';
import type { Severity } from '@kaipo/core/api/events.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';

export const MAX_EVIDENCE = 16;
/** Of a digest; the rest is a number. */
export const MAX_INCIDENTS = 20;
const MAX_WORD = 200;
const SEVERITIES: readonly Severity[] = ['info', 'warning', 'critical'];

export const severityRank = (severity: Severity): number => SEVERITIES.indexOf(severity);

/** The gravest of a delivery. */
export const gravest = ({ incidents }: Delivery): Severity =>
  SEVERITIES[Math.max(0, ...incidents.map(({ severity }) => severityRank(severity)))]!;

export interface DeliveryWords {
  /** [critical] Port scan … of one incident; what a digest is. At most 200 characters. */
  readonly title: string;
  /** Behind the title, one line each. */
  readonly lines: readonly string[];
  readonly severity: Severity;
}

export function deliveryWords(delivery: Delivery): DeliveryWords {
  const { reason, incidents, device } = delivery;
  const severity = gravest(delivery);
  const host = word(device.hostname);
  const [first] = incidents;
  if (reason === 'digest' || first === undefined || incidents.length > 1) {
    const lines = incidents.slice(0, MAX_INCIDENTS).map((one) => `[${one.severity}] ${word(one.summary)}`);
    const more = incidents.length - lines.length;
    const title = word(`${incidents.length} ${incidents.length === 1 ? 'alert' : 'alerts'} on ${host}`);
    return { title, lines: more > 0 ? [...lines, `and ${more} more`] : lines, severity };
  }
  return {
    title: word(`${markOf(reason, first)} ${word(first.summary)}`),
    lines: [...incidentLines(first), `seen by ${host}`],
    severity,
  };
}

function markOf(reason: Delivery['reason'], { severity }: Incident): string {
  if (reason === 'test') return '[test]';
  return reason === 'resolved' ? '[over]' : `[${severity}]`;
}

function incidentLines(incident: Incident): string[] {
  const { rule, subject, count, firstUs, resolvedUs } = incident;
  const lines = [`rule ${word(rule)}, about ${word(subject)}`, `since ${isoTime(firstUs)}`];
  if (resolvedUs !== undefined) lines.push(`over at ${isoTime(resolvedUs)}`);
  if (count > 1) lines.push(`found ${count} times`);
  return [...lines, ...evidenceOf(incident).map(([name, value]) => `${name}: ${value}`)];
}

/** At most MAX_EVIDENCE pairs of safe words. */
export const evidenceOf = ({ evidence }: Incident): (readonly [string, string | number])[] =>
  Object.entries(evidence)
    .slice(0, MAX_EVIDENCE)
    .map(([name, value]) => [word(name, 64), typeof value === 'number' ? value : word(value)]);

/** To the second, UTC. */
export const isoTime = (us: number): string =>
  new Date(Math.min(Math.max(0, us / 1000), 8.64e15)).toISOString().replace(/\.\d{3}Z$/, 'Z');

export const word = (text: string, longest = MAX_WORD): string => safeText(text, longest);

/** The first characters, none of them half. */
export const cut = (text: string, longest: number): string => text.slice(0, longest).replace(/[\ud800-\udbff]$/, '');
