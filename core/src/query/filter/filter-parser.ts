// The grammar of the filter language. Owns: from text to tree, with the place of what is wrong.
//
//   filter  = all { ("or" | "||") all }
//   all     = one { ["and" | "&&"] one }              side by side means and
//   one     = ("not" | "!") one | "(" filter ")" | term
//   term    = field operator value { "," value } | flag | value
//   value   = word | "text" | /regular expression/
//
// Bound: MAX_FILTER_LENGTH characters, MAX_DEPTH parentheses.
import { nearestName } from '../../kernel/nearest-name.js';
import { FIELD_NAMES, FILTER_FLAGS, fieldNamed } from './filter-fields.js';
import { type FilterNode, FilterSyntaxError } from './filter-node.js';
import { type FilterOperator, type FilterValue, valueTest, wordTest } from './filter-values.js';

export const MAX_FILTER_LENGTH = 1000;
const MAX_DEPTH = 32;

const FIELD_AND_OPERATOR = /([a-zA-Z][a-zA-Z0-9]*)(!=|>=|<=|[:=<>~])/y;
/** Around what compares there may be blanks, behind the name of a field. */
const SPACED_COMPARISON = /([a-zA-Z][a-zA-Z0-9]*)\s*(!=|>=|<=|[=<>~])\s*/y;
const BARE = /[^\s()"]+/y;
/** Of a list: up to the next comma. */
const BARE_VALUE = /[^\s(),"]+/y;
const CONNECTIVES: ReadonlyMap<string, 'and' | 'or' | 'not'> = new Map([
  ['and', 'and'],
  ['&&', 'and'],
  ['or', 'or'],
  ['||', 'or'],
  ['not', 'not'],
]);

export class FilterParser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** @throws FilterSyntaxError */
  parse(): FilterNode {
    if (this.#text.length > MAX_FILTER_LENGTH)
      this.#fail(MAX_FILTER_LENGTH, 1, `a filter has at most ${MAX_FILTER_LENGTH} characters`);
    const node = this.#any();
    this.#skipBlanks();
    if (this.#at < this.#text.length) this.#fail(this.#at, 1, 'this bracket closes nothing');
    return node;
  }

  #any(): FilterNode {
    const nodes = [this.#all()];
    while (this.#accepts('or')) nodes.push(this.#all());
    return nodes.length === 1 ? nodes[0]! : { kind: 'any', nodes };
  }

  #all(): FilterNode {
    const nodes = [this.#one()];
    while (this.#accepts('and') || this.#goesOn()) nodes.push(this.#one());
    return nodes.length === 1 ? nodes[0]! : { kind: 'all', nodes };
  }

  #goesOn(): boolean {
    this.#skipBlanks();
    return this.#at < this.#text.length && this.#text[this.#at] !== ')' && this.#connective()?.[0] !== 'or';
  }

  #one(): FilterNode {
    this.#skipBlanks();
    const begin = this.#at;
    if (this.#text[begin] === '(') return this.#bracket();
    if (this.#accepts('not') || this.#acceptsMark())
      return { kind: 'not', node: this.#nested(() => this.#one(), begin) };
    const connective = this.#connective();
    if (begin >= this.#text.length || this.#text[begin] === ')' || connective !== undefined)
      this.#fail(begin, connective?.[1].length ?? 1, 'here something to look for is missing');
    return this.#term();
  }

  #bracket(): FilterNode {
    const begin = this.#at++;
    const node = this.#nested(() => this.#any(), begin);
    this.#skipBlanks();
    if (this.#text[this.#at] !== ')') this.#fail(begin, 1, 'this bracket is not closed');
    this.#at++;
    return node;
  }

  #nested(read: () => FilterNode, begin: number): FilterNode {
    if (++this.#depth > MAX_DEPTH) this.#fail(begin, 1, `at most ${MAX_DEPTH} brackets inside each other`);
    const node = read();
    this.#depth--;
    return node;
  }

  #term(): FilterNode {
    const begin = this.#at;
    const [found, name = '', operator = ''] =
      this.#spacedComparison() ?? matchAt(FIELD_AND_OPERATOR, this.#text, begin);
    if (found === undefined) return this.#word();
    const field = fieldNamed(name);
    if (field === undefined) {
      const typed = name.toLowerCase();
      const near = FIELD_NAMES.find((one) => one.startsWith(typed)) ?? nearestName(typed, FIELD_NAMES);
      this.#fail(
        begin,
        name.length,
        `there is no field "${name}"`,
        near === undefined ? undefined : `${near}${operator}`,
      );
    }
    this.#at += found.length;
    const values = [this.#value(field.example)];
    while (this.#text[this.#at] === ',') {
      this.#at++;
      values.push(this.#value(field.example));
    }
    const isTurned = operator === '!=';
    const test = valueTest(field, isTurned ? '=' : (operator as FilterOperator), values);
    const node: FilterNode = { kind: 'field', field, test };
    return isTurned ? { kind: 'not', node } : node;
  }

  #spacedComparison(): readonly string[] | undefined {
    const found = matchAt(SPACED_COMPARISON, this.#text, this.#at);
    return found[1] !== undefined && fieldNamed(found[1]) !== undefined ? found : undefined;
  }

  #word(): FilterNode {
    const begin = this.#at;
    const value = this.#value(undefined, BARE);
    const [name, meant] = (value.form === 'bare' && FILTER_FLAGS.get(value.text.toLowerCase())) || [];
    if (name === undefined || meant === undefined) return { kind: 'anywhere', test: wordTest(value) };
    const values = meant.split(',').map((text): FilterValue => ({ ...value, text, at: begin }));
    const field = fieldNamed(name)!;
    return { kind: 'field', field, test: valueTest(field, ':', values) };
  }

  #value(example: string | undefined, bare = BARE_VALUE): FilterValue {
    const at = this.#at;
    const mark = this.#text[at];
    if (mark === '"') return this.#enclosed('"', 'quoted', 'this quotation does not end');
    if (mark === '/') return this.#enclosed('/', 'regex', 'this regular expression does not end');
    bare.lastIndex = at;
    const text = bare.exec(this.#text)?.[0];
    if (text === undefined) this.#fail(at, 1, 'here a value is missing', example);
    this.#at += text.length;
    return { text, at, length: text.length, form: 'bare' };
  }

  /** A backslash keeps the mark that follows; in a regular expression every other backslash is its own. */
  #enclosed(mark: string, form: 'quoted' | 'regex', unended: string): FilterValue {
    const at = this.#at;
    let text = '';
    for (let i = at + 1; i < this.#text.length; i++) {
      const one = this.#text[i]!;
      const next = this.#text[i + 1];
      if (one === mark) {
        this.#at = i + 1;
        if (text === '') this.#fail(at, 2, 'here something to look for is missing');
        return { text, at, length: i + 1 - at, form };
      }
      if (one === '\\' && (next === mark || (form === 'quoted' && next === '\\'))) text += this.#text[++i];
      else text += one;
    }
    this.#fail(at, this.#text.length - at, unended);
  }

  /** The connective that stands here, and how it is written. */
  #connective(): readonly ['and' | 'or' | 'not', string] | undefined {
    BARE.lastIndex = this.#at;
    const written = BARE.exec(this.#text)?.[0];
    const meant = written === undefined ? undefined : CONNECTIVES.get(written.toLowerCase());
    return meant === undefined ? undefined : [meant, written!];
  }

  #accepts(wanted: 'and' | 'or' | 'not'): boolean {
    this.#skipBlanks();
    const found = this.#connective();
    if (found?.[0] !== wanted) return false;
    this.#at += found[1].length;
    return true;
  }

  #acceptsMark(): boolean {
    if (this.#text[this.#at] !== '!') return false;
    this.#at++;
    return true;
  }

  #skipBlanks(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  #fail(at: number, length: number, message: string, fix?: string): never {
    throw new FilterSyntaxError({ at, length, message, ...(fix === undefined ? {} : { fix }) });
  }
}

function matchAt(pattern: RegExp, text: string, at: number): readonly string[] {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? [];
}
