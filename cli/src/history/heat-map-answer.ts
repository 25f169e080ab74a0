// By weekday and hour: when traffic moves. Owns the fields of the document, also inside the one of a year.
import { type HoursOfWeek, queryHoursOfWeek, queryTotals } from '@kaipo/core/query/history.js';
import { documentHead, totalFields } from './answer-head.js';
import type { HistoryContext } from './history-context.js';
import { periodNotes } from './period-notes.js';
import { secondsOf } from './usage-fields.js';

/** Monday first, midnight first; an hour nobody recorded has 0 recordedSeconds. */
export function heatMapAnswer(context: HistoryContext): object {
  const { store, range, filter } = context;
  const totals = queryTotals(store, range, filter);
  return {
    ...documentHead('heat-map', context, totals),
    total: totalFields(context, totals),
    ...heatMapFields(queryHoursOfWeek(store, range, filter)),
    notes: periodNotes(context, totals),
  };
}

export function heatMapFields({ source, weekdays, busiest }: HoursOfWeek): object {
  return {
    source,
    weekdays: weekdays.map((hours) =>
      hours.map(({ txBytes, rxBytes, coveredUs }) => ({ txBytes, rxBytes, recordedSeconds: secondsOf(coveredUs) })),
    ),
    ...(busiest !== undefined && { busiestHour: hourFields(busiest) }),
  };
}

const hourFields = ({ fromUs, toUs, txBytes, rxBytes }: NonNullable<HoursOfWeek['busiest']>): object => ({
  from: secondsOf(fromUs),
  to: secondsOf(toUs),
  txBytes,
  rxBytes,
  totalBytes: txBytes + rxBytes,
});
