// Values as TOML text. Owns: keys, strings and inline tables in their shortest safe form.

const BARE_KEY = /^[A-Za-z0-9_-]+$/;

export const tomlKey = (name: string): string => (BARE_KEY.test(name) ? name : tomlString(name));

/** A basic string: JSON's escapes are TOML's, but for DEL, which TOML wants escaped. */
export const tomlString = (text: string): string => JSON.stringify(text).replaceAll('\u007f', '\\u007f');

/** A value on one line. Infinity and NaN have names; a bigint stays exact. */
export function tomlValue(value: unknown): string {
  if (typeof value === 'string') return tomlString(value);
  if (typeof value === 'number') return tomlNumber(value);
  if (Array.isArray(value)) return `[${value.map(tomlValue).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([name, inside]) => `${tomlKey(name)} = ${tomlValue(inside)}`);
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
  return String(value);
}

function tomlNumber(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const text = String(value);
  // 1e21 is a float to TOML; an integer of that size would be out of its range.
  return Number.isInteger(value) && !Number.isSafeInteger(value) && !text.includes('e') ? `${text}.0` : text;
}
