// A picture of the past in some words: how long, and when. Owns the sentence; local time.
import { wallClockUs } from '@kaipo/core/kernel/clock.js';
import type { LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import { formatSpan } from '../report/report-notes.js';

const US_PER_S = 1_000_000;
const WORDS: Readonly<Record<number, string>> = { 1: '1 s', 10: '10 s', 60: '1 min', 3600: '1 h', 86400: '1 day' };
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY_S = 86_400;

/** `1 s at Sat 21 Nov 03:10:05`, `not recorded: Sat 21 Nov 03:10:05 to 04:00:00`; empty for a picture of now. */
export function pastLabel({ past, intervalUs }: LiveSnapshot, nowUs = wallClockUs()): string {
  if (past === undefined) return '';
  const { fromUs, toUs, resolutionS } = past;
  const day = dayText(fromUs, nowUs);
  if (!past.isRecorded) {
    const end = dayText(toUs, nowUs);
    return `not recorded: ${day} ${timeText(fromUs)} to ${end === day ? '' : `${end} `}${timeText(toUs)}`;
  }
  // An interval may be longer than the second it began in.
  const length = intervalUs > resolutionS * 1.5 * US_PER_S ? formatSpan(intervalUs) : WORDS[resolutionS];
  if (resolutionS >= DAY_S) return `${length} at ${day}`;
  const time = timeText(fromUs);
  return `${length} at ${day} ${resolutionS >= 60 ? time.slice(0, 5) : time}`;
}

function dayText(us: number, nowUs: number): string {
  const at = new Date(us / 1000);
  const isThisYear = at.getFullYear() === new Date(nowUs / 1000).getFullYear();
  const day = `${WEEKDAYS[at.getDay()]} ${at.getDate()} ${MONTHS[at.getMonth()]}`;
  return isThisYear ? day : `${day} ${at.getFullYear()}`;
}

function timeText(us: number): string {
  const at = new Date(us / 1000);
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}
