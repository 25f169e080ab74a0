// `--format ndjson`: one object a line, as things happen; the summary is the last line.
import type { EndedFlow } from '@kaipo/core/engine/ended-flow.js';
import { ascii, type ByteText } from '@kaipo/core/kernel/byte-text.js';
import type { TextSink } from '../output/text-sink.js';
import type { AnalysisWriter } from './analysis-writer.js';
import { type OtherEvent, writeEvent } from './event-line.js';
import { writeFlow } from './flow-line.js';
import type { AnalysisSummary } from './summary-record.js';

const NEWLINE = ascii('\n');

export class NdjsonWriter implements AnalysisWriter {
  readonly #out: ByteText;

  constructor(sink: TextSink) {
    this.#out = sink.bytes;
  }

  flow(ended: EndedFlow): void {
    writeFlow(this.#out, ended, true);
    this.#out.word(NEWLINE);
  }

  event(event: OtherEvent): void {
    writeEvent(this.#out, event);
    this.#out.word(NEWLINE);
  }

  end(summary: AnalysisSummary): void {
    this.#out.text(`${JSON.stringify(summary)}\n`);
  }
}
