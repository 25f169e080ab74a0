// A filter put to a snapshot: which rows of each list fit. Owns: what is asked of the flows of a row where the row itself cannot tell
// (`app:firefox` of a host: does firefox talk to it?). Answers are kept with the snapshot, so that a picture may ask as often as it likes.
// Must not know panes. Bound: that of the snapshot's lists; a list is looked through when it is asked for.
import { transportLabel } from '../../flow/flow-text.js';
import type { LiveFlow, LiveSnapshot } from '../live-snapshot.js';
import { appKeyOf, ownerKey } from '../owner-key.js';
import { fieldNamed } from './filter-fields.js';
import {
  type InInterval,
  LIVE_ALERT_FIELDS,
  LIVE_APP_FIELDS,
  LIVE_DNS_FIELDS,
  LIVE_FLOW_FIELDS,
  LIVE_HOST_FIELDS,
  LIVE_INTERFACE_FIELDS,
  LIVE_PROCESS_FIELDS,
  LIVE_PROTOCOL_FIELDS,
} from './live-row-fields.js';
import type { FieldReaders, TrafficFilter } from './traffic-filter.js';

/** Rows that fit, in the order they had. */
export type FilteredRows = Required<
  Pick<LiveSnapshot, 'flows' | 'apps' | 'processes' | 'hosts' | 'protocols' | 'interfaces' | 'dns' | 'alerts'>
>;

const kept = new WeakMap<LiveSnapshot, WeakMap<TrafficFilter, FilteredRows>>();

/** The same answer to the same question. */
export function filteredRows(snapshot: LiveSnapshot, filter: TrafficFilter): FilteredRows {
  let ofSnapshot = kept.get(snapshot);
  if (ofSnapshot === undefined) {
    ofSnapshot = new WeakMap();
    kept.set(snapshot, ofSnapshot);
  }
  let rows = ofSnapshot.get(filter);
  if (rows === undefined) {
    rows =
      filter.text.trim() === '' ? { ...snapshot, processes: snapshot.processes ?? [] } : new Filtered(snapshot, filter);
    ofSnapshot.set(filter, rows);
  }
  return rows;
}

type Lists = { -readonly [Name in keyof FilteredRows]?: FilteredRows[Name] };

class Filtered implements FilteredRows {
  readonly #snapshot: LiveSnapshot;
  readonly #filter: TrafficFilter;
  readonly #lists: Lists = {};
  #ends: FlowKeys | undefined;

  constructor(snapshot: LiveSnapshot, filter: TrafficFilter) {
    this.#snapshot = snapshot;
    this.#filter = filter;
  }

  get flows(): FilteredRows['flows'] {
    this.#lists.flows ??= this.#fitting(this.#snapshot.flows, LIVE_FLOW_FIELDS);
    return this.#lists.flows;
  }

  get apps(): FilteredRows['apps'] {
    this.#lists.apps ??= this.#fitting(this.#snapshot.apps, LIVE_APP_FIELDS, (app) =>
      this.#keys.apps.has(ownerKey(app)),
    );
    return this.#lists.apps;
  }

  get processes(): FilteredRows['processes'] {
    this.#lists.processes ??= this.#fitting(this.#snapshot.processes ?? [], LIVE_PROCESS_FIELDS, (process) =>
      // Those that ended are one row of their application.
      process.pid === undefined ? this.#keys.apps.has(ownerKey(process)) : this.#keys.pids.has(process.pid),
    );
    return this.#lists.processes;
  }

  get hosts(): FilteredRows['hosts'] {
    this.#lists.hosts ??= this.#fitting(this.#snapshot.hosts, LIVE_HOST_FIELDS, ({ ip }) => this.#keys.remotes.has(ip));
    return this.#lists.hosts;
  }

  get protocols(): FilteredRows['protocols'] {
    this.#lists.protocols ??= this.#fitting(this.#snapshot.protocols, LIVE_PROTOCOL_FIELDS, ({ name }) =>
      this.#keys.protocols.has(name),
    );
    return this.#lists.protocols;
  }

  get interfaces(): FilteredRows['interfaces'] {
    this.#lists.interfaces ??= this.#fitting(this.#snapshot.interfaces, LIVE_INTERFACE_FIELDS, ({ name }) =>
      this.#keys.interfaces.has(name),
    );
    return this.#lists.interfaces;
  }

  get dns(): FilteredRows['dns'] {
    this.#lists.dns ??= this.#fitting(this.#snapshot.dns, LIVE_DNS_FIELDS, (event) => {
      const { names, remotes } = this.#keys;
      return names.has(event.name) || (event.kind === 'dns.answered' && event.answers.some((ip) => remotes.has(ip)));
    });
    return this.#lists.dns;
  }

  get alerts(): FilteredRows['alerts'] {
    this.#lists.alerts ??= this.#fitting(this.#snapshot.alerts, LIVE_ALERT_FIELDS, ({ subject }) => {
      const { appNames, locals, names, remotes } = this.#keys;
      return [appNames, locals, names, remotes].some((keys) => keys.has(subject));
    });
    return this.#lists.alerts;
  }

  /** What the flows that fit belong to. */
  get #keys(): FlowKeys {
    this.#ends ??= keysOf(this.flows);
    return this.#ends;
  }

  /**
   * `hasFlow`: does a flow of it fit? Asked of rows that cannot tell, and of rows that do not fit by their own texts, which are not all
   * there is (a host has one name here, and its flows may have others). A number they know is known: what is sums stays sums.
   */
  #fitting<Row>(
    rows: readonly Row[],
    readers: FieldReaders<InInterval<Row>>,
    hasFlow: (row: Row) => boolean = () => false,
  ): Row[] {
    const { tsUs, intervalUs } = this.#snapshot;
    const fits = this.#filter.over(readers);
    const areTexts = [...this.#filter.fields].every((name) => TEXTS.has(fieldNamed(name)?.kind ?? ''));
    const asked: InInterval<Row> = { row: rows[0]!, tsUs, intervalUs };
    return rows.filter((row) => {
      asked.row = row;
      const verdict = fits(asked);
      return verdict === true || ((verdict === undefined || areTexts) && hasFlow(row));
    });
  }
}

const TEXTS: ReadonlySet<string> = new Set(['text', 'word', 'host']);

interface FlowKeys {
  readonly apps: Set<string>;
  readonly appNames: Set<string>;
  readonly pids: Set<number>;
  readonly remotes: Set<string>;
  readonly locals: Set<string>;
  readonly names: Set<string>;
  readonly protocols: Set<string>;
  readonly interfaces: Set<string>;
}

function keysOf(flows: readonly LiveFlow[]): FlowKeys {
  const keys: FlowKeys = {
    apps: new Set(),
    appNames: new Set(),
    pids: new Set(),
    remotes: new Set(),
    locals: new Set(),
    names: new Set(),
    protocols: new Set(),
    interfaces: new Set(),
  };
  for (const flow of flows) {
    if (flow.app !== undefined) {
      keys.apps.add(appKeyOf(flow, flow.app));
      keys.appNames.add(flow.app);
    }
    if (flow.pid !== undefined) keys.pids.add(flow.pid);
    keys.remotes.add(flow.remote.ip);
    keys.locals.add(flow.local.ip);
    if (flow.serverName !== undefined) keys.names.add(flow.serverName);
    keys.protocols.add(flow.protocol ?? transportLabel(flow.transport));
    if (flow.interface !== undefined) keys.interfaces.add(flow.interface);
  }
  return keys;
}
