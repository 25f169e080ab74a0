// What the end of a program means for a delivery. Owns: what is worth another try.
import type { DeliveryOutcome } from '@kaipo/core/api/alert-sink.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import type { ProgramRun } from './run-program.js';

export function programOutcome(program: string, run: ProgramRun, timeoutMs: number): DeliveryOutcome {
  const { exitCode, startError, isTooLate, told } = run;
  if (exitCode === 0 && !isTooLate) return { kind: 'delivered' };
  const name = safeText(program, 100);
  // A program that is not there will not be there in five minutes.
  if (startError !== undefined) return { kind: 'refused', detail: `cannot start ${name}: ${startError}` };
  if (isTooLate) return { kind: 'failed', detail: `${name} did not end within ${timeoutMs / 1000} s` };
  const end = exitCode === undefined ? 'was ended' : `ended with ${exitCode}`;
  return { kind: 'failed', detail: `${name} ${end}${told === '' ? '' : `: ${told}`}` };
}
