// A filter over rows of traffic: what the dashboard, the commands, REST and rules of alerts share. Owns: the way from text to a question
// that can be put to rows, and what is answered where a row cannot know. Must not know: where rows come from.
import { KaipoError } from '../../kernel/errors.js';
import { FilterError } from './filter-error.js';
import { FILTER_FIELDS } from './filter-fields.js';
import { type FilterNode, type FilterProblem, FilterSyntaxError } from './filter-node.js';
import { FilterParser } from './filter-parser.js';

export type FieldValue = string | number | undefined | readonly (string | number | undefined)[];

/** How rows of one kind are read, by field. A field that is absent is one that such rows cannot know. */
export type FieldReaders<Row> = Readonly<Record<string, (row: Row) => FieldValue>>;

/** Undefined: rows of this kind cannot tell. */
export type Verdict = boolean | undefined;

export interface TrafficFilter {
  readonly text: string;
  /** Names of the fields it asks for. */
  readonly fields: ReadonlySet<string>;
  /** A question to rows that are read so. */
  over<Row>(readers: FieldReaders<Row>): (row: Row) => Verdict;
}

export type ParsedFilter =
  | { readonly ok: true; readonly filter: TrafficFilter }
  | { readonly ok: false; readonly problem: FilterProblem };

/** @param text in the filter language; only blanks: everything fits. */
export function parseFilter(text: string): ParsedFilter {
  if (text.trim() === '') return { ok: true, filter: EVERYTHING };
  try {
    const node = new FilterParser(text).parse();
    const fields = new Set(fieldsOf(node));
    return { ok: true, filter: { text, fields, over: (readers) => questionOf(node, readers) } };
  } catch (error) {
    if (error instanceof FilterSyntaxError) return { ok: false, problem: error.problem };
    throw error;
  }
}

/**
 * For commands. @throws KaipoError KAIPO_USAGE with the place marked below the text; also for a field that no row of `readers` has.
 */
export function filterAsked<Row>(text: string, readers: FieldReaders<Row>): TrafficFilter {
  const parsed = parseFilter(text);
  if (parsed.ok) {
    const missing = [...parsed.filter.fields].find((name) => readers[name] === undefined);
    if (missing === undefined) return parsed.filter;
    throw new KaipoError('KAIPO_USAGE', `these rows have no field "${missing}"`, 'kaipo flows --help');
  }
  const { at, length, message, fix } = parsed.problem;
  const reason = `the filter is not understood at column ${at + 1}: ${message}`;
  throw new FilterError(reason, { text, at, length }, fix ?? 'kaipo flows --help');
}

const EVERYTHING: TrafficFilter = { text: '', fields: new Set(), over: () => () => true };

function fieldsOf(node: FilterNode): string[] {
  if (node.kind === 'field') return [node.field.name];
  if (node.kind === 'not') return fieldsOf(node.node);
  return node.kind === 'anywhere' ? [] : node.nodes.flatMap(fieldsOf);
}

/** Three-valued (Kleene): what cannot be known decides nothing, unless the rest decides it. */
function questionOf<Row>(node: FilterNode, readers: FieldReaders<Row>): (row: Row) => Verdict {
  switch (node.kind) {
    case 'not': {
      const asked = questionOf(node.node, readers);
      return (row) => {
        const verdict = asked(row);
        return verdict === undefined ? undefined : !verdict;
      };
    }
    case 'all':
    case 'any': {
      const asked = node.nodes.map((part) => questionOf(part, readers));
      const decisive = node.kind === 'any';
      return (row) => {
        let verdict: Verdict = !decisive;
        for (const ask of asked) {
          const part = ask(row);
          if (part === decisive) return decisive;
          if (part === undefined) verdict = undefined;
        }
        return verdict;
      };
    }
    case 'field': {
      const read = readers[node.field.name];
      if (read === undefined) return () => undefined;
      return (row) => fits(read(row), node.test);
    }
    case 'anywhere': {
      const reads = FILTER_FIELDS.flatMap((one) => (one.isSearched && readers[one.name]) || []);
      return (row) => reads.some((read) => fits(read(row), node.test));
    }
  }
}

/** Of several values one is enough; none fits nothing. */
function fits(value: FieldValue, test: (value: string | number) => boolean): boolean {
  if (value === undefined) return false;
  if (typeof value !== 'object') return test(value);
  return value.some((one) => one !== undefined && test(one));
}
