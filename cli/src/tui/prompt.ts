// A line at the bottom that asks for something: a filter, why an alert is muted and for how long. Owns: what is asked, what is typed, what
// could follow, what is wrong with it. Must not know: how it is drawn, what the answer does. Bound: that of the line and of completion.
import { completeFilter, type FilterCompletion } from '@kaipo/core/query/filter/filter-completion.js';
import type { FilterProblem } from '@kaipo/core/query/filter/filter-node.js';
import { MAX_FILTER_LENGTH } from '@kaipo/core/query/filter/filter-parser.js';
import { parseFilter, type TrafficFilter } from '@kaipo/core/query/filter/traffic-filter.js';
import { type EditedLine, editLine } from './line-editor.js';

const MAX_REASON = 200;

export interface FilterPrompt {
  readonly kind: 'filter';
  readonly line: EditedLine;
  readonly completion: FilterCompletion;
  /** Which of the options is chosen; undefined: none yet. */
  readonly chosen: number | undefined;
  /** What the text says, as far as it could be understood: rows follow it while it is typed. */
  readonly filter: TrafficFilter | undefined;
  readonly problem: FilterProblem | undefined;
  /** What held before. */
  readonly before: TrafficFilter | undefined;
}

export interface TextPrompt {
  readonly kind: 'mute-reason' | 'mute-time';
  readonly line: EditedLine;
  /** The alert it is about, and what was answered before. */
  readonly about: { readonly rule: string; readonly subject: string; readonly reason?: string };
  readonly wrong: string | undefined;
}

export type Prompt = FilterPrompt | TextPrompt;
export type ValuesOf = (field: string) => Iterable<string>;

export function filterPrompt(before: TrafficFilter | undefined, valuesOf: ValuesOf): FilterPrompt {
  const text = before === undefined ? '' : `${before.text} `;
  return withLine({ before, filter: before }, { text, cursor: text.length }, valuesOf);
}

/** A key while a filter is typed. `done`: it holds from now on. `cancelled`: what held before holds again. */
export function filterKey(
  prompt: FilterPrompt,
  key: string,
  typed: string | undefined,
  valuesOf: ValuesOf,
): FilterPrompt | 'done' | 'cancelled' | undefined {
  const { completion, chosen, line } = prompt;
  const count = completion.options.length;
  if (key === 'escape') return 'cancelled';
  if (key === 'tab' && count > 0) return take(prompt, chosen ?? 0, valuesOf);
  if (key === 'down' || key === 'shift-tab')
    return count === 0 ? prompt : { ...prompt, chosen: ((chosen ?? -1) + 1) % count };
  if (key === 'up') return count === 0 ? prompt : { ...prompt, chosen: ((chosen ?? 0) - 1 + count) % count };
  if (key === 'enter') {
    if (chosen !== undefined) return take(prompt, chosen, valuesOf);
    return prompt.problem === undefined ? 'done' : prompt;
  }
  const edited = editLine(line, key, typed, MAX_FILTER_LENGTH);
  return edited === undefined ? undefined : withLine(prompt, edited, valuesOf);
}

/** The option instead of what was typed of it; a value is complete, a field waits for its value. */
function take(prompt: FilterPrompt, index: number, valuesOf: ValuesOf): FilterPrompt {
  const { from, to, options } = prompt.completion;
  const option = options[index]?.text ?? '';
  const { text } = prompt.line;
  const isComplete = !/[:>]$/.test(option) && text.slice(to).trim() === '';
  const begin = text.slice(0, from) + option + (isComplete ? ' ' : '');
  return withLine(prompt, { text: begin + text.slice(to).trimStart(), cursor: begin.length }, valuesOf);
}

function withLine(prompt: Pick<FilterPrompt, 'before' | 'filter'>, line: EditedLine, valuesOf: ValuesOf): FilterPrompt {
  const parsed = parseFilter(line.text.trimEnd());
  const completion = completeFilter(line.text, line.cursor, valuesOf);
  return {
    kind: 'filter',
    before: prompt.before,
    line,
    completion: onlyNew(completion, line),
    chosen: undefined,
    filter: parsed.ok ? parsed.filter : prompt.filter,
    problem: parsed.ok ? undefined : parsed.problem,
  };
}

/** What is typed already is no offer. */
function onlyNew(completion: FilterCompletion, { text }: EditedLine): FilterCompletion {
  const typed = text.slice(completion.from, completion.to).toLowerCase();
  return { ...completion, options: completion.options.filter((option) => option.text.toLowerCase() !== typed) };
}

export function textPrompt(kind: TextPrompt['kind'], about: TextPrompt['about'], text = ''): TextPrompt {
  return { kind, about, line: { text, cursor: text.length }, wrong: undefined };
}

export function textKey(
  prompt: TextPrompt,
  key: string,
  typed: string | undefined,
): TextPrompt | 'done' | 'cancelled' | undefined {
  if (key === 'escape') return 'cancelled';
  if (key === 'enter') return prompt.line.text.trim() === '' ? { ...prompt, wrong: 'say something' } : 'done';
  const line = editLine(prompt.line, key, typed, MAX_REASON);
  return line === undefined ? undefined : { ...prompt, line, wrong: undefined };
}
