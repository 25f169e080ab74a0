// How many requests were answered, and how long they took, by route: the addresses the server has, never the ones it is asked for.
// Owns the buckets. Must not know requests. Bound: MAX_ROUTES routes, further ones are "other"; statuses are those of HTTP.
import { type MetricSample, sample } from './metric-sample.js';

const MAX_ROUTES = 128;
const OTHER = 'other';
/** Upper ends, seconds. None is a whole number, which the two formats would write differently. */
const BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 2.5] as const;

interface RouteCounts {
  readonly statuses: Map<number, number>;
  /** By bucket, the last is for all that took longer. */
  readonly buckets: Float64Array;
  sumS: number;
}

export class HttpCounts {
  readonly #routes = new Map<string, RouteCounts>();

  add(route: string, status: number, tookS: number): void {
    const counts = this.#routes.get(route) ?? this.#begin(route);
    counts.statuses.set(status, (counts.statuses.get(status) ?? 0) + 1);
    let bucket = 0;
    while (bucket < BUCKETS_S.length && tookS > BUCKETS_S[bucket]!) bucket += 1;
    counts.buckets[bucket]! += 1;
    counts.sumS += tookS;
  }

  samples(): MetricSample[] {
    return [...this.#routes].flatMap(([route, counts]) => [
      ...[...counts.statuses].map(([status, count]) =>
        sample('kaipo_http_requests_total', count, { route, status: String(status) }),
      ),
      ...histogram(route, counts),
    ]);
  }

  #begin(route: string): RouteCounts {
    const name = this.#routes.size < MAX_ROUTES ? route : OTHER;
    const known = this.#routes.get(name);
    if (known !== undefined) return known;
    const counts = { statuses: new Map(), buckets: new Float64Array(BUCKETS_S.length + 1), sumS: 0 };
    this.#routes.set(name, counts);
    return counts;
  }
}

function histogram(route: string, { buckets, sumS }: RouteCounts): MetricSample[] {
  const metric = 'kaipo_http_request_duration_seconds';
  let count = 0;
  const rows = [...buckets].map((inIt, i): MetricSample => {
    count += inIt;
    return { metric, suffix: '_bucket', labels: { route, le: String(BUCKETS_S[i] ?? '+Inf') }, value: count };
  });
  return [
    ...rows,
    { metric, suffix: '_sum', labels: { route }, value: sumS },
    { metric, suffix: '_count', labels: { route }, value: count },
  ];
}
