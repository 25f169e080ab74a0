// `--format json`: one object, written piece by piece so that its size never matters. Flows come first because they come first;
// the order of members means nothing in JSON.
import type { AlertRaised, KaipoEvent } from '@kaipo/core/api/index.js';
import type { TextSink } from '../output/text-sink.js';
import type { AnalysisSums } from './analysis-sums.js';
import type { AnalysisWriter } from './analysis-writer.js';
import { eventRecord } from './event-records.js';
import type { AnalysisSummary } from './summary-record.js';

/** Alerts are few by design and printed after the flows: the first ones are kept. */
const MAX_ALERTS = 10_000;

export class JsonWriter implements AnalysisWriter {
  readonly #sink: TextSink;
  readonly #alerts: AlertRaised[] = [];
  #flows = 0;

  constructor(sink: TextSink) {
    this.#sink = sink;
    sink.write('{"schema":"kaipo.analysis/1","flows":[');
  }

  event(event: KaipoEvent): void {
    if (event.kind === 'alert.raised' && this.#alerts.length < MAX_ALERTS) this.#alerts.push(event);
    if (event.kind !== 'flow.ended') return;
    this.#sink.write(`${this.#flows === 0 ? '' : ','}${withoutType(eventRecord(event))}`);
    this.#flows += 1;
  }

  end(summary: AnalysisSummary, sums: AnalysisSums): void {
    const rest = {
      alerts: this.#alerts.map((alert) => JSON.parse(withoutType(eventRecord(alert)))),
      protocols: sums.protocols.rows(),
      applications: sums.applications.rows(),
      hosts: sums.hostRows(),
      summary: JSON.parse(withoutType(summary)),
    };
    this.#sink.write(`],${JSON.stringify(rest).slice(1)}\n`);
  }
}

const withoutType = (record: object): string => JSON.stringify({ ...record, type: undefined });
