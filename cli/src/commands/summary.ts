// `kaipo summary`: everything that was ever recorded: by month, the busiest day, the largest applications and hosts.
import { formatBytes } from '@kaipo/core/kernel/units.js';
import { type HistoryTotals, queryBy, queryNamesOf, queryPeriods, queryTotals } from '@kaipo/core/query/history.js';
import { localText, type TimeRange } from '@kaipo/core/query/time-range.js';
import { stepsOf } from '@kaipo/core/query/time-steps.js';
import { heading } from '../history/answer-head.js';
import { fittedTable } from '../history/fitted-table.js';
import {
  answerFromHistory,
  type HistoryAnswer,
  type HistoryContext,
  type HistoryOptions,
  type PeriodOf,
} from '../history/history-context.js';
import { isRecorded } from '../history/period-notes.js';
import { stepsAnswer } from '../history/steps-answer.js';
import { secondsOf, usageCells, usageFields } from '../history/usage-fields.js';
import { stepName } from '../report/report-steps.js';

const MAX_MONTHS = 24;
const TOP = 5;
const US_PER_S = 1_000_000;
/** Capture files may carry impossible times: steps are made of this much of the past and the future alone. */
const STEPS_PAST_US = 60 * 366 * 86_400 * US_PER_S;
const STEPS_AHEAD_US = 86_400 * US_PER_S;

/** From the first second with data until now, or until the last data where it lies ahead of the clock. */
export const lifetime: PeriodOf = (_, { firstUs, lastEndUs }, nowUs) => {
  const toUs = Math.max(nowUs, lastEndUs ?? 0);
  return { fromUs: firstUs ?? toUs - US_PER_S, toUs };
};

export function runSummary(options: HistoryOptions): Promise<number> {
  return answerFromHistory(options, lifetime, summaryAnswer);
}

export function summaryAnswer(context: HistoryContext): HistoryAnswer {
  const { store, range, filter, info } = context;
  const totals = queryTotals(store, range, filter);
  const near = nearPart(context);
  const months = [...stepsOf(near, 'month')];
  const unit = months.length > MAX_MONTHS ? 'year' : 'month';
  const steps = unit === 'month' ? months : [...stepsOf(near, 'year')];
  const sums = queryPeriods(store, steps, filter);
  const busiest = busiestDay(context);
  const apps = topRows(context, 'app');
  const hosts = topRows(context, 'host');
  return stepsAnswer(context, {
    command: 'summary',
    title: 'All time',
    stepWord: unit,
    stepTitle: unit === 'month' ? 'Month' : 'Year',
    totals,
    steps: sums.some(isRecorded)
      ? steps.map((step, index) => ({ label: stepName(step.fromUs, unit), range: step, totals: sums[index]! }))
      : [],
    fields: {
      ...(info.firstUs !== undefined && { firstTs: secondsOf(info.firstUs) }),
      ...(info.lastEndUs !== undefined && { lastTs: secondsOf(info.lastEndUs) }),
      ...(busiest !== undefined && {
        busiestDay: { date: localText(busiest.day.fromUs).slice(0, 10), ...usageFields(busiest.totals) },
      }),
    },
    lists: { apps: apps.map(({ fields }) => fields), hosts: hosts.map(({ fields }) => fields) },
    records: [
      ...apps.map(({ fields }) => ({ type: 'app', ...fields })),
      ...hosts.map(({ fields }) => ({ type: 'host', ...fields })),
    ],
    lines:
      busiest === undefined
        ? []
        : [
            [
              'Busiest day',
              formatBytes(busiest.totals.txBytes + busiest.totals.rxBytes),
              localText(busiest.day.fromUs).slice(0, 10),
            ],
          ],
    after: topTable('Application', apps, context) + topTable('Host', hosts, context),
  });
}

function nearPart({ range, nowUs }: HistoryContext): TimeRange {
  return {
    fromUs: Math.max(range.fromUs, nowUs - STEPS_PAST_US),
    toUs: Math.min(range.toUs, nowUs + STEPS_AHEAD_US),
  };
}

function busiestDay(context: HistoryContext): { day: TimeRange; totals: HistoryTotals } | undefined {
  const { store, filter } = context;
  const days = [...stepsOf(nearPart(context), 'day')];
  let busiest: { day: TimeRange; totals: HistoryTotals } | undefined;
  for (const [index, totals] of queryPeriods(store, days, filter).entries()) {
    const bytes = totals.txBytes + totals.rxBytes;
    if (bytes > (busiest === undefined ? 0 : busiest.totals.txBytes + busiest.totals.rxBytes)) {
      busiest = { day: days[index]!, totals };
    }
  }
  return busiest;
}

interface TopRow {
  readonly label: string;
  readonly fields: object;
  readonly cells: readonly string[];
}

function topRows({ store, range, filter }: HistoryContext, kind: 'app' | 'host'): TopRow[] {
  const { rows } = queryBy(store, kind, range, { limit: TOP, filter });
  const names =
    kind === 'host' && rows.length > 0
      ? queryNamesOf(
          store,
          range,
          rows.map(({ name }) => name),
        )
      : undefined;
  return rows.map((row) => {
    const name = names?.get(row.name);
    return {
      label: name === undefined ? row.name : `${name} (${row.name})`,
      fields: { [kind]: row.name, ...(name !== undefined && { name }), ...usageFields(row) },
      cells: usageCells(row),
    };
  });
}

function topTable(title: string, rows: readonly TopRow[], { width, color }: HistoryContext): string {
  if (rows.length === 0) return '';
  const table = fittedTable(
    [
      { title: '', shrinksTo: 20 },
      { title: 'Received', align: 'right', drop: 1 },
      { title: 'Sent', align: 'right', drop: 2 },
      { title: 'Total', align: 'right' },
    ],
    rows.map(({ label, cells }) => [label, ...cells]),
    width,
  );
  return `\n${heading(`Largest ${title.toLowerCase()}s`, color)}\n${table}`;
}
