// Closed flows of a period, and the names of their addresses. Must not know lmdb.
// Bound: MAX_FLOWS_READ flows looked at, MAX_HOST_NAMES names.
import type { FlowRecord } from '../api/events.js';
import type { Store } from '../store/store.js';
import type { HistoryFlows } from './history-answers.js';
import type { TimeRange } from './time-range.js';

const MAX_FLOWS_READ = 500_000;
const MAX_HOST_NAMES = 50_000;

/** Closed flows of a period, largest first. */
export function queryFlows(
  store: Store,
  { fromUs, toUs }: TimeRange,
  { limit }: { readonly limit: number },
): HistoryFlows {
  const bytesOf = (flow: FlowRecord): number => flow.client.bytes + flow.server.bytes;
  let largest: FlowRecord[] = [];
  let count = 0;
  const trim = (): void => {
    largest.sort((left, right) => bytesOf(right) - bytesOf(left));
    largest = largest.slice(0, limit);
  };
  const more = store.view((view) =>
    view.readFlows(fromUs, toUs, MAX_FLOWS_READ, (flow) => {
      count += 1;
      largest.push(flow);
      if (largest.length >= limit * 2 + 1000) trim();
    }),
  );
  trim();
  return { flows: largest, count, more };
}

/** Names of addresses as the flows and the answered questions of a period tell them, newest first. */
export function queryHostNames(store: Store, { fromUs, toUs }: TimeRange): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const learn = (ip: string, name: string): void => {
    if (!names.has(ip) && names.size < MAX_HOST_NAMES) names.set(ip, name);
  };
  store.view((view) => {
    view.readFlows(fromUs, toUs, MAX_HOST_NAMES, (flow) => {
      if (flow.serverName !== undefined) learn(flow.server.ip, flow.serverName);
    });
    view.readNames(fromUs, toUs, MAX_HOST_NAMES, ({ name, answers }) => {
      for (const answer of answers) learn(answer, name);
    });
  });
  return names;
}
