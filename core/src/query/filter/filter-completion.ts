// What may follow in a filter that is being typed. Owns: which word is under the cursor, and what could stand there. Must not know: how
// it is shown. Bound: MAX_OPTIONS.
import { FILTER_FIELDS, FILTER_FLAGS, fieldNamed } from './filter-fields.js';

const MAX_OPTIONS = 12;

export interface FilterOption {
  /** What stands in the text instead of [from, to). */
  readonly text: string;
  readonly means: string;
}

export interface FilterCompletion {
  readonly from: number;
  readonly to: number;
  readonly options: readonly FilterOption[];
}

/** @param valuesOf values of a field that are there now, best first. */
export function completeFilter(
  text: string,
  cursor: number,
  valuesOf: (field: string) => Iterable<string>,
): FilterCompletion {
  const begin = wordBegin(text, cursor);
  const word = text.slice(begin, cursor);
  const [, name, value] = /^([a-zA-Z][a-zA-Z0-9]*)(?:!=|[:=~])(.*)$/.exec(word) ?? [];
  const field = name === undefined ? undefined : fieldNamed(name);
  if (field === undefined || value === undefined)
    return { from: begin, to: cursor, options: nameOptions(word.toLowerCase()) };
  const part = value.slice(value.lastIndexOf(',') + 1);
  const options = valueOptions([...(field.words ?? []), ...valuesOf(field.name)], part.replace(/^"/, ''), field.means);
  return { from: cursor - part.length, to: cursor, options };
}

/** Blanks, brackets and the mark of a negation end a word, unless they are quoted. */
function wordBegin(text: string, cursor: number): number {
  let begin = 0;
  let isQuoted = false;
  for (let i = 0; i < cursor; i++) {
    const one = text[i]!;
    if (one === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (/[\s()]/.test(one) || (one === '!' && i === begin))) begin = i + 1;
  }
  return begin;
}

function nameOptions(typed: string): FilterOption[] {
  const fields = FILTER_FIELDS.flatMap(({ name, aliases, means, kind }) => {
    const fits = [name, ...aliases].find((one) => one.startsWith(typed));
    const sign = kind === 'bytes' || kind === 'rate' || kind === 'duration' ? '>' : ':';
    return fits === undefined ? [] : [{ text: `${fits}${sign}`, means }];
  });
  const flags = [...FILTER_FLAGS].flatMap(([flag, [name, value]]) =>
    typed !== '' && flag.startsWith(typed) ? [{ text: flag, means: `the same as ${name}:${value}` }] : [],
  );
  return [...fields, ...flags].slice(0, MAX_OPTIONS);
}

function valueOptions(values: readonly string[], typed: string, means: string): FilterOption[] {
  const wanted = typed.toLowerCase();
  const different = [...new Set(values)].filter((value) => value !== '');
  const starting = different.filter((value) => value.toLowerCase().startsWith(wanted));
  const containing = different.filter(
    (value) => value.toLowerCase().slice(1).includes(wanted) && !starting.includes(value),
  );
  return [...starting, ...(wanted === '' ? [] : containing)]
    .slice(0, MAX_OPTIONS)
    .map((value) => ({ text: /[\s(),"/]/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value, means }));
}
