// A change in words: how much more or less, and how many times as much.
import { formatBytes } from '@kaipo/core/kernel/units.js';

/** `+1.20 MB`, `−3.00 kB/d`. */
export const changeSigned = (bytes: number, perDay: string): string =>
  `${bytes < 0 ? '−' : '+'}${formatBytes(Math.round(Math.abs(bytes)))}${perDay}`;

/** `+40 %`, `−12 %`, `× 7.5`. */
export function changeRatio(ratio: number): string {
  if (ratio >= 2) return `× ${ratio < 9.95 ? ratio.toFixed(1) : Math.round(ratio)}`;
  const percent = Math.round((ratio - 1) * 100);
  return percent === 0 ? '< 1 %' : `${percent < 0 ? '−' : '+'}${Math.abs(percent)} %`;
}
