// What the flows of a subject add up to: with whom, for whom, over what, and who had the latest. One pass over the log.
// Must not know lmdb. Bound: MAX_READ flows looked at, MAX_KEYS names of a kind; what comes after those is not among the largest.
import type { FlowOwner, FlowRecord } from '../api/events.js';
import type { Store } from '../store/store.js';
import type { FlowSums } from './history-answers.js';
import type { TimeRange } from './time-range.js';
import type { WhyRow, WhySubject } from './why-answers.js';

const MAX_READ = 500_000;
const MAX_KEYS = 65_536;

export interface FlowDigest {
  readonly totals: FlowSums;
  readonly hosts: readonly WhyRow[];
  readonly apps: readonly WhyRow[];
  readonly protocols: readonly WhyRow[];
  readonly owner?: FlowOwner & { readonly atUs: number };
  /** Start of the first of them. */
  readonly firstUs?: number;
  readonly flows: number;
  readonly more: boolean;
}

/** `shown`: the largest of each kind. `besides`: only flows that are this too. */
export function queryFlowDigest(
  store: Store,
  subject: WhySubject,
  { fromUs, toUs }: TimeRange,
  shown: number,
  besides: (flow: FlowRecord) => boolean = () => true,
): FlowDigest {
  const fits = flowTest(subject);
  const [hosts, apps, protocols] = [new LargestOf(), new LargestOf(), new LargestOf()];
  const totals = { txBytes: 0, rxBytes: 0, txPackets: 0, rxPackets: 0, flows: 0 };
  let latest: FlowRecord | undefined;
  let firstUs: number | undefined;
  const more = store.view((view) =>
    view.readFlows(fromUs, toUs, MAX_READ, (flow) => {
      if (!fits(flow) || !besides(flow)) return;
      const { owner, localSide, client, server, serverName } = flow;
      const [local, remote] = localSide === 'server' ? [server, client] : [client, server];
      totals.txBytes += local.bytes;
      totals.rxBytes += remote.bytes;
      totals.txPackets += local.packets;
      totals.rxPackets += remote.packets;
      totals.flows += 1;
      hosts.add(remote.ip, local.bytes, remote.bytes, remote === server ? serverName : undefined);
      apps.add(owner?.app ?? 'unknown', local.bytes, remote.bytes);
      protocols.add(flow.protocol ?? flow.transport, local.bytes, remote.bytes);
      if (firstUs === undefined || flow.startUs < firstUs) firstUs = flow.startUs;
      if (owner !== undefined && (latest === undefined || flow.endUs > latest.endUs)) latest = flow;
    }),
  );
  return {
    totals,
    hosts: hosts.rows(shown),
    apps: apps.rows(shown),
    protocols: protocols.rows(shown),
    ...(latest?.owner !== undefined && { owner: { ...latest.owner, atUs: latest.endUs } }),
    ...(firstUs !== undefined && { firstUs }),
    flows: totals.flows,
    more,
  };
}

/** A flow itself is explained by the flows of its application to its server; without an owner by all to its server. */
function flowTest(subject: WhySubject): (flow: FlowRecord) => boolean {
  if (subject.kind === 'app') return ({ owner }) => owner?.app === subject.app;
  if (subject.kind === 'process') return ({ owner }) => owner?.pid === subject.pid && owner.app === subject.app;
  if (subject.kind === 'flow') {
    const { owner, server } = subject.flow;
    return (flow) => flow.server.ip === server.ip && flow.owner?.app === owner?.app;
  }
  const ips = new Set(subject.ips);
  const { name } = subject;
  return ({ client, server, serverName }) => {
    if (!ips.has(server.ip)) return ips.has(client.ip);
    // An address may serve many names: flows that say theirs are only of this one.
    if (name === undefined || serverName === undefined) return true;
    const seen = serverName.toLowerCase();
    return seen === name || seen.endsWith(`.${name}`);
  };
}

class LargestOf {
  readonly #rows = new Map<string, { name: string; also?: string; txBytes: number; rxBytes: number; flows: number }>();

  /** Flows come newest first: the first name of an address is the last it was met by. */
  add(name: string, txBytes: number, rxBytes: number, also?: string): void {
    let row = this.#rows.get(name);
    if (row === undefined) {
      if (this.#rows.size >= MAX_KEYS) return;
      row = { name, txBytes: 0, rxBytes: 0, flows: 0 };
      this.#rows.set(name, row);
    }
    row.txBytes += txBytes;
    row.rxBytes += rxBytes;
    row.flows += 1;
    if (also !== undefined) row.also ??= also;
  }

  rows(limit: number): WhyRow[] {
    const bytes = ({ txBytes, rxBytes }: WhyRow): number => txBytes + rxBytes;
    return [...this.#rows.values()].sort((left, right) => bytes(right) - bytes(left)).slice(0, limit);
  }
}
