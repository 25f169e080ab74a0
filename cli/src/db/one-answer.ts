// An answer that is one row of facts, in every format. Owns the form; the words for people come from the command.
import type { DataOptions } from '../command-line/command-line.js';
import { writeAnswer } from '../output/data-output.js';

export type Facts = Readonly<Record<string, string | number | boolean | undefined>>;

/** `type`: the name of the record, and of the schema behind `kaipo.db.`. Absent facts are left out. */
export function writeFacts(type: string, facts: Facts, text: () => string, options: DataOptions): void {
  const present = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
  writeAnswer(
    {
      document: { schema: `kaipo.db.${type}/1`, ...present },
      records: [{ type, ...present }],
      csv: {
        columns: Object.keys(facts),
        rows: [Object.values(facts).map((value) => (typeof value === 'boolean' ? String(value) : value))],
      },
      table: text,
    },
    options.format,
    options.output,
  );
}
