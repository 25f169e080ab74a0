// Kinds of values a key may have, as valibot schemas. Owns: every bound is said in the message, which completes the sentence
// `"api.port" must be …`. Must not know which key has which kind.
import * as v from 'valibot';
import { safeText } from '../kernel/safe-text.js';
import { formatDuration, formatSize, parseDuration, parseSize } from './config-units.js';

/** Entries of one list; nobody has more, and a hostile file could have a million. */
const MAX_LIST = 64;

export const whole = (low: number, high: number) => {
  const must = `a whole number from ${low} to ${high}`;
  return v.pipe(v.number(must), v.integer(must), v.minValue(low, must), v.maxValue(high, must));
};

export const decimal = (low: number, high: number) => {
  const must = `a number from ${low} to ${high}`;
  return v.pipe(v.number(must), v.finite(must), v.minValue(low, must), v.maxValue(high, must));
};

export const flag = () => v.boolean('true or false');

export const oneOf = <const Words extends readonly string[]>(words: Words) =>
  v.picklist(words, `one of ${words.map((word) => `"${word}"`).join(', ')}`);

/** Text that a terminal and a log can show. */
export const text = (longest: number, what = 'text') => {
  const must = `${what} of 1 to ${longest} characters, none of them control characters`;
  return v.pipe(
    v.string(must),
    v.minLength(1, must),
    v.maxLength(longest, must),
    v.check((value) => safeText(value, longest) === value, must),
  );
};

export const matching = (pattern: RegExp, must: string) => v.pipe(v.string(must), v.regex(pattern, must));

/** A path; "~/" and relative ones are resolved where the value is read. */
export const path = () => text(4096, 'a path');

export const listOf = <Item extends v.GenericSchema<unknown, unknown>>(item: Item, what: string) => {
  const must = `a list of at most ${MAX_LIST} ${what}`;
  return v.pipe(v.array(item, must), v.maxLength(MAX_LIST, must));
};

/** Seconds. */
export const duration = (lowS: number, highS: number) => {
  const low = formatDuration(lowS);
  const must =
    highS === Infinity
      ? `a duration of at least ${low} ("2h", "30d", "2y", "forever")`
      : `a duration from ${low} to ${formatDuration(highS)} ("30s", "5m", "2h")`;
  return measured(parseDuration, lowS, highS, must);
};

/** Bytes. */
export const size = (low: number, high: number) =>
  measured(parseSize, low, high, `a size from ${formatSize(low)} to ${formatSize(high)} ("500MB", "2GB", "1GiB")`);

function measured(parse: (value: string | number) => number | undefined, low: number, high: number, must: string) {
  return v.pipe(
    v.union([v.string(), v.number()], must),
    v.rawTransform<string | number, number>(({ dataset, addIssue, NEVER }) => {
      const value = parse(dataset.value);
      if (value !== undefined && value >= low && value <= high) return value;
      addIssue({ message: must });
      return NEVER;
    }),
  );
}

/** A share of the whole, 0 to 1: 0.8 or "80%". */
export const share = () => {
  const must = 'a share from 0 to 1, such as 0.8 or "80%"';
  return v.pipe(
    v.union([v.string(), v.number()], must),
    v.rawTransform<string | number, number>(({ dataset, addIssue, NEVER }) => {
      const percent = typeof dataset.value === 'string' ? /^(\d{1,3}(?:\.\d+)?)\s*%$/.exec(dataset.value) : null;
      const value = percent === null ? Number(dataset.value) : Number(percent[1]) / 100;
      if (value >= 0 && value <= 1) return value;
      addIssue({ message: must });
      return NEVER;
    }),
  );
};

/** ISO 4217, as far as this Node.js knows it. */
export const currency = () => {
  const must = 'a currency code of ISO 4217, such as "EUR", "INR" or "USD"';
  return v.pipe(
    v.string(must),
    v.toUpperCase(),
    v.check((code) => Intl.supportedValuesOf('currency').includes(code), must),
  );
};

/** A name or an address as it stands in a Host header, without the port. */
export const hostName = () => {
  const must = 'a host name or address without a port ("kaipo.example.org", "192.168.1.5", "[fd00::5]")';
  return v.pipe(
    matching(/^(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?|\[[0-9A-Fa-f:.]{2,45}\])$/, must),
    v.toLowerCase(),
  );
};

/** What a browser sends as Origin: scheme, host, port; or "null", what it sends for a file. No "*": any page could ask. */
export const webOrigin = () => {
  const must = 'an origin such as "https://example.org" or "http://192.168.1.5:8080", with nothing after the port';
  return v.pipe(
    v.string(must),
    v.check((value) => value === 'null' || (/^https?:\/\/[^/?#@\\\s]+$/.test(value) && URL.canParse(value)), must),
    // A browser leaves the usual port out, and writes the host in lower case.
    v.transform((value) => (value === 'null' ? value : new URL(value).origin)),
  );
};

export const webAddress = () => {
  const must = 'an address that begins with https:// or http://';
  return v.pipe(
    v.string(must),
    v.maxLength(2048, must),
    v.check((value) => /^https?:\/\//.test(value) && URL.canParse(value), must),
  );
};
