// Alerts as notifications of the desktop, by notify-send: only where kaipo runs in somebody's session. The body of a notification knows a
// markup of its own (freedesktop.org), which is escaped; the title knows none.
import type { AlertSink, Delivery } from '@kaipo/core/api/alert-sink.js';
import type { Severity } from '@kaipo/core/api/events.js';
import { cut, deliveryWords } from './parts/delivery-words.js';
import { programOutcome } from './parts/program-outcome.js';
import { runProgram } from './parts/run-program.js';

const TIMEOUT_MS = 10_000;
const MAX_BODY = 1000;
const URGENCY: Readonly<Record<Severity, string>> = { info: 'low', warning: 'normal', critical: 'critical' };

export function desktopChannel({ name }: { readonly name: string }): AlertSink {
  return {
    name,
    deliver: async (delivery, signal) =>
      programOutcome(
        'notify-send',
        await runProgram(['notify-send', ...notifyArguments(delivery)], '', TIMEOUT_MS, signal),
        TIMEOUT_MS,
      ),
  };
}

export function notifyArguments(delivery: Delivery): readonly string[] {
  const { title, lines, severity } = deliveryWords(delivery);
  const urgency = delivery.reason === 'resolved' ? 'low' : URGENCY[severity];
  const body = cut(lines.join('\n'), MAX_BODY);
  return ['--app-name=kaipo', '--icon=network-wired', `--urgency=${urgency}`, '--', title, escaped(body)];
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
