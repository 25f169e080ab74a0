// `kaipo cost`: what a period costs by day. Owns options, columns and the hint when no price is set; the sums are
// core/src/query/cost.ts.
import type { KaipoConfig } from '@kaipo/core/config/kaipo-config.js';
import { wallClockUs } from '@kaipo/core/kernel/clock.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { EXIT_OK } from '@kaipo/core/kernel/exit-codes.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { formatBytes } from '@kaipo/core/kernel/units.js';
import { billingMonth, billingPeriod, localDays } from '@kaipo/core/query/billing-period.js';
import { costSteps, type Price, type TrafficCost } from '@kaipo/core/query/cost.js';
import { queryPeriods, queryTotals } from '@kaipo/core/query/history.js';
import { localText, parseRange, periodAsked, type TimeRange } from '@kaipo/core/query/time-range.js';
import type { Store } from '@kaipo/core/store/store.js';
import type { DataOptions } from '../command-line/command-line.js';
import { checkInterfaces } from '../history/check-interfaces.js';
import { openStoreOf } from '../history/open-history.js';
import { periodNotes } from '../history/period-notes.js';
import { alignedTable } from '../output/aligned-table.js';
import { type DataAnswer, writeAnswer } from '../output/data-output.js';
import { reportError } from '../output/report-error.js';
import { loadSettings } from '../settings/settings.js';

export interface CostOptions extends DataOptions {
  /** "last month", yesterday; else the bill that is running. */
  readonly period?: string;
  readonly from?: string;
  readonly to?: string;
  /** YYYY-MM: the bill that begins in it. */
  readonly month?: string;
  /** Empty: all that count. */
  readonly interfaces: readonly string[];
}

/** Ten years of days; a longer period is asked for in parts. */
const MAX_DAYS = 3660;
const US_PER_S = 1_000_000;

export async function runCost(options: CostOptions): Promise<number> {
  let store: Store | undefined;
  try {
    const { config } = await loadSettings(options);
    const price = priceOf(config);
    const nowUs = wallClockUs();
    const range = costPeriod(options, config, nowUs);
    store = await openStoreOf(config);
    checkInterfaces(store, options.interfaces);
    const periods = localDays(range, MAX_DAYS);
    const bytes = queryPeriods(store, periods, { interface: options.interfaces });
    const { steps, total } = costSteps(bytes, price);
    const days = periods.map((period, index): CostDay => {
      const { txBytes, rxBytes } = bytes[index]!;
      return { ...period, txBytes, rxBytes, cost: steps[index]! };
    });
    // A day without a byte costs nothing and fills a page.
    const moved = days.filter(({ txBytes, rxBytes }) => txBytes + rxBytes > 0);
    writeAnswer(answer(range, moved, total, price), options.format, options.output);
    // A bill of days that nobody recorded is too small: that has to be said.
    for (const note of periodNotes({ store, info: store.info(), range, nowUs }, queryTotals(store, range))) {
      process.stderr.write(`kaipo: ${safeText(note, 1024)}\n`);
    }
    return EXIT_OK;
  } catch (error) {
    return reportError(error);
  } finally {
    await store?.close();
  }
}

/** The price that is configured. Raises KAIPO_BAD_CONFIG with the command that sets one. */
export function priceOf({ cost: { ratePerGb, currency } }: KaipoConfig): Price {
  if (ratePerGb !== undefined) return { ratePerGb, currency };
  const fix = 'kaipo config set cost.rate_per_gb 7.50';
  throw new KaipoError('KAIPO_BAD_CONFIG', 'no price is set, so nothing has a cost', fix);
}

function costPeriod({ period, from, to, month }: CostOptions, { cost }: KaipoConfig, nowUs: number): TimeRange {
  if (period !== undefined) {
    if (month !== undefined) throw givenTwice();
    return inBounds(
      periodAsked({ period, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }, nowUs),
    );
  }
  if (month === undefined) {
    if (from !== undefined || to !== undefined) return inBounds(parseRange(from, to, nowUs));
    return { fromUs: billingPeriod('month', cost.billingDay, nowUs).fromUs, toUs: nowUs };
  }
  const parts = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month);
  if (parts === null) throw new KaipoError('KAIPO_USAGE', `"${month}" is not a month`, 'kaipo cost --month 2026-10');
  if (from !== undefined || to !== undefined) throw givenTwice();
  const bill = billingMonth(cost.billingDay, Number(parts[1]), Number(parts[2]) - 1);
  if (bill.fromUs >= nowUs) throw new KaipoError('KAIPO_USAGE', `the bill of ${month} has not begun`, 'kaipo cost');
  return { fromUs: bill.fromUs, toUs: Math.min(bill.toUs, nowUs) };
}

const givenTwice = (): KaipoError =>
  new KaipoError('KAIPO_USAGE', 'the period is given twice', 'give a period, or --month, or --from and --to');

function inBounds(range: TimeRange): TimeRange {
  if (range.toUs - range.fromUs <= MAX_DAYS * 86_400 * US_PER_S) return range;
  throw new KaipoError('KAIPO_USAGE', 'the period is longer than ten years', 'kaipo cost --from 2026-01-01');
}

interface CostDay extends TimeRange {
  readonly txBytes: number;
  readonly rxBytes: number;
  readonly cost: TrafficCost;
}

function answer(range: TimeRange, days: readonly CostDay[], total: TrafficCost, price: Price): DataAnswer {
  const sum = (field: 'txBytes' | 'rxBytes'): number => days.reduce((bytes, day) => bytes + day[field], 0);
  const whole = { txBytes: sum('txBytes'), rxBytes: sum('rxBytes'), cost: total };
  const { ratePerGb, currency } = price;
  const rows = days.map(({ fromUs, toUs, ...rest }) => ({ from: fromUs / US_PER_S, to: toUs / US_PER_S, ...rest }));
  const period = { from: range.fromUs / US_PER_S, to: range.toUs / US_PER_S };
  return {
    document: { schema: 'kaipo.cost/1', ...period, ratePerGb, currency, rows, total: whole },
    records: [
      ...rows.map((row) => ({ type: 'day', ...row })),
      { type: 'total', ...period, ratePerGb, currency, ...whole },
    ],
    csv: {
      columns: ['from', 'to', 'txBytes', 'rxBytes', 'sentCost', 'receivedCost', 'totalCost', 'currency'],
      rows: rows.map(({ from, to, txBytes, rxBytes, cost }) => [
        from,
        to,
        txBytes,
        rxBytes,
        cost.sent.cost,
        cost.received.cost,
        cost.total.cost,
        currency,
      ]),
    },
    table: () => costTable(range, days, whole, price),
  };
}

function costTable(
  range: TimeRange,
  days: readonly CostDay[],
  total: Pick<CostDay, 'txBytes' | 'rxBytes' | 'cost'>,
  { ratePerGb, currency }: Price,
): string {
  const cells = (name: string, { txBytes, rxBytes, cost }: typeof total): string[] => [
    name,
    formatBytes(rxBytes),
    formatBytes(txBytes),
    formatBytes(txBytes + rxBytes),
    cost.total.cost_formatted,
  ];
  const rows = [...days.map((day) => cells(localText(day.fromUs).slice(0, 10), day)), cells('Total', total)];
  const title = `Cost from ${localText(range.fromUs)} to ${localText(range.toUs)}, ${ratePerGb} ${currency} a GB`;
  return `${title}\n${alignedTable(['Day', 'Received', 'Sent', 'Total', 'Cost'], rows)}`;
}
