// How a key of the configuration is written down in the schema: what kind it is, and what people are told of it. Owns the shape of the notes.
import * as v from 'valibot';

/** What a sample and `config show` know of a key besides its kind. */
export interface KeyNotes {
  readonly about: string;
  /** What holds when nobody says otherwise. */
  readonly preset?: unknown;
  /** For a sample, where there is no preset. */
  readonly example?: unknown;
  /** Relative paths and "~/" are resolved where they are read. */
  readonly isPath?: true;
}

export const key = <Leaf extends v.GenericSchema<unknown, unknown>>(leaf: Leaf, notes: KeyNotes) =>
  v.optional(v.pipe(leaf, v.metadata(notes as unknown as Record<string, unknown>)));
export const table = <Entries extends v.ObjectEntries>(entries: Entries) => v.optional(v.object(entries, 'a table'));
