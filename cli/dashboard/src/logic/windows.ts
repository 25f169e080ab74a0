// The stops of the two sliders of the history: how much time is seen, and how long a step of it is. Owns the stops and what fits what.
// Must not know the page. Both are logarithmic: a stop is a word people use, not a multiple of the one before.

export interface Stop {
  /** As the API and the address of a view say it: a period that ends now, or a step. */
  readonly id: string;
  readonly label: string;
  readonly seconds: number;
}

const HOUR = 3600;
const DAY = 86_400;

export const WINDOWS: readonly Stop[] = [
  { id: '1h', label: '1 hour', seconds: HOUR },
  { id: '3h', label: '3 hours', seconds: 3 * HOUR },
  { id: '6h', label: '6 hours', seconds: 6 * HOUR },
  { id: '12h', label: '12 hours', seconds: 12 * HOUR },
  { id: '24h', label: '24 hours', seconds: DAY },
  { id: '2d', label: '2 days', seconds: 2 * DAY },
  { id: '3d', label: '3 days', seconds: 3 * DAY },
  { id: '7d', label: '7 days', seconds: 7 * DAY },
  { id: '14d', label: '14 days', seconds: 14 * DAY },
  { id: '30d', label: '30 days', seconds: 30 * DAY },
  { id: '60d', label: '60 days', seconds: 60 * DAY },
  { id: '90d', label: '90 days', seconds: 90 * DAY },
  { id: '180d', label: '180 days', seconds: 180 * DAY },
  { id: '365d', label: '1 year', seconds: 365 * DAY },
  { id: '730d', label: '2 years', seconds: 730 * DAY },
  { id: '1826d', label: '5 years', seconds: 1826 * DAY },
];

/** The first, at the left end of the slider, lets the server choose. */
export const GROUPINGS: readonly Stop[] = [
  { id: 'auto', label: 'automatic', seconds: 0 },
  { id: '1m', label: '1 minute', seconds: 60 },
  { id: '5m', label: '5 minutes', seconds: 300 },
  { id: '15m', label: '15 minutes', seconds: 900 },
  { id: '1h', label: '1 hour', seconds: HOUR },
  { id: '6h', label: '6 hours', seconds: 6 * HOUR },
  { id: 'day', label: '1 day', seconds: DAY },
  { id: 'week', label: '1 week', seconds: 7 * DAY },
  { id: 'month', label: '1 month', seconds: 30.4 * DAY },
];

/** More steps than this are not drawn: a screen has no more columns. */
export const MAX_STEPS = 2000;

/** The nearest stop, by ratio. */
export function nearestStop(stops: readonly Stop[], seconds: number): number {
  const distance = (stop: Stop): number => Math.abs(Math.log(Math.max(1, stop.seconds) / Math.max(1, seconds)));
  return stops.reduce((best, stop, index) => (distance(stop) < distance(stops[best]!) ? index : best), 0);
}

/** Groupings that a stretch of so many seconds can be drawn in: two steps at least, MAX_STEPS at most. */
export function fittingGroupings(seconds: number): readonly Stop[] {
  return GROUPINGS.filter(
    ({ seconds: step }) => step === 0 || (seconds / step <= MAX_STEPS && (step === 60 || seconds / step >= 2)),
  );
}

export function stopOf(stops: readonly Stop[], id: string | undefined): Stop | undefined {
  return stops.find((stop) => stop.id === id);
}
