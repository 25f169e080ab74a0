// `kaipo range --from D --to D`: a period by steps that fit it.
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { queryPeriods, queryTotals } from '@kaipo/core/query/history.js';
import type { TimeRange } from '@kaipo/core/query/time-range.js';
import { fittingStep, parseStep, type Step, stepsOf } from '@kaipo/core/query/time-steps.js';
import {
  answerFromHistory,
  askedOr,
  type HistoryAnswer,
  type HistoryContext,
  type HistoryOptions,
} from '../history/history-context.js';
import { isRecorded } from '../history/period-notes.js';
import { stepsAnswer } from '../history/steps-answer.js';
import { stepName } from '../report/report-steps.js';

/** Rows of one answer: a year by the quarter of an hour. `kaipo export` has no such bound. */
const MAX_STEPS = 36_000;

export interface RangeOptions extends HistoryOptions {
  readonly step?: string;
}

export function runRange(options: RangeOptions): Promise<number> {
  return answerFromHistory(options, askedOr('last 7 days'), (context) => rangeAnswer(context, options.step));
}

export function rangeAnswer(context: HistoryContext, stepText?: string): HistoryAnswer {
  const { store, range, filter, nowUs } = context;
  const step = stepText === undefined ? fittingStep(range) : parseStep(stepText);
  const totals = queryTotals(store, range, filter);
  const steps = boundedSteps(
    { fromUs: range.fromUs, toUs: Math.max(range.fromUs + 1, Math.min(range.toUs, nowUs)) },
    step,
  );
  const sums = queryPeriods(store, steps, filter);
  return stepsAnswer(context, {
    command: 'range',
    title: 'Period',
    stepWord: 'step',
    stepTitle: typeof step === 'number' ? 'From' : `${step[0]!.toUpperCase()}${step.slice(1)}`,
    totals,
    steps: sums.some(isRecorded)
      ? steps.map((part, index) => ({ label: stepName(part.fromUs, step), range: part, totals: sums[index]! }))
      : [],
  });
}

function boundedSteps(range: TimeRange, step: Step): TimeRange[] {
  const steps: TimeRange[] = [];
  for (const part of stepsOf(range, step)) {
    if (steps.length >= MAX_STEPS) {
      throw new KaipoError(
        'KAIPO_USAGE',
        `these are more than ${MAX_STEPS} steps`,
        'choose a longer --step, or use kaipo export',
      );
    }
    steps.push(part);
  }
  return steps;
}
