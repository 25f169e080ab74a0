// Messages of syslog, RFC 5424. Owns the header, structured data and its escapes, and the cut: text goes, structured data never.
import { hostname } from 'node:os';
import type { Delivery, Incident } from '@kaipo/core/api/alert-sink.js';
import type { Severity } from '@kaipo/core/api/events.js';
import { word } from './delivery-words.js';

/** RFC 5424, 6.2.1. */
export const SYSLOG_FACILITIES = {
  user: 1,
  daemon: 3,
  auth: 4,
  authpriv: 10,
  local0: 16,
  local1: 17,
  local2: 18,
  local3: 19,
  local4: 20,
  local5: 21,
  local6: 22,
  local7: 23,
} as const;
export type SyslogFacility = keyof typeof SYSLOG_FACILITIES;

/** What every receiver must take is 480, should take 2048; a datagram has no more. */
export const MAX_SYSLOG_BYTES = 2048;
/** Set aside for examples and documentation (RFC 5612): kaipo has no number of its own. */
const ENTERPRISE = 32_473;
const LEVELS: Readonly<Record<Severity, number>> = { critical: 2, warning: 4, info: 6 };
const OVER = 5;
const BOM = '\ufeff';

/** One incident of a delivery as one message. */
export function syslogMessage(delivery: Delivery, incident: Incident, facility: SyslogFacility): Buffer {
  const { reason, device } = delivery;
  const level = reason === 'resolved' ? OVER : LEVELS[incident.severity];
  const header = [
    `<${SYSLOG_FACILITIES[facility] * 8 + level}>1`,
    new Date(delivery.atUs / 1000).toISOString(),
    field(device.hostname || hostname(), 255),
    'kaipo',
    String(process.pid),
    field(reason, 32),
  ].join(' ');
  const data = structured({
    delivery: delivery.id,
    incident: incident.id,
    rule: incident.rule,
    severity: incident.severity,
    subject: incident.subject,
    count: String(incident.count),
  });
  const head = Buffer.from(`${header} ${data} ${BOM}`);
  const text = Buffer.from(word(incident.summary, 1000));
  return Buffer.concat([head, text.subarray(0, wholeEnd(text, Math.max(0, MAX_SYSLOG_BYTES - head.length)))]);
}

/** Printable ASCII without blanks; "-" is nothing. */
const field = (text: string, longest: number): string => text.replaceAll(/[^!-~]/g, '_').slice(0, longest) || '-';

function structured(values: Readonly<Record<string, string>>): string {
  const params = Object.entries(values).map(
    ([name, value]) => ` ${name}="${word(value, 128).replaceAll(/["\\\]]/g, '\\$&')}"`,
  );
  return `[kaipo@${ENTERPRISE}${params.join('')}]`;
}

/** Where the first `most` bytes end without half a character. */
function wholeEnd(bytes: Buffer, most: number): number {
  let end = Math.min(most, bytes.length);
  if (end < bytes.length) while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end -= 1;
  return end;
}
