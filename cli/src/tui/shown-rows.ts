// The rows of one picture: what of a snapshot fits the filter. Owns: that every pane shows the same part of the traffic. Must not know:
// columns, order. Bound: that of the snapshot; remembered for the snapshot it was made of.
import type { AlertRaised, DnsAnswered, DnsAsked } from '@kaipo/core/api/events.js';
import type { TrafficFilter } from '@kaipo/core/query/filter/traffic-filter.js';
import type { LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import type { LiveMemory } from './live-memory.js';

export interface ShownRows
  extends Pick<LiveSnapshot, 'apps' | 'processes' | 'flows' | 'hosts' | 'protocols' | 'interfaces'> {
  /** Newest first. */
  readonly dns: readonly (DnsAsked | DnsAnswered)[];
  readonly alerts: readonly AlertRaised[];
  readonly isFiltered: boolean;
}

const made = new WeakMap<LiveSnapshot, { readonly filter: TrafficFilter | undefined; readonly rows: ShownRows }>();

export function shownRows(snapshot: LiveSnapshot, memory: LiveMemory, filter: TrafficFilter | undefined): ShownRows {
  const known = made.get(snapshot);
  if (known !== undefined && known.filter === filter) return known.rows;
  const rows = {
    ...snapshot,
    dns: namesUntil(snapshot, memory),
    alerts: alertsUntil(snapshot, memory),
    isFiltered: false,
  };
  made.set(snapshot, { filter, rows });
  return rows;
}

/** A paused picture does not learn what came later. */
const namesUntil = ({ tsUs }: LiveSnapshot, { dns }: LiveMemory): (DnsAsked | DnsAnswered)[] =>
  dns.filter((row) => row.tsUs <= tsUs).reverse();

const alertsUntil = ({ tsUs }: LiveSnapshot, { alerts }: LiveMemory): AlertRaised[] =>
  alerts.filter((row) => row.tsUs <= tsUs).reverse();
