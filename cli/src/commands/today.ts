// `kaipo today`: the day so far, by hour and by interface.
import { queryBy, queryPeriods, queryTotals } from '@kaipo/core/query/history.js';
import { localDay, localText } from '@kaipo/core/query/time-range.js';
import { stepsOf } from '@kaipo/core/query/time-steps.js';
import {
  answerFromHistory,
  type HistoryAnswer,
  type HistoryContext,
  type HistoryOptions,
  type PeriodOf,
} from '../history/history-context.js';
import { countedInterfacesOf, interfaceRecord, interfacesTable } from '../history/interface-rows.js';
import { stepsAnswer } from '../history/steps-answer.js';

const HOUR_US = 3_600_000_000;
const MAX_INTERFACES = 64;

export const todayUntilNow: PeriodOf = (_, __, nowUs) => ({ fromUs: localDay(nowUs).fromUs, toUs: nowUs });

export function runToday(options: HistoryOptions): Promise<number> {
  return answerFromHistory(options, todayUntilNow, todayAnswer);
}

export function todayAnswer(context: HistoryContext): HistoryAnswer {
  const { store, range, filter } = context;
  const totals = queryTotals(store, range, filter);
  const hours = [...stepsOf(range, HOUR_US)];
  const sums = queryPeriods(store, hours, filter);
  const interfaces = queryBy(store, 'interface', range, { limit: MAX_INTERFACES, filter }).rows;
  const counted = countedInterfacesOf(context);
  const records = interfaces.map((row) => interfaceRecord(row, counted));
  return stepsAnswer(context, {
    command: 'today',
    title: 'Today',
    stepWord: 'hour',
    stepTitle: 'Hour',
    totals,
    steps: sums.some(({ intervals, caughtUpBytes }) => intervals + caughtUpBytes > 0)
      ? hours.map((hour, index) => ({ label: localText(hour.fromUs).slice(11, 16), range: hour, totals: sums[index]! }))
      : [],
    lists: { interfaces: records },
    records: records.map((row) => ({ type: 'interface', ...row })),
    after: interfaces.length === 0 ? '' : `\n${interfacesTable(interfaces, totals, counted, context.width)}`,
  });
}
