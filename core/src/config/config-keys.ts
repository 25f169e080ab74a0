// The keys of the schema as a list. Owns: the way through the schema; dotted names; which key takes which text of a shell.
import * as v from 'valibot';
import type { KeyNotes } from './config-entry.js';
import { configSchema } from './config-schema.js';

type Schema = v.GenericSchema<unknown, unknown>;

export interface ConfigKey {
  /** monitoring.poll_interval, store.retention.1h */
  readonly name: string;
  readonly path: readonly string[];
  readonly schema: Schema;
  readonly notes: KeyNotes;
}

export interface Section {
  readonly path: readonly string[];
  /** [[cap]]: a list of tables. */
  readonly isList: boolean;
  readonly keys: readonly ConfigKey[];
}

type Entries = Readonly<Record<string, Schema>>;

/** What is inside optional(…). */
const unwrapped = (schema: Schema): Schema => (schema as { wrapped?: Schema }).wrapped ?? schema;

/** Entries of a table; undefined for a value and for tables of free keys (plugins). */
export const entriesOf = (schema: Schema): Entries | undefined =>
  (unwrapped(schema) as { type: string; entries?: Entries }).entries;

/** The table that each element of a list of tables is; undefined for anything else. */
export function elementOf(schema: Schema): Schema | undefined {
  const item = (unwrapped(schema) as { item?: Schema }).item;
  return item !== undefined && entriesOf(item) !== undefined ? item : undefined;
}

const notesOf = (schema: Schema): KeyNotes =>
  v.getMetadata(unwrapped(schema) as Parameters<typeof v.getMetadata>[0]) as unknown as KeyNotes;

/** Tables and lists of tables in the order of the schema; free tables (plugins) are not among them. */
export const SECTIONS: readonly Section[] = sectionsOf(configSchema, []);

/** Every key that holds one value (not those of [[cap]] and [[alerts.webhook]]). */
export const CONFIG_KEYS: ReadonlyMap<string, ConfigKey> = new Map(
  SECTIONS.filter((section) => !section.isList).flatMap((section) => section.keys.map((key) => [key.name, key])),
);

function sectionsOf(schema: Schema, path: readonly string[]): Section[] {
  const sections: Section[] = [];
  const keys: ConfigKey[] = [];
  for (const [name, entry] of Object.entries(entriesOf(schema)!)) {
    const at = [...path, name];
    const element = elementOf(entry);
    if (entriesOf(entry) !== undefined) sections.push(...sectionsOf(entry, at));
    else if (element !== undefined) {
      sections.push({
        path: at,
        isList: true,
        keys: Object.entries(entriesOf(element)!).map((pair) => keyOf(at, pair)),
      });
    } else if (unwrapped(entry).type !== 'record') keys.push(keyOf(path, [name, entry]));
  }
  // Keys of a table stand before tables inside it, as in a file.
  return keys.length === 0 ? sections : [{ path, isList: false, keys }, ...sections];
}

function keyOf(above: readonly string[], [name, schema]: readonly [string, Schema]): ConfigKey {
  const path = [...above, name];
  return { name: path.join('.'), path, schema, notes: notesOf(schema) };
}

/** KAIPO_MONITORING_POLL_INTERVAL */
export const environmentName = (key: ConfigKey): string => `KAIPO_${key.path.join('_').toUpperCase()}`;

/** Is this value one the key takes? Undefined: yes; else what it must be. */
export function refusal(schema: Schema, value: unknown): string | undefined {
  const result = v.safeParse(schema, value, { abortEarly: true });
  return result.success ? undefined : result.issues[0].message;
}

/**
 * A text from a shell as the value the key takes: a number, true or false, the text itself, or a list by commas, whichever
 * fits first. What fits nothing stays text, and is refused as that.
 */
export function valueOfText(schema: Schema, text: string): unknown {
  const candidates: unknown[] = [text];
  if (/^[+-]?\d[\d_]*(\.\d+)?$/.test(text)) candidates.unshift(Number(text.replaceAll('_', '')));
  if (text === 'true' || text === 'false') candidates.unshift(text === 'true');
  candidates.push(text.trim() === '' ? [] : text.split(',').map((part) => part.trim()));
  const fitting = candidates.find((candidate) => refusal(schema, candidate) === undefined);
  // Of a list it is worth knowing which element is wrong.
  return fitting ?? (refusal(schema, []) === undefined ? candidates.at(-1) : candidates[0]);
}
