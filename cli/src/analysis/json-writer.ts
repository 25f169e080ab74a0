// `--format json`: one object, written piece by piece so that its size never matters. Flows come first because they come first;
// the order of members means nothing in JSON.
import type { AlertRaised } from '@kaipo/core/api/index.js';
import type { EndedFlow } from '@kaipo/core/engine/ended-flow.js';
import { ascii } from '@kaipo/core/kernel/byte-text.js';
import type { TextSink } from '../output/text-sink.js';
import type { AnalysisSums } from './analysis-sums.js';
import type { AnalysisWriter } from './analysis-writer.js';
import type { OtherEvent } from './event-line.js';
import { alertRecord } from './event-records.js';
import { writeFlow } from './flow-line.js';
import type { AnalysisSummary } from './summary-record.js';

/** Alerts are few by design and printed after the flows: the first ones are kept. */
const MAX_ALERTS = 10_000;
const COMMA = ascii(',');

export class JsonWriter implements AnalysisWriter {
  readonly #sink: TextSink;
  readonly #alerts: AlertRaised[] = [];
  #flows = 0;

  constructor(sink: TextSink) {
    this.#sink = sink;
    sink.write('{"schema":"kaipo.analysis/1","flows":[');
  }

  flow(ended: EndedFlow): void {
    if (this.#flows > 0) this.#sink.bytes.word(COMMA);
    writeFlow(this.#sink.bytes, ended, false);
    this.#flows += 1;
  }

  event(event: OtherEvent): void {
    if (event.kind === 'alert.raised' && this.#alerts.length < MAX_ALERTS) this.#alerts.push(event);
  }

  end(summary: AnalysisSummary, sums: AnalysisSums): void {
    const rest = {
      alerts: this.#alerts.map((alert) => JSON.parse(withoutType(alertRecord(alert)))),
      protocols: sums.protocols.rows(),
      applications: sums.applications.rows(),
      hosts: sums.hostRows(),
      summary: JSON.parse(withoutType(summary)),
    };
    this.#sink.write(`],${JSON.stringify(rest).slice(1)}\n`);
  }
}

const withoutType = (record: object): string => JSON.stringify({ ...record, type: undefined });
