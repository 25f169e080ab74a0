// Traffic over time for charts. Owns the words for the window and the grouping, also those of the system kaipo replaces.
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { periodAsked } from '@kaipo/core/query/time-range.js';
import { MAX_LAYERS, TRAFFIC_GROUPS, type TrafficGroup, trafficDocument } from '../../history/traffic-answer.js';
import { FILTER_QUERY, type HistoryQuery, PERIOD_QUERY } from './history-query.js';
import { type HistoryRoute, historyRoute } from './history-route.js';

interface TrafficQuery extends HistoryQuery {
  readonly window?: string;
  readonly time_window_hours?: number;
  readonly group?: string;
  readonly group_minutes?: number;
  readonly by?: TrafficGroup;
  readonly top?: number;
  readonly compare?: 'previous';
  readonly only?: string;
}

const WINDOW = /^(\d{1,5}) ?(m|h|d|w|y)$/;
const HOURS: Readonly<Record<string, number>> = { m: 1 / 60, h: 1, d: 24, w: 168, y: 8766 };
const HOUR_US = 3_600_000_000;
const MAX_HOURS = 100 * 8766;

export const TRAFFIC_ROUTES: readonly HistoryRoute[] = [
  historyRoute<TrafficQuery>({
    path: '/api/traffic',
    summary: 'Traffic over time, in total or stacked by a name, and beside the period before',
    description:
      'Give a window that ends now, or a period. A step with recordedSeconds 0 was not recorded: unknown, not zero.',
    tag: 'Usage',
    query: {
      ...PERIOD_QUERY,
      ...FILTER_QUERY,
      window: { type: 'string', pattern: WINDOW.source, maxLength: 8, description: 'Until now: 30m, 24h, 7d, 4w, 5y' },
      time_window_hours: { type: 'number', minimum: 1 / 60, maximum: MAX_HOURS, description: 'The same in hours' },
      group: { type: 'string', maxLength: 16, description: 'Length of a step: 1m, 15m, 1h, day, week, month, auto' },
      group_minutes: { type: 'integer', minimum: 1, maximum: 525_600, description: 'The same in minutes' },
      by: { type: 'string', enum: [...TRAFFIC_GROUPS], description: 'What the layers are' },
      top: { type: 'integer', minimum: 0, maximum: MAX_LAYERS, description: 'Layers beside "other" (default 8)' },
      name: { type: 'string', minLength: 1, maxLength: 256, description: 'Only layers with this in their name' },
      only: { type: 'string', minLength: 1, maxLength: 256, description: 'Only the layer of this name' },
      compare: { type: 'string', enum: ['previous'], description: 'The period before, as long, beside it' },
    },
    isHeavy: true,
    periodOf: (options, _, nowUs) => periodAsked(options, nowUs, 'last 24 hours'),
    answer: (history, query) => {
      const { by, top, compare } = query;
      const name = query.only === undefined ? query.name : { is: query.only };
      const group = groupOf(query);
      const range = windowOf(query, history.nowUs) ?? history.range;
      return trafficDocument(
        { ...history, range },
        {
          ...(by !== undefined && { by }),
          ...(group !== undefined && { group }),
          ...(top !== undefined && { top }),
          ...(name !== undefined && { name }),
          isCompared: compare !== undefined,
        },
      );
    },
  }),
];

function windowOf(query: TrafficQuery, nowUs: number): { fromUs: number; toUs: number } | undefined {
  const { window, time_window_hours } = query;
  const [, count, unit] = WINDOW.exec(window ?? '') ?? [];
  const hours = unit === undefined ? time_window_hours : Number(count) * HOURS[unit]!;
  if (hours === undefined) return undefined;
  const isPeriodToo = [query.period, query.since, query.from, query.to, query.from_date, query.to_date].some(
    (text) => text !== undefined,
  );
  if (isPeriodToo || (window !== undefined && time_window_hours !== undefined)) {
    throw new KaipoError('KAIPO_USAGE', 'the period is given twice', 'give a window, or a period');
  }
  if (!(hours > 0 && hours <= MAX_HOURS)) {
    throw new KaipoError('KAIPO_USAGE', 'a window is longer than nothing and at most a hundred years', 'window=24h');
  }
  return { fromUs: Math.round(nowUs - hours * HOUR_US), toUs: nowUs };
}

/** Minutes that are whole days become days of the calendar. */
function groupOf({ group, group_minutes }: TrafficQuery): string | undefined {
  if (group_minutes === undefined) return group;
  if (group_minutes < 1440) return `${group_minutes}m`;
  return group_minutes < 7 * 1440 ? 'day' : group_minutes < 28 * 1440 ? 'week' : 'month';
}
