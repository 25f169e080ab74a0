// `kaipo month [YYYY-MM]`: a month by day, its average and, while it runs, what it will come to.
import { formatBytes } from '@kaipo/core/kernel/units.js';
import { type HistoryTotals, queryPeriods, queryTotals } from '@kaipo/core/query/history.js';
import { localMonth, localText, parsePeriod, type TimeRange } from '@kaipo/core/query/time-range.js';
import { stepsOf } from '@kaipo/core/query/time-steps.js';
import {
  answerFromHistory,
  type HistoryAnswer,
  type HistoryContext,
  type HistoryOptions,
  type PeriodOf,
} from '../history/history-context.js';
import { forecastNote, isRecorded, knownShare } from '../history/period-notes.js';
import { stepsAnswer } from '../history/steps-answer.js';

const DAY_US = 86_400_000_000;
/** A forecast from less than this would be noise. */
const MIN_FORECAST_US = 6 * 3_600_000_000;

/** The whole month, also while it runs: it is what the forecast is about. */
export const monthAsked: PeriodOf = ({ period = 'this month' }, _, nowUs) =>
  localMonth(parsePeriod(period, nowUs).fromUs);

export function runMonth(options: HistoryOptions): Promise<number> {
  return answerFromHistory(options, monthAsked, monthAnswer);
}

export function monthAnswer(context: HistoryContext): HistoryAnswer {
  const { store, range, filter, nowUs } = context;
  const totals = queryTotals(store, range, filter);
  const days = [...stepsOf({ fromUs: range.fromUs, toUs: Math.min(range.toUs, nowUs) }, 'day')];
  const sums = queryPeriods(store, days, filter);
  const month = localText(range.fromUs).slice(0, 7);
  const outlook = outlookOf(context, totals);
  const low = forecastNote(outlook.forecast?.recordedShare ?? 1);
  return stepsAnswer(context, {
    command: 'month',
    title: `Month ${month}`,
    stepWord: 'day',
    stepTitle: 'Day',
    totals,
    steps: sums.some(isRecorded)
      ? days.map((day, index) => ({ label: dayLabel(day), range: day, totals: sums[index]! }))
      : [],
    fields: { month, ...outlook },
    lines: [
      ...(outlook.averagePerDay === undefined
        ? []
        : [['Average', formatBytes(outlook.averagePerDay.totalBytes), 'a day'] as const]),
      ...(outlook.forecast === undefined
        ? []
        : [
            [
              'Forecast',
              formatBytes(outlook.forecast.totalBytes),
              `for the month, if it goes on like this${low === undefined ? '' : `; ${low}`}`,
            ] as const,
          ]),
    ],
  });
}

interface Outlook {
  readonly averagePerDay?: ForecastBytes;
  /** At the average so far; only while the month runs. */
  readonly forecast?: ForecastBytes & { readonly recordedShare: number };
}
interface ForecastBytes {
  readonly txBytes: number;
  readonly rxBytes: number;
  readonly totalBytes: number;
}

/** Averages are over the time since recording began, not over days nobody recorded before. */
function outlookOf(context: HistoryContext, totals: HistoryTotals): Outlook {
  const { range, nowUs, info } = context;
  const { txBytes, rxBytes } = totals;
  if (!isRecorded(totals) || info.firstUs === undefined) return {};
  const knownUs = Math.min(range.toUs, nowUs) - Math.max(range.fromUs, info.firstUs);
  if (knownUs < MIN_FORECAST_US) return {};
  const scaled = (lengthUs: number): ForecastBytes => {
    const [tx, rx] = [Math.round((txBytes * lengthUs) / knownUs), Math.round((rxBytes * lengthUs) / knownUs)];
    return { txBytes: tx, rxBytes: rx, totalBytes: tx + rx };
  };
  if (nowUs >= range.toUs) return { averagePerDay: scaled(DAY_US) };
  const rest = scaled(range.toUs - nowUs);
  const forecast = { txBytes: txBytes + rest.txBytes, rxBytes: rxBytes + rest.rxBytes };
  const recordedShare = Number(knownShare(context, totals).toFixed(4));
  return {
    averagePerDay: scaled(DAY_US),
    forecast: { ...forecast, totalBytes: forecast.txBytes + forecast.rxBytes, recordedShare },
  };
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** `Sat 21`. */
function dayLabel({ fromUs }: TimeRange): string {
  const at = new Date(fromUs / 1000);
  return `${WEEKDAYS[at.getDay()]} ${String(at.getDate()).padStart(2, '0')}`;
}
