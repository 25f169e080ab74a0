// One way to print an analysis: told of each flow that ends and of each other event as it happens, then of the end.
import type { EndedFlow } from '@kaipo/core/engine/ended-flow.js';
import type { AnalysisSums } from './analysis-sums.js';
import type { OtherEvent } from './event-line.js';
import type { AnalysisSummary } from './summary-record.js';

export interface AnalysisWriter {
  /** `ended` is another flow when this has returned. */
  flow(ended: EndedFlow): void;
  event(event: OtherEvent): void;
  end(summary: AnalysisSummary, sums: AnalysisSums): void;
}
