// Marks of an axis: round numbers of bytes, and moments with the parts of a date that change. Owns the texts. Must not know pixels.
import { formatByteRate, formatBytes } from '@kaipo/core/kernel/units.js';
import { clockText, MONTHS } from './time-text.js';
import type { Measure } from './traffic-shape.js';

const ROUND = [1, 2, 2.5, 5, 10];

/** Round numbers from `-down` to `up` with the line at 0, about `count` of them. */
export function byteMarks(down: number, up: number, count: number): number[] {
  const rough = (up + down) / Math.max(1, count);
  if (!(rough > 0)) return [0];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (ROUND.find((factor) => factor * power >= rough) ?? 10);
  const marks: number[] = [];
  for (let mark = -Math.ceil(down / step); mark <= Math.ceil(up / step); mark++) marks.push(mark * step);
  return marks;
}

/** `1.5 GB`, `500 kB/s`, and a plain 0. Sent goes down, so the sign is left out. */
export function markText(value: number, measure: Measure): string {
  if (value === 0) return '0';
  const bytes = Math.abs(value);
  return (measure === 'amount' ? formatBytes(bytes) : formatByteRate(bytes))
    .replace(/(\.\d*?)0+(?= )/, '$1')
    .replace('. ', ' ');
}

/** Moments of a time axis. What changed since the mark before stands there: the hour alone, then the day, then the year. */
export function timeTexts(marks: readonly number[], stepSeconds: number): string[] {
  let before: Date | undefined;
  return marks.map((ts) => {
    const date = new Date(ts * 1000);
    const isNewYear = before === undefined || before.getFullYear() !== date.getFullYear();
    const isNewDay = isNewYear || before?.getMonth() !== date.getMonth() || before?.getDate() !== date.getDate();
    const isFirst = before === undefined;
    before = date;
    const day = `${date.getDate()} ${MONTHS[date.getMonth()]}`;
    if (stepSeconds < 86_400) {
      const clock = clockText(ts, stepSeconds < 60);
      return isNewDay && !isFirst ? `${clock}\n${day}` : clock;
    }
    if (stepSeconds < 28 * 86_400) return isNewYear && !isFirst ? `${day}\n${date.getFullYear()}` : day;
    const month = MONTHS[date.getMonth()]!;
    return isNewYear ? `${month}\n${date.getFullYear()}` : month;
  });
}
