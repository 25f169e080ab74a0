// What a step of a report is called: as much of the time as it needs.
import { localText } from '@kaipo/core/query/time-range.js';
import type { Step } from '@kaipo/core/query/time-steps.js';

export function stepName(fromUs: number, step: Step): string {
  const text = localText(fromUs);
  if (step === 'year') return text.slice(0, 4);
  if (step === 'month') return text.slice(0, 7);
  if (typeof step === 'string') return text.slice(0, 10);
  return step % 60_000_000 === 0 ? text.slice(0, 16) : text;
}
