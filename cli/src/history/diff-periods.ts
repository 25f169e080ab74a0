// The two periods of `kaipo diff`: from words, or yesterday until this time of the day against today. Owns how words are parted.
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { localDay, parsePeriod, type TimeRange } from '@kaipo/core/query/time-range.js';

export interface DiffPeriods {
  readonly before: TimeRange;
  readonly after: TimeRange;
}

const FIX = 'name two: kaipo diff "last week" "this week"';

/** `words`: the arguments; a period of several words may stand without quotes where that is clear. Raises KAIPO_USAGE. */
export function diffPeriods(words: readonly string[], nowUs: number): DiffPeriods {
  if (words.length === 0) return untilThisTime(nowUs);
  if (words.length === 1) throw new KaipoError('KAIPO_USAGE', 'one period is no comparison', FIX);
  if (words.length === 2) return { before: parsePeriod(words[0]!, nowUs), after: parsePeriod(words[1]!, nowUs) };
  const readings: DiffPeriods[] = [];
  let problem: unknown;
  for (let first = 1; first < words.length; first++) {
    try {
      const [before, after] = [words.slice(0, first), words.slice(first)].map((part) =>
        parsePeriod(part.join(' '), nowUs),
      );
      readings.push({ before: before!, after: after! });
    } catch (error) {
      problem ??= error;
    }
  }
  if (readings.length === 1) return readings[0]!;
  if (readings.length === 0 && words.length === 3) throw problem;
  const told = `"${words.join(' ')}" can${readings.length === 0 ? 'not be read as two periods' : ' be read in more than one way'}`;
  throw new KaipoError('KAIPO_USAGE', told, FIX);
}

/** The day before as far as today has come: of a day with 23 or 25 hours until the same time on the clock. */
function untilThisTime(nowUs: number): DiffPeriods {
  const now = new Date(nowUs / 1000);
  const then = new Date(now);
  then.setDate(now.getDate() - 1);
  const yesterday = localDay(nowUs, -1);
  const toUs = Math.min(yesterday.toUs, Math.max(yesterday.fromUs + 1, then.getTime() * 1000));
  return { before: { fromUs: yesterday.fromUs, toUs }, after: { fromUs: localDay(nowUs).fromUs, toUs: nowUs } };
}
