// One number of a metric with its labels. Owns the shape. Bound: MAX_LABEL.
import type { MetricName } from './metric-list.js';

/** Characters of a label. */
export const MAX_LABEL = 128;

export interface MetricSample {
  readonly metric: MetricName;
  /** Of a histogram: `_bucket`, `_sum`, `_count`. */
  readonly suffix?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

export const sample = (
  metric: MetricName,
  value: number,
  labels: Readonly<Record<string, string>> = {},
): MetricSample => ({ metric, labels, value });
