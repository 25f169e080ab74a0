// Alerts for a program of one's own: an argument array as it is configured, no shell, nothing of an alert in an argument; the alert is JSON
// on standard input, as a webhook has it. Exit code 0: it has it; any other: it is tried again.
import type { AlertSink } from '@kaipo/core/api/alert-sink.js';
import { deliveryJson } from './parts/delivery-json.js';
import { programOutcome } from './parts/program-outcome.js';
import { runProgram } from './parts/run-program.js';

export interface ExecOptions {
  readonly name: string;
  readonly command: readonly string[];
  readonly timeoutMs: number;
}

export function execChannel({ name, command, timeoutMs }: ExecOptions): AlertSink {
  return {
    name,
    deliver: async (delivery, signal) => {
      const run = await runProgram(command, `${deliveryJson(delivery)}\n`, timeoutMs, signal);
      return programOutcome(command[0] ?? '', run, timeoutMs);
    },
  };
}
