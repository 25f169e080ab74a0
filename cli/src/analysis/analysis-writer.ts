// One way to print an analysis: told of each event as it happens, then of the end.
import type { KaipoEvent } from '@kaipo/core/api/index.js';
import type { AnalysisSums } from './analysis-sums.js';
import type { AnalysisSummary } from './summary-record.js';

export interface AnalysisWriter {
  event(event: KaipoEvent): void;
  end(summary: AnalysisSummary, sums: AnalysisSums): void;
}
