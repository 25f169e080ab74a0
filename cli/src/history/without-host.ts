// Captured frames without an address: ARP, LLDP, damaged ones. Hosts and these are as many bytes as the protocols. Owns the difference.
import { type Filter, type FlowSums, queryBy } from '@kaipo/core/query/history.js';
import type { TimeRange } from '@kaipo/core/query/time-range.js';
import type { Store } from '@kaipo/core/store/store.js';

/** `hosts`: the sums of all hosts of the same period and filter. Undefined: there were none. */
export function withoutHost(store: Store, range: TimeRange, filter: Filter, hosts: FlowSums): FlowSums | undefined {
  const { total } = queryBy(store, 'protocol', range, { limit: 1, filter });
  const rest = (field: keyof FlowSums): number => Math.max(0, total[field] - hosts[field]);
  const sums = {
    txBytes: rest('txBytes'),
    rxBytes: rest('rxBytes'),
    txPackets: rest('txPackets'),
    rxPackets: rest('rxPackets'),
    flows: rest('flows'),
  };
  return sums.txBytes + sums.rxBytes > 0 ? sums : undefined;
}
