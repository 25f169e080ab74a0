// Parts and changes in per cent, as people read them. Owns the digits.

/** `37 %`, `0.4 %`, `< 0.1 %`, and `> 99.9 %` of what is not all; nothing of nothing is a dash. */
export function shareText(part: number, whole: number): string {
  if (whole <= 0) return '–';
  const percent = (100 * part) / whole;
  if (percent === 0 || percent === 100) return `${percent} %`;
  if (percent < 0.1) return '< 0.1 %';
  if (percent > 99.05 && percent < 100) return percent >= 99.95 ? '> 99.9 %' : `${percent.toFixed(1)} %`;
  return `${percent < 9.95 ? percent.toFixed(1) : Math.round(percent)} %`;
}

/** `+37 %`, `−12 %`, `×14`, `new`: what became of a number. */
export function changeText(before: number, after: number): string {
  if (before === after) return '±0 %';
  if (before <= 0) return 'new';
  const ratio = after / before;
  if (ratio >= 10) return `×${Math.round(ratio)}`;
  const percent = Math.round((ratio - 1) * 100);
  if (percent === 0) return '±0 %';
  return percent > 0 ? `+${percent} %` : `−${-percent} %`;
}
