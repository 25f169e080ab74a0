// A delivery as JSON: the body of a webhook and the input of a program. Owns its fields and its bound: MAX_BODY_BYTES, as Standard Webhooks
// has it; a digest that is longer loses incidents and says how many.
import type { Delivery, Incident } from '@kaipo/core/api/alert-sink.js';
import { evidenceOf, isoTime, word } from './delivery-words.js';

export const MAX_BODY_BYTES = 20_000;

/** {"type":"alert.opened","timestamp":…,"data":{"device":{…},"incidents":[…]}} */
export function deliveryJson(delivery: Delivery): string {
  const incidents = delivery.incidents.map(incidentFields);
  let kept = incidents.length;
  for (;;) {
    const text = JSON.stringify({
      type: `alert.${delivery.reason}`,
      timestamp: isoTime(delivery.atUs),
      data: {
        id: delivery.id,
        device: { id: word(delivery.device.id), hostname: word(delivery.device.hostname) },
        incidents: incidents.slice(0, kept),
        ...(kept < incidents.length && { leftOut: incidents.length - kept }),
      },
    });
    // One incident is bounded by its words: it always fits.
    if (kept <= 1 || Buffer.byteLength(text) < MAX_BODY_BYTES) return text;
    kept = Math.floor(kept / 2);
  }
}

function incidentFields(incident: Incident): object {
  const { scope, resolvedUs } = incident;
  return {
    id: word(incident.id, 64),
    rule: word(incident.rule, 64),
    severity: incident.severity,
    subject: word(incident.subject),
    summary: word(incident.summary, 400),
    scope: Object.fromEntries(
      Object.entries(scope).map(([name, value]) => [name, typeof value === 'string' ? word(value) : value]),
    ),
    evidence: Object.fromEntries(evidenceOf(incident)),
    first: isoTime(incident.firstUs),
    last: isoTime(incident.lastUs),
    count: incident.count,
    ...(resolvedUs !== undefined && { resolved: isoTime(resolvedUs) }),
  };
}
