// Moments and stretches of time in words, in the time of this machine. Owns which parts of a date matter at which scale.
const two = (value: number): string => String(value).padStart(2, '0');

export const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
export const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

const DAY = 86_400;
const weekday = (date: Date): string => WEEKDAYS[(date.getDay() + 6) % 7]!;

export function clockText(ts: number, withSeconds = false): string {
  const date = new Date(ts * 1000);
  const minutes = `${two(date.getHours())}:${two(date.getMinutes())}`;
  return withSeconds ? `${minutes}:${two(date.getSeconds())}` : minutes;
}

/** `Sun 22 Nov 2026`. */
export function dayText(ts: number): string {
  const date = new Date(ts * 1000);
  return `${weekday(date)} ${date.getDate()} ${MONTHS[date.getMonth()]} ${date.getFullYear()}`;
}

/** A stretch of time: `Sun 22 Nov 14:00–15:00`, `Sat 21 Nov 22:00 – Sun 22 Nov 08:00`, `Sun 22 Nov 2026`, `16–22 Nov 2026`. */
export function stepText(from: number, to: number): string {
  const seconds = to - from;
  const start = new Date(from * 1000);
  if (seconds < 0.9 * DAY) {
    const dayOf = (date: Date): string => `${weekday(date)} ${date.getDate()} ${MONTHS[date.getMonth()]}`;
    const fine = seconds < 60;
    // Midnight still belongs to the day before it.
    const last = new Date((to - 0.001) * 1000);
    const begin = `${dayOf(start)} ${clockText(from, fine)}`;
    const isOneDay = start.getDate() === last.getDate();
    return isOneDay ? `${begin}–${clockText(to, fine)}` : `${begin} – ${dayOf(last)} ${clockText(to, fine)}`;
  }
  if (seconds < 1.1 * DAY) return dayText(from);
  // The last day that is in it.
  const end = new Date((to - 1) * 1000);
  const sameMonth = start.getMonth() === end.getMonth() && start.getFullYear() === end.getFullYear();
  const last = `${end.getDate()} ${MONTHS[end.getMonth()]} ${end.getFullYear()}`;
  if (sameMonth) return `${start.getDate()}–${last}`;
  const year = start.getFullYear() === end.getFullYear() ? '' : ` ${start.getFullYear()}`;
  return `${start.getDate()} ${MONTHS[start.getMonth()]}${year} – ${last}`;
}

/** `4 s ago`, `3 min ago`, `2 h ago`, `5 days ago`. */
export function agoText(ts: number, now: number): string {
  const seconds = Math.max(0, Math.round(now - ts));
  if (seconds < 2) return 'just now';
  if (seconds < 100) return `${seconds} s ago`;
  if (seconds < 6000) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 2 * DAY) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / DAY)} days ago`;
}

/** `45 s`, `12 min`, `3 h 20 min`, `4 d 6 h`. */
export function durationText(seconds: number): string {
  const [days, hours] = [Math.floor(seconds / DAY), Math.floor((seconds % DAY) / 3600)];
  const minutes = Math.floor((seconds % 3600) / 60);
  if (days > 0) return hours === 0 ? `${days} d` : `${days} d ${hours} h`;
  if (hours > 0) return minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min` : `${Math.round(seconds)} s`;
}

const LENGTHS: readonly (readonly [seconds: number, unit: string])[] = [
  [30 * DAY, 'month'],
  [7 * DAY, 'week'],
  [DAY, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

/** How long a step is: `5 minutes`, `1 hour`, `2 days`; months and days of a changed clock are as long as they are called. */
export function lengthText(seconds: number): string {
  const [unitSeconds, unit] =
    LENGTHS.find(([length]) => {
      const count = seconds / length;
      return count >= 0.93 && Math.abs(count - Math.round(count)) < 0.08 * Math.max(1, Math.round(count) / 4);
    }) ?? LENGTHS.at(-1)!;
  const count = Math.round(seconds / unitSeconds);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
