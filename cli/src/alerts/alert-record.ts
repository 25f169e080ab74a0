// An incident and a mute as records of the command line and the API. Owns their fields; texts were made safe when they were recorded.
import type { AlertMute } from '@kaipo/core/alerts/alert-mute.js';
import { isRunning } from '@kaipo/core/alerts/alert-mute.js';
import type { Incident } from '@kaipo/core/api/alert-sink.js';
import { stateOf } from '@kaipo/core/query/alerts.js';
import { secondsOf } from '../history/usage-fields.js';

export function alertRecord(incident: Incident) {
  const { id, rule, severity, subject, summary, evidence, count, firstUs, lastUs, scope } = incident;
  const { resolvedUs, acknowledged, heldBack, told } = incident;
  return {
    type: 'alert' as const,
    ts: secondsOf(firstUs),
    id,
    rule,
    severity,
    subject,
    summary,
    evidence,
    state: stateOf(incident),
    count,
    first: secondsOf(firstUs),
    last: secondsOf(lastUs),
    ...(resolvedUs !== undefined && { resolved: secondsOf(resolvedUs) }),
    ...scope,
    ...(told !== undefined && { told }),
    ...(heldBack !== undefined && { heldBack }),
    ...(acknowledged !== undefined && {
      acknowledged: {
        at: secondsOf(acknowledged.atUs),
        ...(acknowledged.note !== undefined && { note: acknowledged.note }),
      },
    }),
  };
}

export function muteRecord({ sinceUs, untilUs, held, ...mute }: AlertMute, nowUs: number) {
  return {
    type: 'mute' as const,
    ...mute,
    since: secondsOf(sinceUs),
    ...(untilUs !== undefined && { until: secondsOf(untilUs) }),
    running: isRunning({ ...(untilUs !== undefined && { untilUs }) }, nowUs),
    held,
  };
}
