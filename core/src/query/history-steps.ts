// Steps of a chart: their lengths, and where they begin. Owns what people can read off an axis, and the local calendar.
// Must not know lmdb. Bound: the caller's points.
import type { StoreView } from '../store/store.js';
import { RESOLUTIONS_S, type ResolutionS } from '../store/store-limits.js';
import { LONGEST_INTERVAL_COLUMN } from '../store/totals-block.js';
import { sumsByPeriod } from './history-period-sums.js';
import { type Span, spansOf } from './history-spans.js';
import type { TimeRange } from './time-range.js';
import { type Step, stepsOf } from './time-steps.js';

export interface ChartSteps {
  /** The usual length of a step. */
  readonly stepUs: number;
  readonly steps: readonly TimeRange[];
  /** What to read for them: together the buckets that make up the whole period, or finer ones. */
  readonly spans: readonly Span[];
}

const US_PER_S = 1_000_000;
const DAY_S = 86_400;
const STEPS_S = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200];
const STEPS_DAYS = [1, 2, 3, 7, 14, 28];

/** How a period is cut: into at most so many points and one, or by a step people name, which may be too fine for what is kept. */
export type ChartGrain = number | { readonly step: Step; readonly maxPoints: number };

/** At most `maxPoints` steps and one, none finer than what is kept and was recorded. */
export function chartSteps(view: StoreView, range: TimeRange, grain: ChartGrain): ChartSteps {
  const finestS = Math.max(view.finestResolutionS(range.fromUs), longestIntervalUs(view, range) / US_PER_S);
  const maxPoints = typeof grain === 'number' ? grain : grain.maxPoints;
  if (typeof grain !== 'number') {
    const asked = askedSteps(
      view,
      range,
      grain.step,
      Math.max(finestS, (range.toUs - range.fromUs) / US_PER_S / maxPoints),
    );
    if (asked !== undefined) return asked;
  }
  const atLeastS = Math.max(finestS, (range.toUs - range.fromUs) / US_PER_S / Math.max(1, maxPoints));
  const stepS = STEPS_S.find((candidate) => candidate >= atLeastS);
  if (stepS !== undefined) return evenSteps(view, range, stepS);
  return daySteps(view, range, daysFor(Math.max(finestS, wallClockLengthS(range) / Math.max(1, maxPoints))));
}

const DAYS_OF_UNIT = { day: 1, week: 7, month: 30, year: 365 } as const;

/** The step that was asked for; undefined where it would be finer than `atLeastS`. */
function askedSteps(view: StoreView, range: TimeRange, step: Step, atLeastS: number): ChartSteps | undefined {
  const stepS = typeof step === 'number' ? step / US_PER_S : DAYS_OF_UNIT[step] * DAY_S;
  if (stepS < atLeastS) return undefined;
  if (typeof step === 'number') return evenSteps(view, range, stepS);
  const steps = [...stepsOf(range, step)];
  return { stepUs: stepS * US_PER_S, steps, spans: spansOf(view, steps) };
}

/** As the clock on the wall measures it: five days are five times 24 hours, also when one of them has 25. */
function wallClockLengthS({ fromUs, toUs }: TimeRange): number {
  return (toUs - fromUs + zoneUs(toUs) - zoneUs(fromUs)) / US_PER_S;
}

/** How far the local clock is ahead of UTC. */
function zoneUs(us: number): number {
  return -new Date(us / 1000).getTimezoneOffset() * 60 * US_PER_S;
}

function longestIntervalUs(view: StoreView, range: TimeRange): number {
  const spans = spansOf(view, [range]);
  return sumsByPeriod(view, spans, [range], LONGEST_INTERVAL_COLUMN + 1)[LONGEST_INTERVAL_COLUMN]![0]!;
}

function daysFor(atLeastS: number): number {
  const days = atLeastS / DAY_S;
  return STEPS_DAYS.find((candidate) => candidate >= days) ?? Math.ceil(days / 28) * 28;
}

/** Steps below a day, whole by the clock on the wall as it shows at the begin of the period. */
function evenSteps(view: StoreView, range: TimeRange, stepS: number): ChartSteps {
  const stepUs = stepS * US_PER_S;
  const aheadUs = zoneUs(range.fromUs);
  const startUs = Math.floor((range.fromUs + aheadUs) / stepUs) * stepUs - aheadUs;
  const count = Math.max(1, Math.ceil((range.toUs - startUs) / stepUs));
  const steps = Array.from({ length: count }, (_, index) => {
    return { fromUs: startUs + index * stepUs, toUs: startUs + (index + 1) * stepUs };
  });
  const coarsest = [...RESOLUTIONS_S].reverse().find((candidate) => stepS % candidate === 0) ?? 1;
  return { stepUs, steps, spans: spansOf(view, [range], coarsest as ResolutionS) };
}

/** Steps of whole local days. */
function daySteps(view: StoreView, range: TimeRange, days: number): ChartSteps {
  const first = new Date(range.fromUs / 1000);
  const midnightUs = (step: number): number =>
    new Date(first.getFullYear(), first.getMonth(), first.getDate() + step * days).getTime() * 1000;
  const steps: TimeRange[] = [];
  for (let fromUs = midnightUs(0); fromUs < range.toUs || steps.length === 0; ) {
    const toUs = midnightUs(steps.length + 1);
    steps.push({ fromUs, toUs });
    fromUs = toUs;
  }
  const within = steps.map(({ fromUs, toUs }) => ({
    fromUs: Math.max(fromUs, range.fromUs),
    toUs: Math.min(toUs, range.toUs),
  }));
  return { stepUs: days * DAY_S * US_PER_S, steps, spans: spansOf(view, within) };
}
