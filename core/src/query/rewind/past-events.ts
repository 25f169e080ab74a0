// Flows that were alive in a past interval, and names that were known then. Must not know lmdb.
// Bounds: MAX_FLOWS ended flows and MAX_NAMES answers looked at, NAMES_BACK_US of names; SHOWN rows a list.
import type { DnsAnswered, FlowRecord } from '../../api/events.js';
import type { AnsweredName } from '../../store/flow-rows.js';
import type { StoreView } from '../../store/store.js';
import type { LiveFlow } from '../live-snapshot.js';
import type { TimeRange } from '../time-range.js';

const MAX_FLOWS = 4000;
const MAX_NAMES = 2000;
const SHOWN = 200;
const MINUTE_US = 60_000_000;
const NAMES_BACK_US = 60 * MINUTE_US;
/** Like the live list, the names of a picture reach back a little. */
const SHOWN_BACK_US = 10 * MINUTE_US;
/** Where an interval begins and ends is known to a second, and a flow may be counted in the next one. */
const EDGE_US = 2_000_000;

export interface AliveFlows {
  readonly flows: readonly FlowRecord[];
  /** Those that ended at this time or later may be missing. */
  readonly untilUs: number;
}

/** Ended flows that overlap [fromUs, toUs). A flow is kept under the minute of its last packet: later minutes are looked at in turn. */
export function aliveFlows(view: StoreView, { fromUs, toUs }: TimeRange): AliveFlows {
  const flows: FlowRecord[] = [];
  const endUs = (view.recorded().lastEndUs ?? 0) + MINUTE_US;
  let looked = 0;
  let lengthUs = MINUTE_US;
  let atUs = fromUs;
  while (atUs < endUs) {
    // Whole minutes, so that none is read twice.
    const nextUs = Math.ceil((atUs + lengthUs) / MINUTE_US) * MINUTE_US;
    const more = view.readFlows(atUs, nextUs, MAX_FLOWS - looked, (flow) => {
      looked += 1;
      if (flow.startUs < toUs) flows.push(flow);
    });
    if (more) break;
    atUs = nextUs;
    lengthUs *= 2;
  }
  return { flows, untilUs: atUs };
}

/** Rows of a picture, the largest first. */
export function pastFlows(flows: readonly FlowRecord[], interval: TimeRange): LiveFlow[] {
  return flows
    .toSorted((left, right) => bytesOf(right) - bytesOf(left))
    .slice(0, SHOWN)
    .map((flow) => pastFlow(flow, interval));
}

function pastFlow(flow: FlowRecord, { fromUs, toUs }: TimeRange): LiveFlow {
  const [local, remote] = flow.localSide === 'server' ? [flow.server, flow.client] : [flow.client, flow.server];
  const isWithin = flow.startUs >= fromUs + EDGE_US && flow.endUs < toUs - EDGE_US;
  const moved = (count: number): number => (isWithin ? count : 0);
  const app = flow.owner?.app;
  return {
    id: flow.id,
    transport: flow.transport,
    local: { ip: local.ip, ...(local.port !== undefined && { port: local.port }) },
    remote: { ip: remote.ip, ...(remote.port !== undefined && { port: remote.port }) },
    ...(flow.interface !== undefined && { interface: flow.interface }),
    ...(flow.protocol !== undefined && { protocol: flow.protocol }),
    ...(flow.serverName !== undefined && { serverName: flow.serverName }),
    ...(app !== undefined && { app }),
    startUs: flow.startUs,
    ...(!isWithin && { movedUnknown: true as const }),
    txBytes: moved(local.bytes),
    rxBytes: moved(remote.bytes),
    txPackets: moved(local.packets),
    rxPackets: moved(remote.packets),
    txBytesTotal: local.bytes,
    rxBytesTotal: remote.bytes,
  };
}

export interface NamesThen {
  /** Newest last. Of an answer the store keeps no server, number and protocol: the first is empty, the others are those of plain DNS. */
  readonly dns: readonly DnsAnswered[];
  /** By address: what was answered for it last, before the end of the interval. */
  readonly names: ReadonlyMap<string, string>;
}

export function namesThen(view: StoreView, { fromUs, toUs }: TimeRange): NamesThen {
  const answered: AnsweredName[] = [];
  view.readNames(Math.min(fromUs, toUs - NAMES_BACK_US), toUs, MAX_NAMES, (name) => answered.push(name));
  answered.sort((left, right) => left.tsUs - right.tsUs);
  const names = new Map<string, string>();
  for (const { answers, name } of answered) for (const answer of answers) names.set(answer, name);
  const shownFromUs = Math.min(fromUs, toUs - SHOWN_BACK_US);
  const dns = answered.filter(({ tsUs }) => tsUs >= shownFromUs).slice(-SHOWN);
  return { dns: dns.map(asAnswered), names };
}

function asAnswered({ tsUs, name, qtype, rcode, client, answers }: AnsweredName): DnsAnswered {
  const unknown = { server: { ip: '' }, id: 0, protocol: 'dns' };
  return { kind: 'dns.answered', tsUs, client: { ip: client }, ...unknown, name, qtype, rcode, answers };
}

const bytesOf = ({ client, server }: FlowRecord): number => client.bytes + server.bytes;
