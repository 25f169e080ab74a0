// `kaipo live --at TIME` as text: one picture of the past. Owns what a time means here; the picture is core/src/query/rewind.
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { EXIT_OK } from '@kaipo/core/kernel/exit-codes.js';
import { localText, parseTime } from '@kaipo/core/query/time-range.js';
import type { HistoryRewind } from '../live/history-rewind.js';
import { printText } from '../output/text-sink.js';

/** A day, a week, a month is its first moment. Raises KAIPO_USAGE. */
export function momentAsked(text: string, nowUs: number): number {
  const atUs = parseTime(text, 'from', nowUs);
  if (atUs <= nowUs) return atUs;
  const told = `${localText(atUs)} has not come yet`;
  throw new KaipoError('KAIPO_USAGE', told, 'say a time that is over: --at "yesterday 03:10", --at -2h');
}

export async function printPast(
  rewind: HistoryRewind,
  atUs: number,
  { format, color }: { readonly format: 'dashboard' | 'ndjson'; readonly color: boolean },
): Promise<number> {
  await rewind.refresh();
  const { snapshot, label, isEdge } = rewind.show(atUs, 0);
  if (format === 'ndjson') {
    const { tickRecord } = await import('../tui/tick-record.js');
    printText(`${JSON.stringify(tickRecord(snapshot))}\n`);
  } else {
    const { plainBlock } = await import('../tui/plain.js');
    printText(plainBlock(snapshot, { color }));
  }
  if (isEdge) process.stderr.write(`kaipo: ${label}\n`);
  return EXIT_OK;
}
