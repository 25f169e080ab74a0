// Sums as the fields of JSON, NDJSON and CSV, the same in every answer, and as cells of a table. Owns their names and order.

import type { SeriesSums } from '@kaipo/core/api/interval-record.js';
import { formatBytes } from '@kaipo/core/kernel/units.js';
import type { HistoryTotals } from '@kaipo/core/query/history.js';
import type { TimeRange } from '@kaipo/core/query/time-range.js';
import { isRecorded } from './period-notes.js';

const US_PER_S = 1_000_000;

export interface UsageFields {
  readonly txBytes: number;
  readonly rxBytes: number;
  readonly totalBytes: number;
  readonly txPackets: number;
  readonly rxPackets: number;
}

export function usageFields({ txBytes, rxBytes, txPackets, rxPackets }: SeriesSums): UsageFields {
  return { txBytes, rxBytes, totalBytes: txBytes + rxBytes, txPackets, rxPackets };
}

/** One step of a period: without `recorded` nothing is known about it, so it has no sums. */
export function stepFields(range: TimeRange, totals: HistoryTotals): StepFields {
  const head = { from: range.fromUs / US_PER_S, to: range.toUs / US_PER_S };
  const seen = isRecorded(totals);
  return {
    ...head,
    recorded: seen,
    ...(seen && usageFields(totals)),
    recordedSeconds: totals.coveredUs / US_PER_S,
    ...(totals.caughtUpBytes > 0 && { caughtUpBytes: totals.caughtUpBytes }),
  };
}

export interface StepFields extends Partial<UsageFields> {
  readonly from: number;
  readonly to: number;
  readonly recorded: boolean;
  readonly recordedSeconds: number;
  readonly caughtUpBytes?: number;
}

export const STEP_COLUMNS = [
  'from',
  'to',
  'txBytes',
  'rxBytes',
  'totalBytes',
  'txPackets',
  'rxPackets',
  'recordedSeconds',
  'caughtUpBytes',
] as const satisfies readonly (keyof StepFields)[];

/** Received, sent, total. */
export function usageCells({ txBytes, rxBytes }: Pick<SeriesSums, 'txBytes' | 'rxBytes'>): string[] {
  return [formatBytes(rxBytes), formatBytes(txBytes), formatBytes(rxBytes + txBytes)];
}

export const secondsOf = (us: number): number => us / US_PER_S;
