// The numbers above the chart of the history. Owns which and their words.
import { formatByteRate, formatBytes } from '@kaipo/core/kernel/units.js';
import type { Traffic, TrafficColumns } from '../../api/answers.js';
import type { StatTile } from '../../components/stat-tile.js';
import { changeText, shareText } from '../../logic/share-text.js';
import { durationText, stepText } from '../../logic/time-text.js';

/** The period before, if anything of it was recorded: what nobody saw is no zero to be compared with. */
export function previousOf({ previous }: Traffic): Traffic['previous'] {
  return previous?.steps.some(({ recordedSeconds }) => recordedSeconds > 0) === true ? previous : undefined;
}

export function historyTiles(traffic: Traffic, shown: TrafficColumns, now: number): StatTile[] {
  const before = previousOf(traffic)?.total;
  const isMissed = traffic.previous !== undefined && before === undefined;
  const tile = (label: string, bytes: number, bytesBefore: number | undefined, key?: 'rx' | 'tx'): StatTile => ({
    label,
    value: formatBytes(bytes),
    hint: `${bytes.toLocaleString('en')} bytes`,
    ...(key !== undefined && { key }),
    ...(isMissed && { note: 'the period before was not recorded' }),
    ...(bytesBefore !== undefined && {
      note: `${changeText(bytesBefore, bytes)} · before ${formatBytes(bytesBefore)}`,
    }),
  });
  const all = shown.rxTotal + shown.txTotal;
  return [
    tile('Received', shown.rxTotal, before?.rxTotal, 'rx'),
    tile('Sent', shown.txTotal, before?.txTotal, 'tx'),
    tile('Total', all, before === undefined ? undefined : before.rxTotal + before.txTotal),
    ...peakTile(traffic, shown),
    ...recordedTile(traffic, now),
  ];
}

function peakTile({ steps }: Traffic, { rxBytes, txBytes }: TrafficColumns): StatTile[] {
  let peak = -1;
  const bytesAt = (step: number): number => (rxBytes[step] ?? 0) + (txBytes[step] ?? 0);
  for (const step of steps.keys()) if (bytesAt(step) > 0 && (peak < 0 || bytesAt(step) > bytesAt(peak))) peak = step;
  const at = steps[peak];
  if (at === undefined) return [];
  const speed = formatByteRate(bytesAt(peak) / Math.max(1, at.recordedSeconds || at.to - at.from));
  return [{ label: 'Busiest step', value: formatBytes(bytesAt(peak)), note: stepText(at.from, at.to), hint: speed }];
}

function recordedTile({ from, to, steps }: Traffic, now: number): StatTile[] {
  const recorded = steps.reduce((sum, { recordedSeconds }) => sum + recordedSeconds, 0);
  const seconds = Math.min(to, now) - from;
  if (seconds <= 0) return [];
  const isWhole = recorded >= 0.995 * seconds;
  return [
    {
      label: 'Recorded',
      value: isWhole ? 'all' : shareText(Math.min(recorded, seconds), seconds),
      note: isWhole ? durationText(seconds) : `${durationText(recorded)} of ${durationText(seconds)}`,
      ...(isWhole ? {} : { tone: 'warn' as const }),
    },
  ];
}
