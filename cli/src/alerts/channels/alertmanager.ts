// Alerts for Prometheus' Alertmanager (API v2). It knows an alert by its labels, severity among them: one that became graver ends the milder
// ones. What is not said to be over ends by itself after OPEN_DAYS.
import type { AlertSink, Delivery, Incident } from '@kaipo/core/api/alert-sink.js';
import type { Severity } from '@kaipo/core/api/events.js';
import { evidenceOf, MAX_INCIDENTS, severityRank, word } from './parts/delivery-words.js';
import { type HttpTarget, httpPost } from './parts/http-post.js';

/** Without an end Alertmanager takes five minutes, and kaipo does not repeat itself. */
const OPEN_DAYS = 7;
const DAY_US = 86_400e6;
const SEVERITIES: readonly Severity[] = ['info', 'warning', 'critical'];

/** @param url http://alertmanager:9093, with a path where it has one. */
export function alertmanagerChannel({ name, url, ...target }: HttpTarget & { readonly name: string }): AlertSink {
  const post = { ...target, url: `${url.replace(/\/+$/, '')}/api/v2/alerts` };
  return { name, deliver: (delivery, signal) => httpPost(post, alertmanagerBody(delivery), signal) };
}

export function alertmanagerBody(delivery: Delivery): string {
  return JSON.stringify(delivery.incidents.slice(0, MAX_INCIDENTS).flatMap((one) => alertsOf(one, delivery)));
}

function alertsOf(incident: Incident, { reason, atUs, device }: Delivery): object[] {
  const isOver = reason === 'resolved' || reason === 'test';
  const endUs = isOver ? (incident.resolvedUs ?? atUs) : atUs + OPEN_DAYS * DAY_US;
  const alertOf = (severity: Severity, untilUs: number): object => ({
    labels: {
      alertname: word(incident.rule),
      severity,
      subject: word(incident.subject),
      instance: word(device.hostname),
      incident: word(incident.id),
    },
    annotations: {
      summary: word(incident.summary, 1000),
      evidence: evidenceOf(incident)
        .map(([key, value]) => `${key}=${value}`)
        .join(', '),
    },
    startsAt: fullTime(incident.firstUs),
    // An end before the beginning is refused.
    endsAt: fullTime(Math.max(untilUs, incident.firstUs)),
  });
  const milder = reason === 'opened' ? [] : SEVERITIES.slice(0, severityRank(incident.severity));
  return [...milder.map((severity) => alertOf(severity, atUs)), alertOf(incident.severity, endUs)];
}

const fullTime = (us: number): string => new Date(us / 1000).toISOString();
