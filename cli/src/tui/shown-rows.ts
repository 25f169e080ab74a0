// The rows of one picture: what of a snapshot fits the filter. Owns: that every pane shows the same part of the traffic. Must not know:
// columns, order. Bound: that of the snapshot and of the memory; remembered for the snapshot it was made of.
import type { AlertRaised, DnsAnswered, DnsAsked } from '@kaipo/core/api/events.js';
import { type FilteredRows, filteredRows } from '@kaipo/core/query/filter/live-filter.js';
import type { TrafficFilter } from '@kaipo/core/query/filter/traffic-filter.js';
import type { LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import type { LiveMemory } from './live-memory.js';

/** `dns` and `alerts`: newest first, as far back as the screen remembers. */
export interface ShownRows
  extends Pick<FilteredRows, 'apps' | 'flows' | 'hosts' | 'protocols' | 'interfaces' | 'dns' | 'alerts'> {
  readonly processes?: FilteredRows['processes'] | undefined;
  readonly isFiltered: boolean;
}

const made = new WeakMap<LiveSnapshot, { readonly filter: TrafficFilter | undefined; readonly rows: ShownRows }>();

export function shownRows(snapshot: LiveSnapshot, memory: LiveMemory, filter: TrafficFilter | undefined): ShownRows {
  const known = made.get(snapshot);
  if (known !== undefined && known.filter === filter) return known.rows;
  const whole = { ...snapshot, dns: namesUntil(snapshot, memory), alerts: alertsUntil(snapshot, memory) };
  const rows =
    filter === undefined || filter.text.trim() === ''
      ? { ...whole, isFiltered: false }
      : new FilteredShown(filteredRows(whole, filter), snapshot.processes !== undefined);
  made.set(snapshot, { filter, rows });
  return rows;
}

/** A list is looked through when a pane shows it. */
class FilteredShown implements ShownRows {
  readonly isFiltered = true;
  readonly #rows: FilteredRows;
  readonly #hasProcesses: boolean;

  constructor(rows: FilteredRows, hasProcesses: boolean) {
    this.#rows = rows;
    this.#hasProcesses = hasProcesses;
  }

  get apps() {
    return this.#rows.apps;
  }
  get processes() {
    return this.#hasProcesses ? this.#rows.processes : undefined;
  }
  get flows() {
    return this.#rows.flows;
  }
  get hosts() {
    return this.#rows.hosts;
  }
  get protocols() {
    return this.#rows.protocols;
  }
  get interfaces() {
    return this.#rows.interfaces;
  }
  get dns() {
    return this.#rows.dns;
  }
  get alerts() {
    return this.#rows.alerts;
  }
}

/** A paused picture does not learn what came later. */
const namesUntil = ({ tsUs }: LiveSnapshot, { dns }: LiveMemory): (DnsAsked | DnsAnswered)[] =>
  dns.filter((row) => row.tsUs <= tsUs).reverse();

const alertsUntil = ({ tsUs }: LiveSnapshot, { alerts }: LiveMemory): AlertRaised[] =>
  alerts.filter((row) => row.tsUs <= tsUs).reverse();
