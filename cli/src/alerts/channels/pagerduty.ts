// Alerts as events of PagerDuty (Events API v2): an incident of kaipo is one of PagerDuty, opened, made graver and resolved under its id.
// A test is opened and resolved at once: nobody is woken up by it for longer than that.
import type { AlertSink, Delivery, Incident } from '@kaipo/core/api/alert-sink.js';
import { evidenceOf, isoTime, word } from './parts/delivery-words.js';
import { type HttpTarget, httpPost } from './parts/http-post.js';

export const PAGERDUTY_URL = 'https://events.pagerduty.com/v2/enqueue';
/** Of PagerDuty. */
const MAX_KEY = 255;
const MAX_SUMMARY = 1024;

export interface PagerDutyOptions extends HttpTarget {
  readonly name: string;
  readonly routingKey: string;
}

export function pagerDutyChannel({ name, routingKey, ...target }: PagerDutyOptions): AlertSink {
  return {
    name,
    deliver: async (delivery, signal) => {
      const actions = delivery.reason === 'test' ? (['trigger', 'resolve'] as const) : [actionOf(delivery)];
      for (const action of actions) {
        for (const incident of delivery.incidents) {
          const outcome = await httpPost(target, pagerDutyBody(delivery, incident, action, routingKey), signal);
          if (outcome.kind !== 'delivered') return outcome;
        }
      }
      return { kind: 'delivered' };
    },
  };
}

type Action = 'trigger' | 'resolve';
const actionOf = ({ reason }: Delivery): Action => (reason === 'resolved' ? 'resolve' : 'trigger');

export function pagerDutyBody(delivery: Delivery, incident: Incident, action: Action, routingKey: string): string {
  const { device } = delivery;
  return JSON.stringify({
    routing_key: routingKey,
    event_action: action,
    dedup_key: `kaipo-${word(device.id, 100)}-${word(incident.id, 100)}`.slice(0, MAX_KEY),
    ...(action === 'trigger' && {
      client: 'kaipo',
      payload: {
        summary: word(incident.summary, MAX_SUMMARY),
        source: word(device.hostname),
        severity: incident.severity,
        timestamp: isoTime(incident.lastUs),
        component: word(incident.subject),
        class: word(incident.rule),
        custom_details: Object.fromEntries(evidenceOf(incident)),
      },
    }),
  });
}
