// Alerts for the journal of systemd, with fields of their own (journalctl KAIPO_RULE=port-scan): Node.js has no sockets of the kind the
// journal listens on, so `logger --journald` writes them. Where it cannot, `systemd-cat` writes the text alone.
import type { AlertSink, Delivery, Incident } from '@kaipo/core/api/alert-sink.js';
import type { Severity } from '@kaipo/core/api/events.js';
import { deliveryWords, evidenceOf, MAX_INCIDENTS, word } from './parts/delivery-words.js';
import { programOutcome } from './parts/program-outcome.js';
import { runProgram } from './parts/run-program.js';

const TIMEOUT_MS = 10_000;
const PRIORITY: Readonly<Record<Severity, number>> = { critical: 2, warning: 4, info: 6 };
const OVER = 5;

export function journaldChannel({ name }: { readonly name: string }): AlertSink {
  return {
    name,
    deliver: async (delivery, signal) => {
      for (const incident of delivery.incidents.slice(0, MAX_INCIDENTS)) {
        const entry = journalEntry(delivery, incident);
        let run = await runProgram(['logger', '--journald'], entry, TIMEOUT_MS, signal);
        // Not installed, or made without the journal.
        if (run.exitCode !== 0 && !run.isTooLate && !signal.aborted) {
          const command = ['systemd-cat', '--identifier=kaipo', `--priority=${priorityOf(delivery, incident)}`];
          run = await runProgram(command, `${messageOf(delivery, incident)}\n`, TIMEOUT_MS, signal);
        }
        const outcome = programOutcome('logger and systemd-cat', run, TIMEOUT_MS);
        if (outcome.kind !== 'delivered') return outcome;
      }
      return { kind: 'delivered' };
    },
  };
}

/** A field a line. Values are one line each, names are ours: nothing captured can begin a field. */
export function journalEntry(delivery: Delivery, incident: Incident): string {
  const evidence = evidenceOf(incident).map(([key, value]) => `${key}=${value}`);
  const fields: readonly (readonly [string, string | number])[] = [
    ['MESSAGE', messageOf(delivery, incident)],
    ['PRIORITY', priorityOf(delivery, incident)],
    ['SYSLOG_IDENTIFIER', 'kaipo'],
    ['KAIPO_DELIVERY', word(delivery.id)],
    ['KAIPO_REASON', delivery.reason],
    ['KAIPO_INCIDENT', word(incident.id)],
    ['KAIPO_RULE', word(incident.rule)],
    ['KAIPO_SEVERITY', incident.severity],
    ['KAIPO_SUBJECT', word(incident.subject)],
    ['KAIPO_EVIDENCE', evidence.join(', ')],
  ];
  return `${fields.map(([name, value]) => `${name}=${value}`).join('\n')}\n`;
}

const messageOf = (delivery: Delivery, incident: Incident): string =>
  deliveryWords({
    ...delivery,
    incidents: [incident],
    reason: delivery.reason === 'digest' ? 'opened' : delivery.reason,
  }).title;

const priorityOf = ({ reason }: Delivery, { severity }: Incident): number =>
  reason === 'resolved' ? OVER : PRIORITY[severity];
