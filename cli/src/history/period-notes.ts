// What an answer about a period has to say besides its numbers: nothing recorded, recorded in part, caught up. Owns the sentences
// and the same as fields. "Not recorded" is never 0 bytes.
import { formatBytes } from '@kaipo/core/kernel/units.js';
import { type HistoryTotals, queryPeriods, queryTotals } from '@kaipo/core/query/history.js';
import { localText, type TimeRange } from '@kaipo/core/query/time-range.js';
import type { Store } from '@kaipo/core/store/store.js';
import { formatShare, formatSpan } from '../report/report-notes.js';
import type { HistoryContext } from './history-context.js';

const US_PER_S = 1_000_000;
/** Seconds lost at starts and ends are no gap worth a sentence. */
const NEARLY_ALL = 0.98;
/** Steps of each look for the time that was caught up: five looks find a second in thirty years. */
const LOOK_STEPS = 64;
const MOST_LOOKS = 5;
/** An answer says it three times: in its head, its lines and its notes. */
const coverages = new WeakMap<HistoryTotals, Coverage>();
/** Clocks that were set right are not this far ahead. */
const AHEAD_US = 86_400 * US_PER_S;

export interface Coverage {
  readonly isRecorded: boolean;
  readonly recordedSeconds: number;
  /** Until now, where the period is not over. */
  readonly periodSeconds: number;
  readonly caughtUp?: { readonly bytes: number; readonly from: number; readonly to: number };
}

/** Whether anything of these totals was recorded: an interval, or bytes found by the counters later. */
export function isRecorded({ intervals, caughtUpBytes, txBytes, rxBytes }: HistoryTotals): boolean {
  return intervals > 0 || caughtUpBytes > 0 || txBytes + rxBytes > 0;
}

/** What coverage is asked of. */
export type RecordedPeriod = Pick<HistoryContext, 'store' | 'info' | 'range' | 'nowUs'>;

/** `totals`: of this very period; looked up once for them. */
export function coverageOf(period: Pick<RecordedPeriod, 'store' | 'range' | 'nowUs'>, totals: HistoryTotals): Coverage {
  const known = coverages.get(totals);
  if (known !== undefined) return known;
  const coverage = lookUp(period, totals);
  coverages.set(totals, coverage);
  return coverage;
}

function lookUp({ store, range, nowUs }: Parameters<typeof coverageOf>[0], totals: HistoryTotals): Coverage {
  const span = totals.caughtUpBytes > 0 ? caughtUpSpan(store, range) : undefined;
  return {
    isRecorded: isRecorded(totals),
    recordedSeconds: totals.coveredUs / US_PER_S,
    periodSeconds: elapsedUs(range, nowUs) / US_PER_S,
    ...(span !== undefined && {
      caughtUp: { bytes: totals.caughtUpBytes, from: span.fromUs / US_PER_S, to: span.toUs / US_PER_S },
    }),
  };
}

export function periodNotes(context: RecordedPeriod, totals: HistoryTotals): string[] {
  const { info, range, nowUs } = context;
  if (info.firstUs === undefined) return [`nothing has been recorded yet in ${info.dir}; record with: kaipo daemon`];
  if (!isRecorded(totals)) {
    const has = { fromUs: info.firstUs, toUs: info.lastEndUs ?? info.firstUs };
    const files = has.toUs > nowUs + AHEAD_US ? ' (times of capture files)' : '';
    return [`nothing was recorded in this period (${spanText(range)}); history has ${spanText(has)}${files}`];
  }
  const notes: string[] = [];
  const periodUs = elapsedUs(range, nowUs);
  if (totals.coveredUs < periodUs * NEARLY_ALL) {
    const begin = info.firstUs > range.fromUs + US_PER_S ? `; history begins ${localText(info.firstUs)}` : '';
    notes.push(`recorded ${formatSpan(totals.coveredUs)} of ${formatSpan(periodUs)}${begin}`);
  }
  const { caughtUp } = coverageOf(context, totals);
  if (caughtUp !== undefined) {
    const span = { fromUs: caughtUp.from * US_PER_S, toUs: caughtUp.to * US_PER_S };
    notes.push(
      `${formatBytes(caughtUp.bytes)} of it moved while no recorder ran, about ${spanText(span)}: counters tell how much, nothing tells who`,
    );
  }
  return notes;
}

/** Below this part of the time, a forecast says what it rests on. */
const ENOUGH_FOR_FORECAST = 0.95;

/** The part of the time since history began (in this period) of which the bytes are known: recorded, or caught up; 0 to 1. */
export function knownShare({ store, info, range, nowUs }: RecordedPeriod, totals: HistoryTotals): number {
  const sinceUs = Math.max(range.fromUs, info.firstUs ?? range.fromUs);
  const wholeUs = Math.min(range.toUs, nowUs) - sinceUs;
  if (wholeUs <= 0) return 0;
  const coveredShare = totals.coveredUs / wholeUs;
  if (coveredShare >= ENOUGH_FOR_FORECAST) return Math.min(1, coveredShare);
  const { caughtUp } = coverageOf({ store, range, nowUs }, totals);
  const caughtUpUs = caughtUp === undefined ? 0 : (caughtUp.to - caughtUp.from) * US_PER_S;
  return Math.min(1, (totals.coveredUs + caughtUpUs) / wholeUs);
}

/** What a forecast at the average so far leaves out; undefined when nearly all the time is known. */
export function forecastNote(share: number): string | undefined {
  if (share >= ENOUGH_FOR_FORECAST) return undefined;
  return `low if anything moved unrecorded: ${formatShare(share, 1)} of the time was recorded`;
}

/** How much of a period has been: what is still to come cannot have been recorded. */
export function elapsedUs({ fromUs, toUs }: TimeRange, nowUs: number): number {
  return Math.max(0, Math.min(toUs, nowUs) - fromUs);
}

const spanText = ({ fromUs, toUs }: TimeRange): string => `${localText(fromUs)} to ${localText(toUs)}`;

/** From the first to the last moment of the period with bytes that were caught up, to the second where seconds are kept. */
function caughtUpSpan(store: Store, range: TimeRange): TimeRange | undefined {
  const { firstUs, lastUs } = queryTotals(store, range);
  if (firstUs === undefined || lastUs === undefined) return undefined;
  const whole = { fromUs: Math.max(firstUs, range.fromUs), toUs: Math.min(lastUs, range.toUs) };
  const steps = stepsWithCaughtUp(store, whole);
  let [first, last] = [steps[0], steps.at(-1)];
  for (let look = 1; look < MOST_LOOKS && first !== undefined && last !== undefined; look++) {
    const isOne = first === last;
    const within = finerSteps(store, first);
    first = within[0] ?? first;
    last = (isOne ? within : finerSteps(store, last)).at(-1) ?? last;
  }
  return first === undefined || last === undefined ? undefined : { fromUs: first.fromUs, toUs: last.toUs };
}

/** Of a step that is known to have such bytes. Nothing finer than seconds is kept. */
const finerSteps = (store: Store, step: TimeRange): TimeRange[] =>
  step.toUs - step.fromUs > US_PER_S ? stepsWithCaughtUp(store, step) : [step];

function stepsWithCaughtUp(store: Store, { fromUs, toUs }: TimeRange): TimeRange[] {
  const stepUs = Math.max(US_PER_S, Math.ceil((toUs - fromUs) / LOOK_STEPS / US_PER_S) * US_PER_S);
  const steps: TimeRange[] = [];
  for (let us = fromUs; us < toUs; us += stepUs) steps.push({ fromUs: us, toUs: Math.min(us + stepUs, toUs) });
  const totals = queryPeriods(store, steps);
  return steps.filter((_, index) => (totals[index]?.caughtUpBytes ?? 0) > 0);
}
