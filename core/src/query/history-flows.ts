// Closed flows of a period. Must not know lmdb. Bound: MAX_FLOWS_READ flows looked at, twice the limit kept.
import type { FlowRecord } from '../api/events.js';
import type { Store } from '../store/store.js';
import { FLOW_RECORD_FIELDS } from './filter/flow-record-fields.js';
import { flowZone } from './flow-zone.js';
import type { FlowSortKey, FlowsQuestion, HistoryFlows } from './history-answers.js';
import { interfacesOf, nameFilter } from './history-filter.js';
import type { TimeRange } from './time-range.js';

const MAX_FLOWS_READ = 500_000;

/** Closed flows of a period, largest first unless asked otherwise. */
export function queryFlows(store: Store, { fromUs, toUs }: TimeRange, question: FlowsQuestion): HistoryFlows {
  const { limit, sort = 'bytes' } = question;
  const fits = flowFilter(question);
  const order = ORDER[sort];
  let best: FlowRecord[] = [];
  let count = 0;
  /** The last of the best so far: what comes behind it is not even remembered. */
  let last: FlowRecord | undefined;
  const trim = (): void => {
    best = best.sort(order).slice(0, limit);
    last = best.length < limit ? undefined : best.at(-1);
  };
  const keep = (flow: FlowRecord): void => {
    if (last !== undefined && order(last, flow) <= 0) return;
    best.push(flow);
    if (best.length >= limit * 2 + 1000) trim();
  };
  const more = store.view((view) => {
    if (fits === undefined && sort === 'bytes') {
      // Of most flows nothing but their bytes is looked at.
      return view.readFlows(fromUs, toUs, MAX_FLOWS_READ, keep, (bytes) => {
        count += 1;
        return last === undefined || bytes > bytesOf(last);
      });
    }
    return view.readFlows(fromUs, toUs, MAX_FLOWS_READ, (flow) => {
      if (fits?.(flow) === false) return;
      count += 1;
      keep(flow);
    });
  });
  trim();
  return { flows: best, count, more };
}

const bytesOf = ({ client, server }: FlowRecord): number => client.bytes + server.bytes;
const packetsOf = ({ client, server }: FlowRecord): number => client.packets + server.packets;

const ORDER: Readonly<Record<FlowSortKey, (left: FlowRecord, right: FlowRecord) => number>> = {
  bytes: (left, right) => bytesOf(right) - bytesOf(left),
  packets: (left, right) => packetsOf(right) - packetsOf(left),
  duration: (left, right) => right.endUs - right.startUs - left.endUs + left.startUs,
  start: (left, right) => left.startUs - right.startUs,
  end: (left, right) => right.endUs - left.endUs,
};

/** Undefined: every flow fits. */
function flowFilter(question: FlowsQuestion): ((flow: FlowRecord) => boolean) | undefined {
  const interfaces = interfacesOf(question);
  const app = nameFilter(question.app);
  const serverName = nameFilter(question.host);
  const { host, zone } = question;
  const protocol = question.protocol?.toLowerCase();
  const fits = question.fits?.over(FLOW_RECORD_FIELDS);
  if ([interfaces, app, serverName, host, zone, protocol, fits].every((part) => part === undefined)) return undefined;
  return (flow) =>
    (interfaces === undefined || (flow.interface !== undefined && interfaces.has(flow.interface))) &&
    (protocol === undefined || flow.protocol?.toLowerCase() === protocol || flow.transport === protocol) &&
    (app === undefined || app([flow.owner?.app, flow.application])) &&
    (serverName === undefined || flow.client.ip === host || flow.server.ip === host || serverName([flow.serverName])) &&
    (zone === undefined || flowZone(flow) === zone) &&
    (fits === undefined || fits(flow) === true);
}
