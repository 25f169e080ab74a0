// `--format table|json|ndjson|csv` and `-o FILE` for commands that answer with rows. Owns the three forms for programs; the table
// for people comes from the command. Must not know what the rows mean.
import { type CsvCell, csvLine } from './csv.js';
import { localeText } from './locale-text.js';
import { TextSink } from './text-sink.js';

export type DataFormat = 'table' | 'json' | 'ndjson' | 'csv';

export interface DataAnswer {
  /** The whole answer as one object with a `schema`, for json. */
  readonly document: object;
  /** One object a line, for ndjson. */
  readonly records: Iterable<object>;
  readonly csv: { readonly columns: readonly string[]; readonly rows: Iterable<readonly CsvCell[]> };
  /** For people; called only when it is asked for. */
  readonly table: () => string;
}

/** Writes the answer to stdout or, complete or not at all, to a file. Raises KAIPO_CANNOT_CREATE, KAIPO_WRITE_FAILED, PipeClosed. */
export function writeAnswer(answer: DataAnswer, format: DataFormat, file: string | undefined): void {
  writeTo(file, (sink) => {
    if (format === 'json') sink.write(`${JSON.stringify(answer.document)}\n`);
    else if (format === 'table') sink.write(localeText(answer.table()));
    else if (format === 'ndjson') for (const record of answer.records) sink.write(`${JSON.stringify(record)}\n`);
    else {
      sink.write(csvLine(answer.csv.columns));
      for (const row of answer.csv.rows) sink.write(csvLine(row));
    }
  });
}

/** Runs `write` on a sink; a file appears under its name only when all went well. */
export function writeTo(file: string | undefined, write: (sink: TextSink) => void): void {
  const sink = new TextSink(file);
  try {
    write(sink);
    sink.close();
  } catch (error) {
    sink.abandon();
    throw error;
  }
}
