// Which interfaces of a period add to its totals: every byte is counted once, so a VPN, a bridge or loopback does not. The store
// keeps the sums, not the choice; owns finding it again. Must not know where rows come from. Bound: MOST_SEARCHED interfaces.
import type { SeriesSums } from '../api/interval-record.js';
import type { SeriesName } from '../store/series-kind.js';

/** 4,096 sets of interfaces are tried at most. */
const MOST_SEARCHED = 12;

type Row = Pick<SeriesName, 'name' | 'class'> & SeriesSums;

/**
 * The rows that add up to `totals` in bytes and packets of both directions, by name. Undefined when it cannot be told: the choice
 * changed within the period, or two sets fit.
 */
export function countedRows(rows: readonly Row[], totals: SeriesSums): ReadonlySet<string> | undefined {
  const moving = rows.filter((row) => row.txBytes + row.rxBytes + row.txPackets + row.rxPackets > 0);
  // What is chosen almost always, and right where a bond and its only port have the same sums.
  for (const fits of [(row: Row) => row.class === 'physical', () => true]) {
    const chosen = moving.filter(fits);
    if (chosen.length > 0 && isSum(chosen, totals)) return namesOf(chosen);
  }
  if (moving.length > MOST_SEARCHED) return undefined;
  let found: Row[] | undefined;
  for (let set = 1; set < 1 << moving.length; set += 1) {
    const chosen = moving.filter((_, index) => (set & (1 << index)) !== 0);
    if (!isSum(chosen, totals)) continue;
    if (found !== undefined) return undefined;
    found = chosen;
  }
  return found && namesOf(found);
}

function isSum(rows: readonly SeriesSums[], totals: SeriesSums): boolean {
  const sum = (field: keyof SeriesSums): number => rows.reduce((bytes, row) => bytes + row[field], 0);
  return (['txBytes', 'rxBytes', 'txPackets', 'rxPackets'] as const).every((field) => sum(field) === totals[field]);
}

const namesOf = (rows: readonly Row[]): ReadonlySet<string> => new Set(rows.map(({ name }) => name));
