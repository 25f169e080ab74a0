// Axes people can read. Owns round steps for rates and for local time; no drawing.
import { localDay } from '@kaipo/core/query/time-range.js';

/** 0 and up to `count` round values that reach `most`. In steps of 1, 2, 2.5 or 5 times a power of ten. */
export function rateTicks(most: number, count: number): number[] {
  if (most <= 0) return [0];
  const raw = most / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= raw) ?? 10);
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, index) => index * step);
}

export interface TimeTick {
  readonly us: number;
  readonly text: string;
}

const US_PER_S = 1_000_000;
const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200];
const DAYS = [1, 2, 7, 14, 30, 90, 180, 365];

/** At most `count` moments of [fromUs, toUs) on round local times. */
export function timeTicks(fromUs: number, toUs: number, count: number): TimeTick[] {
  const spanS = (toUs - fromUs) / US_PER_S;
  const stepS = STEPS_S.find((candidate) => spanS / candidate <= count);
  return stepS === undefined ? dayTicks(fromUs, toUs, spanS / 86_400 / count) : clockTicks(fromUs, toUs, stepS);
}

function clockTicks(fromUs: number, toUs: number, stepS: number): TimeTick[] {
  const ticks: TimeTick[] = [];
  const { fromUs: midnightUs } = localDay(fromUs);
  const stepUs = stepS * US_PER_S;
  for (let us = midnightUs + Math.ceil((fromUs - midnightUs) / stepUs) * stepUs; us < toUs; us += stepUs) {
    const at = new Date(us / 1000);
    const isMidnight = at.getHours() + at.getMinutes() + at.getSeconds() === 0;
    ticks.push({
      us,
      text: isMidnight && toUs - fromUs > 6 * 3600 * US_PER_S ? dayText(at) : clockText(at, stepS < 60),
    });
  }
  return ticks;
}

function dayTicks(fromUs: number, toUs: number, atLeastDays: number): TimeTick[] {
  const days = DAYS.find((candidate) => candidate >= atLeastDays) ?? 365;
  const ticks: TimeTick[] = [];
  for (let offset = 0; ; offset += days) {
    const us = localDay(fromUs, offset).fromUs;
    if (us >= toUs) return ticks;
    if (us >= fromUs) ticks.push({ us, text: dayText(new Date(us / 1000)) });
  }
}

function clockText(at: Date, withSeconds: boolean): string {
  const parts = [at.getHours(), at.getMinutes(), ...(withSeconds ? [at.getSeconds()] : [])];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export function dayText(at: Date): string {
  return `${at.getDate()} ${MONTHS[at.getMonth()]}`;
}
