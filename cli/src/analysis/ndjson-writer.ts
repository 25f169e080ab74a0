// `--format ndjson`: one object a line, as things happen; the summary is the last line.
import type { KaipoEvent } from '@kaipo/core/api/index.js';
import type { TextSink } from '../output/text-sink.js';
import type { AnalysisWriter } from './analysis-writer.js';
import { eventRecord } from './event-records.js';
import type { AnalysisSummary } from './summary-record.js';

export class NdjsonWriter implements AnalysisWriter {
  readonly #sink: TextSink;

  constructor(sink: TextSink) {
    this.#sink = sink;
  }

  event(event: KaipoEvent): void {
    this.#sink.write(`${JSON.stringify(eventRecord(event))}\n`);
  }

  end(summary: AnalysisSummary): void {
    this.#sink.write(`${JSON.stringify(summary)}\n`);
  }
}
