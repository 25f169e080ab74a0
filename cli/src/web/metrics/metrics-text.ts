// Samples as text: Prometheus 0.0.4 or OpenMetrics 1.0.0. Owns the choice of one by what the asker accepts. prom-client writes it, from a
// registry of this one answer: its registries rename counters for good once they have written OpenMetrics. Loaded at the first scrape.
// Must not know where samples come from. Bound: what it is given.
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import type { Metric, RegistryContentType } from 'prom-client';
import { METRICS, type MetricName } from './metric-list.js';
import { MAX_LABEL, type MetricSample } from './metric-sample.js';

export interface MetricsText {
  readonly type: string;
  readonly text: string;
}

const OPEN_METRICS = 'application/openmetrics-text';

export async function metricsText(samples: readonly MetricSample[], isOpenMetrics: boolean): Promise<MetricsText> {
  const { default: prom } = await import('prom-client');
  const { Registry } = prom;
  const registry = new Registry<RegistryContentType>();
  if (isOpenMetrics) registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const byMetric = new Map<MetricName, MetricSample[]>();
  const written = new Set<string>();
  for (const each of samples) {
    const one = safeSample(each);
    const series = JSON.stringify([one.metric, one.suffix, one.labels]);
    // Names that differ in what is unsafe only: a series that comes twice would make the whole text wrong.
    if (written.has(series)) continue;
    written.add(series);
    const rows = byMetric.get(one.metric);
    if (rows === undefined) byMetric.set(one.metric, [one]);
    else rows.push(one);
  }
  for (const [name, rows] of byMetric) registry.registerMetric(family(name, rows));
  return { type: registry.contentType, text: await registry.metrics() };
}

/** What a registry asks of a metric: its name, and its values when it writes them. */
function family(metric: MetricName, rows: readonly MetricSample[]): Metric {
  const written = {
    name: metric as string,
    // Where it is a counter OpenMetrics names the family without _total.
    type: METRICS[metric].type,
    get: () => ({ ...METRICS[metric], name: written.name, values: rows.map((row) => writtenValue(written.name, row)) }),
  };
  return written as unknown as Metric;
}

const writtenValue = (name: string, { suffix, labels, value }: MetricSample): object => ({
  ...(suffix !== undefined && { metricName: `${name}${suffix}` }),
  labels,
  value,
});

const safeSample = ({ labels = {}, ...rest }: MetricSample): MetricSample => ({
  ...rest,
  labels: Object.fromEntries(Object.entries(labels).map(([key, text]) => [key, safeText(text, MAX_LABEL)])),
});

/** Does the asker rather want OpenMetrics? By the weights of its Accept header; without one, no. */
export function wantsOpenMetrics(accept: string | undefined): boolean {
  const ranges = (accept ?? '').split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const q = parameters.find((part) => part.startsWith('q='));
    const version = parameters.find((part) => part.startsWith('version='))?.slice('version='.length);
    return { type, version, weight: q === undefined ? 1 : Number(q.slice(2)) || 0 };
  });
  const weightOf = (isIt: (range: (typeof ranges)[number]) => boolean): number =>
    ranges.reduce((most, range) => (isIt(range) ? Math.max(most, range.weight) : most), 0);
  const open = weightOf(({ type, version }) => type === OPEN_METRICS && (version === undefined || version === '1.0.0'));
  return open > 0 && open >= weightOf(({ type }) => type === 'text/plain');
}
