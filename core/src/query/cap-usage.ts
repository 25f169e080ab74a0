// How much of a cap is used, and where the period will end. Owns the forecast and the state. Must not know configuration: what a
// cap is comes in as an argument. Bound: PATTERN_WEEKS of days are read, whatever the period.
import type { Zone } from '../kernel/traffic-words.js';
import type { Store } from '../store/store.js';
import { billingPeriod, localDays, type PeriodKind } from './billing-period.js';
import type { HistoryTotals } from './history-answers.js';
import { queryPeriods, queryTotals } from './history-totals.js';
import type { TimeRange } from './time-range.js';

export interface Cap {
  readonly name: string;
  readonly limitBytes: number;
  /** Empty: all that count. */
  readonly interfaces: readonly string[];
  readonly direction: 'both' | 'rx' | 'tx';
  readonly zone?: Zone;
  readonly period: PeriodKind;
  readonly billingDay: number;
  /** Shares of the limit, 0 to 1, smallest first. */
  readonly warnAt: readonly number[];
}

export type CapState = 'ok' | 'warning' | 'over';

export interface Forecast {
  /** At the end of the period. */
  readonly bytes: number;
  /** `rate`: the rest of the period as the period so far. `rate+weekdays`: blended with the usual bytes of its weekdays. */
  readonly by: 'rate' | 'weekdays' | 'rate+weekdays';
  /** Days the weekday pattern was learned from; 0 without one. */
  readonly patternDays: number;
  /** Share of the rate in the blend: the part of the period that is over. */
  readonly rateShare: number;
}

export interface CapUsage {
  readonly cap: Cap;
  readonly period: TimeRange;
  readonly usedBytes: number;
  /** 0 when it is over. */
  readonly remainingBytes: number;
  /** Used part of the limit; over 1 when it is over. */
  readonly share: number;
  readonly daysLeft: number;
  readonly state: CapState;
  /** Absent when too little is known. */
  readonly forecast?: Forecast;
}

const US_PER_S = 1_000_000;
const DAY_US = 86_400 * US_PER_S;
const PATTERN_WEEKS = 8;
/** Every weekday twice, else one odd day would be the rule. */
const MIN_PATTERN_DAYS = 14;
/** A rate of less time says nothing about a month. */
const MIN_RATE_US = 3600 * US_PER_S;

export function capUsage(store: Store, cap: Cap, nowUs: number): CapUsage {
  const period = billingPeriod(cap.period, cap.billingDay, nowUs);
  const filter = { interface: cap.interfaces, ...(cap.zone !== undefined && { zone: cap.zone }) };
  const totals = queryTotals(store, { fromUs: period.fromUs, toUs: Math.max(nowUs, period.fromUs + 1) }, filter);
  const usedBytes = countedBytes(totals, cap.direction);
  const share = usedBytes / cap.limitBytes;
  const forecast = forecastOf(store, cap, period, usedBytes, nowUs);
  return {
    cap,
    period,
    usedBytes,
    remainingBytes: Math.max(0, cap.limitBytes - usedBytes),
    share,
    daysLeft: Math.max(0, period.toUs - nowUs) / DAY_US,
    state: share >= 1 ? 'over' : share >= (cap.warnAt[0] ?? Infinity) ? 'warning' : 'ok',
    ...(forecast !== undefined && { forecast }),
  };
}

const countedBytes = ({ txBytes, rxBytes }: HistoryTotals, direction: Cap['direction']): number =>
  (direction === 'rx' ? 0 : txBytes) + (direction === 'tx' ? 0 : rxBytes);

/**
 * Early in a period its own rate means little and the pattern of the last weeks much; towards the end it is the other way
 * round. So the two are blended by the part of the period that is over.
 */
function forecastOf(store: Store, cap: Cap, period: TimeRange, usedBytes: number, nowUs: number): Forecast | undefined {
  // A recorder that was installed within the period has seen less of it.
  const seenUs = nowUs - Math.max(period.fromUs, store.info().firstUs ?? nowUs);
  const leftUs = period.toUs - nowUs;
  const rateRest = seenUs >= MIN_RATE_US ? (usedBytes / seenUs) * leftUs : undefined;
  const { means, days } = weekdayPattern(store, cap, nowUs);
  if (means === undefined) {
    if (rateRest === undefined) return undefined;
    return { bytes: Math.round(usedBytes + rateRest), by: 'rate', patternDays: 0, rateShare: 1 };
  }
  const patternRest = expectedBytes(means, { fromUs: nowUs, toUs: period.toUs });
  if (rateRest === undefined) {
    return { bytes: Math.round(usedBytes + patternRest), by: 'weekdays', patternDays: days, rateShare: 0 };
  }
  const rateShare = (nowUs - period.fromUs) / (period.toUs - period.fromUs);
  const rest = rateShare * rateRest + (1 - rateShare) * patternRest;
  return { bytes: Math.round(usedBytes + rest), by: 'rate+weekdays', patternDays: days, rateShare };
}

/** Mean bytes of each weekday (0 is Sunday) over the last whole days; undefined when history is too short. */
function weekdayPattern(store: Store, cap: Cap, nowUs: number): { means?: readonly number[]; days: number } {
  const today = billingPeriod('day', 1, nowUs);
  const { firstUs } = store.info();
  if (firstUs === undefined) return { days: 0 };
  const since = Math.max(billingPeriod('day', 1, nowUs, -7 * PATTERN_WEEKS).fromUs, firstUs);
  // The day of the first record is a part of a day.
  const fromUs = since === firstUs ? billingPeriod('day', 1, firstUs, 1).fromUs : since;
  const days = localDays({ fromUs, toUs: today.fromUs }, 7 * PATTERN_WEEKS);
  if (days.length < MIN_PATTERN_DAYS) return { days: 0 };
  const filter = { interface: cap.interfaces, ...(cap.zone !== undefined && { zone: cap.zone }) };
  const sums = new Array<number>(7).fill(0);
  const counts = new Array<number>(7).fill(0);
  queryPeriods(store, days, filter).forEach((totals, index) => {
    // Nothing was recorded: no day without traffic, but a day that nobody knows.
    if (totals.firstUs === undefined) return;
    const weekday = new Date(days[index]!.fromUs / 1000).getDay();
    sums[weekday]! += countedBytes(totals, cap.direction);
    counts[weekday]! += 1;
  });
  const known = counts.reduce((sum, count) => sum + count, 0);
  if (known < MIN_PATTERN_DAYS || counts.includes(0)) return { days: 0 };
  return { means: sums.map((sum, weekday) => sum / counts[weekday]!), days: known };
}

/** What the days of a range usually bring; of a part of a day its part. */
function expectedBytes(means: readonly number[], range: TimeRange): number {
  return localDays(range, 64).reduce((sum, day) => {
    const whole = billingPeriod('day', 1, day.fromUs);
    const part = (day.toUs - day.fromUs) / (whole.toUs - whole.fromUs);
    return sum + part * means[new Date(day.fromUs / 1000).getDay()]!;
  }, 0);
}
