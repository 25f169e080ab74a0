// Traffic by weekday and hour of the local clock, for a heat map. Must not know lmdb. Bound: the hours of the period while it is read,
// 7 times 24 cells as the answer.
import { RX_BYTES, TX_BYTES } from '../store/series-block.js';
import type { StoreReader, StoreView } from '../store/store.js';
import { COVERED_COLUMN } from '../store/totals-block.js';
import type { Filter, TrafficSource } from './history-answers.js';
import { isFiltered } from './history-filter.js';
import { seriesByPeriod, sumsByPeriod } from './history-period-sums.js';
import { seriesReading } from './history-reading.js';
import { firstUsOf, spansOf } from './history-spans.js';
import type { TimeRange } from './time-range.js';

const HOUR_S = 3600;
const HOUR_US = HOUR_S * 1_000_000;
const WEEKDAYS = 7;
const HOURS = 24;

export interface WeekHour {
  txBytes: number;
  rxBytes: number;
  /** 0: nobody looked at this hour of the week, which is not silence. */
  coveredUs: number;
}

/** One hour of the period. */
export interface PeriodHour extends TimeRange {
  readonly txBytes: number;
  readonly rxBytes: number;
}

export interface HoursOfWeek {
  readonly source: TrafficSource;
  /** [weekday][hour], Monday first. */
  readonly weekdays: readonly (readonly Readonly<WeekHour>[])[];
  /** The hour that moved most; absent when none moved anything. */
  readonly busiest?: PeriodHour;
}

/** Sums of the hours that are kept: where days are all that is left, nobody can tell hours. */
export function queryHoursOfWeek(store: StoreReader, range: TimeRange, filter?: Filter): HoursOfWeek {
  return store.view((view) => {
    const hours = hoursOf(view, range);
    const spans = spansOf(view, [range], HOUR_S).filter(({ resolutionS }) => resolutionS <= HOUR_S);
    const totals = sumsByPeriod(view, spans, hours, COVERED_COLUMN + 1);
    const bytes = isFiltered(filter)
      ? seriesByPeriod(view, seriesReading(view, 'interface', filter), spans, hours, RX_BYTES + 1)
      : totals;
    const source = filter?.zone === undefined ? 'counters' : 'packets';
    return { source, ...foldWeeks(hours, bytes[TX_BYTES]!, bytes[RX_BYTES]!, totals[COVERED_COLUMN]!) };
  });
}

/** As the clock on the wall shows them at the begin of the period; none before history begins. */
function hoursOf(view: StoreView, { fromUs, toUs }: TimeRange): TimeRange[] {
  const beginUs = Math.max(fromUs, Math.min(firstUsOf(view), toUs));
  const wall = new Date(beginUs / 1000);
  const startUs = new Date(wall.getFullYear(), wall.getMonth(), wall.getDate(), wall.getHours()).getTime() * 1000;
  const endUs = Math.min(toUs, (view.recorded().lastEndUs ?? beginUs) + HOUR_US);
  const count = Math.max(1, Math.ceil((endUs - startUs) / HOUR_US));
  return Array.from({ length: count }, (_, hour) => {
    return { fromUs: startUs + hour * HOUR_US, toUs: startUs + (hour + 1) * HOUR_US };
  });
}

function foldWeeks(
  hours: readonly TimeRange[],
  txBytes: Float64Array,
  rxBytes: Float64Array,
  coveredUs: Float64Array,
): Pick<HoursOfWeek, 'weekdays' | 'busiest'> {
  const weekdays = Array.from({ length: WEEKDAYS }, () =>
    Array.from({ length: HOURS }, (): WeekHour => ({ txBytes: 0, rxBytes: 0, coveredUs: 0 })),
  );
  let busiest = -1;
  let most = 0;
  for (let hour = 0; hour < hours.length; hour++) {
    const bytes = txBytes[hour]! + rxBytes[hour]!;
    if (bytes === 0 && coveredUs[hour] === 0) continue;
    const at = new Date(hours[hour]!.fromUs / 1000);
    const cell = weekdays[(at.getDay() + 6) % WEEKDAYS]![at.getHours()]!;
    cell.txBytes += txBytes[hour]!;
    cell.rxBytes += rxBytes[hour]!;
    cell.coveredUs += coveredUs[hour]!;
    if (bytes > most) [busiest, most] = [hour, bytes];
  }
  if (busiest < 0) return { weekdays };
  return { weekdays, busiest: { ...hours[busiest]!, txBytes: txBytes[busiest]!, rxBytes: rxBytes[busiest]! } };
}
