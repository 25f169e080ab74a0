// `kaipo zones`: how much stayed in this host, in the local networks, and how much went beyond them.
import { type FlowSums, queryTotals, queryZones } from '@kaipo/core/query/history.js';
import {
  answerFromHistory,
  askedOr,
  type HistoryAnswer,
  type HistoryContext,
  type HistoryOptions,
} from '../history/history-context.js';
import { rowsAnswer } from '../history/rows-answer.js';

export function runZones(options: HistoryOptions): Promise<number> {
  return answerFromHistory(options, askedOr('last 24 hours'), zonesAnswer);
}

/** Of what was captured: counters know no zones. */
export function zonesAnswer(context: HistoryContext): HistoryAnswer {
  const { store, range, filter } = context;
  const { zones, unzoned, total } = queryZones(store, range, filter);
  const row = (name: string, { txBytes, rxBytes, txPackets, rxPackets, flows }: FlowSums) => {
    return { name, txBytes, rxBytes, txPackets, rxPackets, flows };
  };
  return rowsAnswer(context, {
    command: 'zones',
    type: 'zone',
    title: 'Zone',
    totals: queryTotals(store, range, filter),
    rows: {
      rows: zones.map(({ zone, ...sums }) => row(zone, sums)),
      ...(unzoned !== undefined && { other: row('not told', unzoned) }),
      otherCount: 0,
      total: row('total', total),
    },
    identity: ({ name }) => ({ zone: name }),
    csvFields: ['zone'],
    columns: [{ title: '' }, { title: 'Which is', drop: 1, shrinksTo: 20 }],
    cells: ({ name }) => [name, MEANINGS[name] ?? ''],
  });
}

const MEANINGS: Readonly<Record<string, string>> = {
  host: 'this host to itself',
  lan: 'local networks, broadcast, multicast',
  internet: 'everything beyond them',
};
