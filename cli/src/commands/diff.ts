// `kaipo diff`: what changed between two periods: applications, destinations, protocols that are new, gone, more or less.
import { DEFAULT_LIMIT } from '../history/default-limit.js';
import { diffAnswerOf } from '../history/diff-answer.js';
import { diffPartsOf } from '../history/diff-parts.js';
import { diffPeriods } from '../history/diff-periods.js';
import {
  answerFromHistory,
  type HistoryAnswer,
  type HistoryContext,
  type HistoryOptions,
} from '../history/history-context.js';

export interface DiffOptions extends HistoryOptions {
  /** The two periods, in words. */
  readonly words: readonly string[];
}

export function runDiff(options: DiffOptions): Promise<number> {
  const { words, limit } = options;
  return answerFromHistory(
    options,
    (_, __, nowUs) => diffPeriods(words, nowUs).after,
    (context) => diffAnswer(context, words, limit),
  );
}

export function diffAnswer(context: HistoryContext, words: readonly string[], limit = DEFAULT_LIMIT): HistoryAnswer {
  return diffAnswerOf(context, diffPartsOf(context, diffPeriods(words, context.nowUs), limit));
}
