// Values of the filter language as tests: patterns, addresses and prefixes, sizes, rates, durations. Owns: how each kind of value is
// written. Must not know: the grammar around them. Bound: MAX_LIST values, MAX_REMEMBERED answers of each that is slow; regular expressions run in linear time (RE2), since captured
// text is hostile and a filter may come from a web page.
import { createRequire } from 'node:module';
import { BlockList, isIP } from 'node:net';
import type { FilterField } from './filter-fields.js';
import { FilterSyntaxError, type ValueTest } from './filter-node.js';

export type FilterOperator = ':' | '=' | '!=' | '>' | '>=' | '<' | '<=' | '~';

/** A piece of the text: a value of a list. */
export interface FilterValue {
  readonly text: string;
  readonly at: number;
  readonly length: number;
  readonly form: 'bare' | 'quoted' | 'regex';
}

const MAX_LIST = 64;
/** Texts of 10,000 flows, which are asked about again in the next interval. */
const MAX_REMEMBERED = 32_768;
const ORDERED: ReadonlySet<FilterOperator> = new Set(['>', '>=', '<', '<=']);

const FACTORS: Readonly<Record<string, number>> = {
  ...{ '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12, p: 1e15 },
  ...{ ki: 2 ** 10, mi: 2 ** 20, gi: 2 ** 30, ti: 2 ** 40, pi: 2 ** 50 },
};
const SECONDS: Readonly<Record<string, number>> = {
  us: 1e-6,
  ms: 1e-3,
  '': 1,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
};

/** The test for one term. `!=` is the parser's: it is `=` turned round. @throws FilterSyntaxError */
export function valueTest(field: FilterField, operator: FilterOperator, values: readonly FilterValue[]): ValueTest {
  const last = values.at(-1)!;
  if (values.length > MAX_LIST)
    throw new FilterSyntaxError({ ...placeOf(last), message: `at most ${MAX_LIST} values in a list` });
  const tests = values.map((value) => oneTest(field, operator, value));
  const [only] = tests;
  return tests.length === 1 ? only! : (value) => tests.some((test) => test(value));
}

/** A word without a field. */
export function wordTest(value: FilterValue): ValueTest {
  return value.form === 'regex' ? regexTest(value) : textTest(value, ':');
}

function oneTest(field: FilterField, operator: FilterOperator, value: FilterValue): ValueTest {
  if (field.kind === 'number' || field.kind === 'bytes' || field.kind === 'rate' || field.kind === 'duration')
    return numberTest(field, operator, value);
  if (ORDERED.has(operator))
    throw new FilterSyntaxError({
      ...placeOf(value),
      message: `${field.name} is not a number`,
      fix: `${field.name}:${value.text}`,
    });
  if (value.form === 'regex' || operator === '~') return regexTest(value);
  if (field.kind === 'host' && value.form === 'bare') return hostTest(value, operator);
  // A word is asked for whole: `proto:tls` is not `dtls`.
  return textTest(value, field.kind === 'word' ? '=' : operator);
}

const placeOf = ({ at, length }: FilterValue): { at: number; length: number } => ({ at, length });

/** `*` any characters, `?` one; without them `:` looks for a part, `=` for the whole. Case does not matter. */
function textTest({ text, form }: FilterValue, operator: FilterOperator): ValueTest {
  const wanted = text.toLowerCase();
  if (form === 'bare' && /[*?]/.test(wanted)) {
    const fits = globTest(wanted);
    return (value) => fits(String(value).toLowerCase());
  }
  if (operator === ':') return (value) => String(value).toLowerCase().includes(wanted);
  return (value) => String(value).toLowerCase() === wanted;
}

/** Linear in the text for each star, without a regular expression: hostile names meet patterns of people who are not. */
export function globTest(pattern: string): (text: string) => boolean {
  return (text) => {
    let at = 0;
    let in_ = 0;
    let star = -1;
    let mark = 0;
    while (at < text.length) {
      const wanted = pattern[in_];
      if (wanted === '*') {
        star = in_++;
        mark = at;
      } else if (wanted === '?' || wanted === text[at]) {
        in_++;
        at++;
      } else if (star >= 0) {
        in_ = star + 1;
        at = ++mark;
      } else return false;
    }
    while (pattern[in_] === '*') in_++;
    return in_ === pattern.length;
  };
}

function hostTest(value: FilterValue, operator: FilterOperator): ValueTest {
  const { text } = value;
  const [address = '', bits] = text.split('/');
  const version = isIP(address);
  if (version === 0) return textTest(value, operator);
  const widest = version === 4 ? 32 : 128;
  const prefix = bits === undefined ? widest : Number(bits);
  if (bits === '' || !Number.isInteger(prefix) || prefix < 0 || prefix > widest)
    throw new FilterSyntaxError({
      ...placeOf(value),
      message: `a prefix has 0 to ${widest} bits: ${address}/${widest}`,
    });
  const list = new BlockList();
  list.addSubnet(address, prefix, version === 4 ? 'ipv4' : 'ipv6');
  return remembered((other) => {
    const family = isIP(other);
    return family === version && list.check(other, family === 4 ? 'ipv4' : 'ipv6');
  });
}

/** For tests that take microseconds: what was asked once is known. */
function remembered(test: (text: string) => boolean): ValueTest {
  const known = new Map<string, boolean>();
  return (value) => {
    const text = String(value);
    let fits = known.get(text);
    if (fits === undefined) {
      fits = test(text);
      if (known.size >= MAX_REMEMBERED) known.clear();
      known.set(text, fits);
    }
    return fits;
  };
}

function regexTest(value: FilterValue): ValueTest {
  const { RE2JS } = createRequire(import.meta.url)('re2js') as typeof import('re2js');
  try {
    const pattern = RE2JS.compile(value.text, RE2JS.CASE_INSENSITIVE);
    return remembered((text) => pattern.matcher(text).find());
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error);
    throw new FilterSyntaxError({ ...placeOf(value), message: `not a regular expression: ${why}` });
  }
}

function numberTest(field: FilterField, operator: FilterOperator, value: FilterValue): ValueTest {
  const range = /^([^-]+?)(?:-|\.\.)([^-]+)$/.exec(value.text);
  if (range !== null && (operator === ':' || operator === '=')) {
    const low = numberOf(field, range[1]!, value);
    const high = numberOf(field, range[2]!, value);
    return (other) => Number(other) >= low && Number(other) <= high;
  }
  const wanted = numberOf(field, value.text, value);
  if (operator === '>') return (other) => Number(other) > wanted;
  if (operator === '>=') return (other) => Number(other) >= wanted;
  if (operator === '<') return (other) => Number(other) < wanted;
  if (operator === '<=') return (other) => Number(other) <= wanted;
  if (operator === '~')
    throw new FilterSyntaxError({ ...placeOf(value), message: `${field.name} is a number`, fix: field.example });
  return (other) => Number(other) === wanted;
}

function numberOf(field: FilterField, text: string, value: FilterValue): number {
  const [, digits = '', unit = ''] = /^(\d{1,15}(?:\.\d{1,6})?)([a-zA-Z/]*)$/.exec(text) ?? [];
  const factor = digits === '' ? undefined : factorOf(field, unit);
  if (factor !== undefined) return Number(digits) * factor;
  const forms = {
    number: 'a number',
    bytes: 'a size: 500k, 10M, 2GiB',
    rate: 'a rate: 10kB, 5Mb',
    duration: 'a time: 20ms, 5s, 10m, 2h',
  };
  const form = forms[field.kind as keyof typeof forms];
  throw new FilterSyntaxError({ ...placeOf(value), message: `${field.name} takes ${form}`, fix: field.example });
}

/** `10M`, `10MB`, `10MiB`; of rates also `10Mb`, `10Mbit`, `10Mb/s`: bits. */
function factorOf({ kind }: FilterField, unit: string): number | undefined {
  if (kind === 'duration') return SECONDS[unit.toLowerCase()];
  const [, prefix = '', rest = ''] = /^([kmgtp]?i?)((?:B|b|bit|bits|bps)?(?:\/s)?)$/i.exec(unit) ?? [undefined, '?'];
  const factor = FACTORS[prefix.toLowerCase()];
  if (factor === undefined || (kind === 'number' && rest !== '')) return undefined;
  const isBits = kind === 'rate' && /^b(?:its?|ps)?(?:\/s)?$/.test(rest);
  if (kind !== 'rate' && rest.includes('/')) return undefined;
  return isBits ? factor / 8 : factor;
}
