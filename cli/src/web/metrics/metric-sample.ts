// One number of a metric with its labels. Owns the shape. Bound: none of its own.
import type { MetricName } from './metric-list.js';

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
