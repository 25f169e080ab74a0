// What a report cannot know, in words. Owns the honest sentences; they are the same in text and HTML.
import { formatBytes, formatCount } from '@kaipo/core/kernel/units.js';
import type { ReportData } from './report-data.js';

export function reportNotes(data: ReportData): string[] {
  const { totals, range, info } = data;
  const notes: string[] = [];
  if (data.isWholeStore)
    notes.push('Nothing was recorded in the last 24 hours, so this is everything the store holds.');
  const periodUs = Math.min(range.toUs, data.madeUs) - range.fromUs;
  if (totals.coveredUs < periodUs * 0.98) {
    notes.push(
      `Recorded ${formatSpan(totals.coveredUs)} of ${formatSpan(periodUs)}. What happened in between is not known and not estimated.`,
    );
  }
  if (totals.kernelBytes > 0) notes.push('Totals are the kernel’s own interface counters, loopback left out.');
  else if (totals.intervals > 0 && info.mode === 'file')
    notes.push('Totals are the packets that were read; there were no kernel counters to compare them with.');
  if (info.mode === 'counters')
    notes.push(
      'Recorded without packet capture: applications and hosts are TCP payload from the socket table, where that could be read; the rest is unknown.',
    );
  const lost = totals.droppedByKernel + totals.droppedByHelper;
  if (lost > 0)
    notes.push(
      `${formatCount(lost)} packets were lost before they could be read. Their bytes are in the totals, not in the tables.`,
    );
  if (totals.unknownBytes > 0)
    notes.push(`${formatBytes(totals.unknownBytes)} were seen, but no application could be named for them.`);
  if (info.refusedNames > 0)
    notes.push(`${formatCount(info.refusedNames)} names found the dictionary full and are part of “other”.`);
  if (data.flows.more) notes.push('There were too many flows to look at all of them; the largest are of the newest.');
  if (data.flows.count > 0)
    notes.push('Flows are listed once they have ended; one that is still open is in the totals alone.');
  if (data.hosts.rows.length > 0)
    notes.push('Host names come from TLS, HTTP and DNS as they were seen; one address may serve many names.');
  return notes;
}

/** 93784 s -> "1 d 2 h". The two largest units. */
export function formatSpan(us: number): string {
  const seconds = Math.max(0, Math.round(us / 1_000_000));
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return '0 s';
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** Share in percent: two digits that mean something, never a rounded-up 100. */
export function formatShare(part: number, whole: number): string {
  if (whole <= 0) return '–';
  const percent = (part / whole) * 100;
  if (part === 0) return '0 %';
  if (percent < 0.1) return '< 0.1 %';
  if (percent > 99.9 && part < whole) return '> 99.9 %';
  return `${percent.toFixed(percent < 9.95 ? 1 : 0)} %`;
}
