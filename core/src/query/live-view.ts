// What moved in an interval, by application, host, protocol and flow. Owns: the difference between two looks at the flow table.
// Must not know screens, stores or counters. Bounds: four numbers and
// the texts of its ends a live flow, MAX_ROWS names a kind, SHOWN rows a list.
import type { FlowOwner } from '../api/events.js';
import {
  FLOW_LIVE,
  SIDE_UNKNOWN,
  SUM_BYTES,
  SUM_FIRST_US,
  SUM_LAST_US,
  SUM_PACKETS,
  SUMS,
} from '../flow/flow-columns.js';
import type { FlowTable } from '../flow/flow-table.js';
import {
  flowAddressText,
  flowHasPorts,
  flowIdText,
  flowPort,
  flowProtocolNumber,
  transportLabel,
  transportName,
} from '../flow/flow-text.js';
import { LargestRows } from './largest-rows.js';
import type { LiveApp, LiveFlow, LiveHost, LiveProtocol } from './live-snapshot.js';
import { addTraffic, intervalBytes, type RunningRow, TrafficTable } from './traffic-table.js';

const MAX_ROWS = 4096;
/** Rows of one list of a snapshot. */
const SHOWN = 200;
/** Looks for the owner of a flow that has none yet: sockets that live on are found, the rest is not asked for again. */
const MAX_OWNER_LOOKUPS = 5;

/** What the view needs to know about flows besides the table; the engine has all of it. */
export interface LiveViewSource {
  readonly flows: FlowTable;
  protocolName(protocolId: number): string | undefined;
  serverName(flow: number): string | undefined;
  owner(flow: number): FlowOwner | undefined;
  setOwner(flow: number, owner: FlowOwner): void;
  nameOf(ip: string): string | undefined;
  interfaceName(interfaceId: number): string | undefined;
  isLocalAddress(ip: string): boolean;
  /** Asks the operating system; undefined when nobody is known to own it. */
  findOwner(
    transport: string,
    localIp: string,
    localPort: number,
    remoteIp: string,
    remotePort: number,
  ): FlowOwner | undefined;
}

/** The ends of a flow as this host sees them; text is made once a flow. */
interface FlowEnds {
  readonly localSide: number;
  readonly localIp: string;
  readonly remoteIp: string;
  readonly localPort: number | undefined;
  readonly remotePort: number | undefined;
  readonly transport: string;
}

/** Flows that began in the interval: unlike live ones they add up over time. */
interface Started {
  readonly flowsStarted: number;
}

/** Sums of one interval. `all…` hold every row that moved, the others what a screen can show. */
export interface LiveMovement {
  readonly apps: readonly LiveApp[];
  readonly hosts: readonly LiveHost[];
  readonly protocols: readonly LiveProtocol[];
  readonly flows: readonly LiveFlow[];
  readonly allApps: readonly (LiveApp & Started)[];
  readonly allHosts: readonly (LiveHost & Started)[];
  readonly allProtocols: readonly (LiveProtocol & Started)[];
  readonly attributedBytes: number;
}

export class LiveView {
  readonly #source: LiveViewSource;
  readonly #seen: Float64Array;
  readonly #lookups: Uint8Array;
  readonly #ends: (FlowEnds | undefined)[] = [];
  readonly #apps = new TrafficTable(MAX_ROWS);
  readonly #owners = new Map<string, FlowOwner>();
  readonly #hosts = new TrafficTable(MAX_ROWS);
  readonly #protocols = new TrafficTable(MAX_ROWS);
  #attributedBytes = 0;

  constructor(source: LiveViewSource) {
    this.#source = source;
    this.#seen = new Float64Array(source.flows.columns.capacity * 4);
    this.#lookups = new Uint8Array(source.flows.columns.capacity);
  }

  /** A flow has ended: counts what moved since the last look; its row may be used again. */
  flowEnded(flow: number): void {
    this.#settle(flow);
    this.#seen.fill(0, flow * 4, flow * 4 + 4);
    this.#lookups[flow] = 0;
    this.#ends[flow] = undefined;
  }

  /** Looks at all flows and begins a new interval. */
  take(): LiveMovement {
    const flows = this.#source.flows;
    const moving = new LargestRows(SHOWN);
    const moved = new Map<number, Moved>();
    for (let flow = 0; flow < flows.highWater; flow++) {
      if (flows.columns.state[flow] !== FLOW_LIVE) continue;
      const delta = this.#settle(flow);
      this.#countLive(flow);
      if (delta === undefined) continue;
      moving.offer(flow, delta.txBytes + delta.rxBytes);
      moved.set(flow, delta);
      if (moved.size > SHOWN * 16) keepOnly(moved, moving);
    }
    const top = moving.take();
    const rows = [...top, ...this.#resting(SHOWN - top.length, moved)].map((flow) =>
      this.#flowRow(flow, moved.get(flow)),
    );
    const movement = this.#movement(rows);
    for (const table of [this.#apps, this.#hosts, this.#protocols]) {
      table.prune();
      table.reset();
    }
    this.#attributedBytes = 0;
    if (this.#owners.size > MAX_ROWS) this.#forgetOwners();
    return movement;
  }

  /** Live flows that did not move, latest first: they fill the rows that moving ones leave. */
  #resting(count: number, moved: ReadonlyMap<number, Moved>): number[] {
    if (count <= 0) return [];
    const { columns, highWater } = this.#source.flows;
    const latest = new LargestRows(count);
    for (let flow = highWater - 1; flow >= 0; flow--) {
      if (columns.state[flow] !== FLOW_LIVE || moved.has(flow)) continue;
      latest.offer(flow, columns.sums[flow * SUMS + SUM_LAST_US]!);
    }
    return latest.take();
  }

  /** Adds what moved since the last look to the sums; undefined when nothing did. */
  #settle(flow: number): Moved | undefined {
    const columns = this.#source.flows.columns;
    const sums = flow * SUMS;
    const seen = flow * 4;
    const packetsA = columns.sums[sums + SUM_PACKETS]! - this.#seen[seen + 2]!;
    const packetsB = columns.sums[sums + SUM_PACKETS + 1]! - this.#seen[seen + 3]!;
    if (packetsA === 0 && packetsB === 0) return undefined;
    const isNew = this.#seen[seen + 2] === 0 && this.#seen[seen + 3] === 0;
    const bytesA = columns.sums[sums + SUM_BYTES]! - this.#seen[seen]!;
    const bytesB = columns.sums[sums + SUM_BYTES + 1]! - this.#seen[seen + 1]!;
    for (let i = 0; i < 4; i++) this.#seen[seen + i] = columns.sums[sums + i]!;
    const ends = this.#endsOf(flow);
    const moved =
      ends.localSide === 0
        ? { txBytes: bytesA, rxBytes: bytesB, txPackets: packetsA, rxPackets: packetsB, isNew }
        : { txBytes: bytesB, rxBytes: bytesA, txPackets: packetsB, rxPackets: packetsA, isNew };
    this.#add(this.#hosts.row(ends.remoteIp), moved);
    this.#add(this.#protocols.row(this.#protocolOf(flow, ends)), moved);
    const owner = this.#ownerOf(flow, ends);
    if (owner !== undefined) {
      this.#add(this.#apps.row(this.#ownerKey(owner)), moved);
      this.#attributedBytes += moved.txBytes + moved.rxBytes;
    }
    return moved;
  }

  #add(row: RunningRow, moved: Moved): void {
    addTraffic(row, moved.txBytes, moved.rxBytes, moved.txPackets, moved.rxPackets);
    if (moved.isNew) row.flowsStarted += 1;
  }

  #countLive(flow: number): void {
    const ends = this.#endsOf(flow);
    this.#hosts.row(ends.remoteIp).flows += 1;
    this.#protocols.row(this.#protocolOf(flow, ends)).flows += 1;
    const owner = this.#source.owner(flow);
    if (owner !== undefined) this.#apps.row(this.#ownerKey(owner)).flows += 1;
  }

  #protocolOf(flow: number, ends: FlowEnds): string {
    return this.#source.protocolName(this.#source.flows.columns.protocolId[flow]!) ?? transportLabel(ends.transport);
  }

  #ownerOf(flow: number, ends: FlowEnds): FlowOwner | undefined {
    const known = this.#source.owner(flow);
    if (known !== undefined || ends.localPort === undefined || ends.remotePort === undefined) return known;
    if (this.#lookups[flow]! >= MAX_OWNER_LOOKUPS) return undefined;
    this.#lookups[flow] = this.#lookups[flow]! + 1;
    const found = this.#source.findOwner(ends.transport, ends.localIp, ends.localPort, ends.remoteIp, ends.remotePort);
    if (found !== undefined) this.#source.setOwner(flow, found);
    return found;
  }

  /** Threads and helper processes of one application are one row: the name, who runs it, and where. */
  #ownerKey(owner: FlowOwner): string {
    const key = `${owner.app}\n${owner.user ?? ''}\n${owner.container ?? owner.unit ?? ''}`;
    if (!this.#owners.has(key)) this.#owners.set(key, owner);
    return key;
  }

  /** Owners whose row was merged into "other" need no name any more. */
  #forgetOwners(): void {
    for (const key of this.#owners.keys()) if (!this.#apps.has(key)) this.#owners.delete(key);
  }

  #endsOf(flow: number): FlowEnds {
    const known = this.#ends[flow];
    if (known !== undefined) return known;
    const columns = this.#source.flows.columns;
    const localSide = this.#localSideOf(flow);
    const hasPorts = flowHasPorts(columns, flow);
    const ends: FlowEnds = {
      localSide,
      localIp: flowAddressText(columns, flow, localSide),
      remoteIp: flowAddressText(columns, flow, 1 - localSide),
      localPort: hasPorts ? flowPort(columns, flow, localSide) : undefined,
      remotePort: hasPorts ? flowPort(columns, flow, 1 - localSide) : undefined,
      transport: transportName(flowProtocolNumber(columns, flow)),
    };
    this.#ends[flow] = ends;
    return ends;
  }

  /** By the direction of the first packet; else by our own addresses; else the client. */
  #localSideOf(flow: number): number {
    const columns = this.#source.flows.columns;
    const side = columns.localSide[flow]!;
    if (side !== SIDE_UNKNOWN) return side;
    const isA = this.#source.isLocalAddress(flowAddressText(columns, flow, 0));
    const isB = this.#source.isLocalAddress(flowAddressText(columns, flow, 1));
    return isA === isB ? columns.clientSide[flow]! : isA ? 0 : 1;
  }

  #flowRow(flow: number, moved: Moved | undefined): LiveFlow {
    const columns = this.#source.flows.columns;
    const ends = this.#endsOf(flow);
    const sums = flow * SUMS + SUM_BYTES;
    const protocol = this.#source.protocolName(columns.protocolId[flow]!);
    const serverName = this.#source.serverName(flow) ?? this.#source.nameOf(ends.remoteIp);
    const owner = this.#source.owner(flow);
    const interfaceName = this.#source.interfaceName(columns.interfaceId[flow]!);
    return {
      id: flowIdText(columns, flow),
      transport: ends.transport,
      local: { ip: ends.localIp, ...(ends.localPort === undefined ? {} : { port: ends.localPort }) },
      remote: { ip: ends.remoteIp, ...(ends.remotePort === undefined ? {} : { port: ends.remotePort }) },
      ...(interfaceName === undefined ? {} : { interface: interfaceName }),
      ...(protocol === undefined ? {} : { protocol }),
      ...(serverName === undefined ? {} : { serverName }),
      ...(owner === undefined ? {} : { app: owner.app }),
      startUs: columns.sums[flow * SUMS + SUM_FIRST_US]!,
      txBytes: moved?.txBytes ?? 0,
      rxBytes: moved?.rxBytes ?? 0,
      txPackets: moved?.txPackets ?? 0,
      rxPackets: moved?.rxPackets ?? 0,
      txBytesTotal: columns.sums[sums + ends.localSide]!,
      rxBytesTotal: columns.sums[sums + 1 - ends.localSide]!,
    };
  }

  #movement(flows: readonly LiveFlow[]): LiveMovement {
    const hosts = this.#hosts.sorted().map((row): LiveHost & Started => {
      const { name: ip, ...sums } = row;
      const name = this.#source.nameOf(ip);
      return { ip, ...(name === undefined ? {} : { name }), ...sums };
    });
    const protocols = this.#protocols.sorted().map((row): LiveProtocol & Started => ({ ...row }));
    const apps = this.#apps.sorted().map((row): LiveApp & Started => {
      const { name, ...sums } = row;
      return { ...(this.#owners.get(name) ?? { app: name, quality: 'unknown' }), ...sums };
    });
    return {
      flows,
      hosts: hosts.slice(0, SHOWN),
      protocols: protocols.slice(0, SHOWN),
      apps: apps.slice(0, SHOWN),
      allHosts: hosts.filter((row) => intervalBytes(row) > 0),
      allProtocols: protocols.filter((row) => intervalBytes(row) > 0),
      allApps: apps.filter((row) => intervalBytes(row) > 0),
      attributedBytes: this.#attributedBytes,
    };
  }
}

interface Moved {
  /** First packets of the flow. */
  readonly isNew: boolean;
  readonly txBytes: number;
  readonly rxBytes: number;
  readonly txPackets: number;
  readonly rxPackets: number;
}

/** Forgets the details of flows that can no longer be among the largest. */
function keepOnly(moved: Map<number, Moved>, largest: LargestRows): void {
  const kept = new Set(largest.take());
  for (const [flow, delta] of moved) {
    if (kept.has(flow)) largest.offer(flow, delta.txBytes + delta.rxBytes);
    else moved.delete(flow);
  }
}
