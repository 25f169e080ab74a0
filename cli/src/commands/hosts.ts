// `kaipo hosts`: with which remote hosts, under the names that were seen for them, and in which zone they are.
import { ZONES, type Zone } from '@kaipo/core/kernel/traffic-words.js';
import { queryBy, queryHostNames, queryTotals } from '@kaipo/core/query/history.js';
import { askRows, type RowOptions } from '../history/asked-rows.js';
import {
  answerFromHistory,
  askedOr,
  type HistoryAnswer,
  type HistoryContext,
  type HistoryOptions,
} from '../history/history-context.js';
import { rowsAnswer } from '../history/rows-answer.js';
import { withoutHost } from '../history/without-host.js';

const MAX_HOSTS = 262_144;

export function runHosts(options: HistoryOptions & RowOptions): Promise<number> {
  return answerFromHistory(options, askedOr('last 24 hours'), (context) => hostsAnswer(context, options));
}

export function hostsAnswer(context: HistoryContext, options: RowOptions): HistoryAnswer {
  const { store, range, filter } = context;
  const names = queryHostNames(store, range);
  const zones = zonesOfHosts(context);
  const rows = askRows(context, 'host', options);
  const nameless = options.name === undefined ? withoutHost(store, range, filter, rows.total) : undefined;
  return rowsAnswer(context, {
    command: 'hosts',
    type: 'host',
    title: 'Host',
    totals: queryTotals(store, range, filter),
    rows,
    ...(nameless !== undefined && { nameless }),
    identity: ({ name: ip }) => ({
      host: ip,
      ...(names.has(ip) && { name: names.get(ip) }),
      ...(zones.has(ip) && { zone: zones.get(ip) }),
    }),
    csvFields: ['host', 'name', 'zone'],
    columns: [
      { title: '', shrinksTo: 15 },
      { title: 'Name', shrinksTo: 16, drop: 6 },
      { title: 'Zone', drop: 1 },
    ],
    cells: ({ name: ip }) => [ip, names.get(ip) ?? '', zones.get(ip) ?? ''],
  });
}

/** As it was recorded: what was local on that day. */
function zonesOfHosts({ store, range, filter }: HistoryContext): ReadonlyMap<string, Zone> {
  const zones = new Map<string, Zone>();
  for (const zone of filter.zone === undefined ? ZONES : [filter.zone]) {
    const { rows } = queryBy(store, 'host', range, { limit: MAX_HOSTS, filter: { ...filter, zone } });
    for (const { name } of rows) zones.set(name, zone);
  }
  return zones;
}
