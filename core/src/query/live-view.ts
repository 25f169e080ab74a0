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
import { flowIdText, transportLabel } from '../flow/flow-text.js';
import type { BookReason, Zone } from '../kernel/traffic-words.js';
import type { OwnerQuestion } from '../owners/socket-owners.js';
import type { AppSums, NamedSums } from '../store/interval-record.js';
import { type AddressKnowledge, type FlowEnds, flowEnds } from './flow-ends.js';
import { LargestRows } from './largest-rows.js';
import { type Correction, LateOwners } from './late-owners.js';
import { LiveProcesses } from './live-processes.js';
import type { LiveApp, LiveFlow, LiveHost, LiveProcess, LiveProtocol } from './live-snapshot.js';
import { ownerKey, withoutProcess } from './owner-key.js';
import { partNumber, partOfNumber } from './traffic-part.js';
import { addTraffic, type Movement, type RowPart, type RunningRow, TrafficTable } from './traffic-table.js';

const MAX_ROWS = 4096;
/** Rows of one list of a snapshot. */
const SHOWN = 200;
/** Looks for the owner of a flow that has none yet: sockets that live on are found, the rest is not asked for again. */
const MAX_OWNER_LOOKUPS = 5;
/** What is known of a socket may come so much later than its first packets: until then they belong to the next interval. */
const OWNER_PATIENCE_US = 250_000;

/** Visits what belongs to no flow. `zone`: undefined when nobody can tell. */
export type StrayVisitor = (
  interfaceId: number,
  protocol: string,
  zone: Zone | undefined,
  isSent: boolean,
  packets: number,
  bytes: number,
) => void;

/** What the view needs to know about flows besides the table; the engine has all of it. */
export interface LiveViewSource extends AddressKnowledge {
  readonly flows: FlowTable;
  protocolName(protocolId: number): string | undefined;
  serverName(flow: number): string | undefined;
  owner(flow: number): FlowOwner | undefined;
  setOwner(flow: number, owner: FlowOwner): void;
  nameOf(ip: string): string | undefined;
  interfaceName(interfaceId: number): string | undefined;
  /** Frames without a flow since the last call. */
  takeStrays(visit: StrayVisitor): void;
  /** Asks the operating system; the reason when nobody is known to own it. */
  findOwner(question: OwnerQuestion): FlowOwner | BookReason;
  /** Absent: nobody can tell, and every process runs. */
  isRunning?(owner: FlowOwner): boolean;
}

/** Sums of one interval: rows a screen can show, merged over scopes, and every row that moved, one a scope. */
export interface LiveMovement {
  readonly apps: readonly LiveApp[];
  readonly processes: readonly LiveProcess[];
  readonly hosts: readonly LiveHost[];
  readonly protocols: readonly LiveProtocol[];
  readonly flows: readonly LiveFlow[];
  readonly scoped: ScopedMovement;
  /** What intervals before this one called unknown, and is not. */
  readonly corrections?: readonly CorrectedRows[];
}

/** apps + unknown = protocols, in each scope. Flows are those that began in the interval: unlike live ones they add up. */
export interface ScopedMovement {
  readonly apps: readonly AppSums[];
  readonly hosts: readonly NamedSums[];
  readonly protocols: readonly NamedSums[];
  /** By BookReason. */
  readonly unknown: readonly NamedSums[];
}

/** Rows to add to an interval that was closed before: applications more, unknown less. */
export interface CorrectedRows {
  readonly intervalsAgo: number;
  readonly apps: readonly AppSums[];
  readonly unknown: readonly NamedSums[];
}

export class LiveView {
  readonly #source: LiveViewSource;
  readonly #seen: Float64Array;
  readonly #lookups: Uint8Array;
  readonly #ends: (FlowEnds | undefined)[] = [];
  readonly #apps = new TrafficTable(MAX_ROWS);
  readonly #processes = new LiveProcesses();
  readonly #owners = new Map<string, FlowOwner>();
  readonly #hosts = new TrafficTable(MAX_ROWS);
  readonly #protocols = new TrafficTable(MAX_ROWS);
  readonly #unknown = new TrafficTable(MAX_ROWS);
  readonly #late = new LateOwners();

  constructor(source: LiveViewSource) {
    this.#source = source;
    this.#seen = new Float64Array(source.flows.columns.capacity * 4);
    this.#lookups = new Uint8Array(source.flows.columns.capacity);
  }

  /** A flow has ended: counts what moved since the last look; its row may be used again. */
  flowEnded(flow: number): void {
    this.#settle(flow);
    this.#late.forget(flow);
    this.#seen.fill(0, flow * 4, flow * 4 + 4);
    this.#lookups[flow] = 0;
    this.#ends[flow] = undefined;
  }

  /**
   * Looks at all flows and begins a new interval. Flows that have just begun and have no owner wait for the next one.
   * @param nowUs wall clock; absent: nothing will come any more, and nothing waits.
   */
  take(nowUs = Number.POSITIVE_INFINITY): LiveMovement {
    this.#addStrays();
    const flows = this.#source.flows;
    const moving = new LargestRows(SHOWN);
    const moved = new Map<number, Movement>();
    for (let flow = 0; flow < flows.highWater; flow++) {
      if (flows.columns.state[flow] !== FLOW_LIVE) continue;
      const isNew = flows.columns.sums[flow * SUMS + SUM_FIRST_US]! > nowUs - OWNER_PATIENCE_US;
      const delta = isNew && this.#isUnowned(flow) ? undefined : this.#settle(flow);
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
    for (const table of [this.#apps, this.#hosts, this.#protocols, this.#unknown]) {
      table.prune();
      table.reset();
    }
    if (this.#owners.size > MAX_ROWS) this.#forgetOwners();
    return movement;
  }

  /** Live flows that did not move, latest first: they fill the rows that moving ones leave. */
  #resting(count: number, moved: ReadonlyMap<number, Movement>): number[] {
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
  #settle(flow: number): Movement | undefined {
    const columns = this.#source.flows.columns;
    const sums = flow * SUMS;
    const seen = flow * 4;
    const packetsA = columns.sums[sums + SUM_PACKETS]! - this.#seen[seen + 2]!;
    const packetsB = columns.sums[sums + SUM_PACKETS + 1]! - this.#seen[seen + 3]!;
    if (packetsA === 0 && packetsB === 0) return undefined;
    const flowsStarted = this.#seen[seen + 2] === 0 && this.#seen[seen + 3] === 0 ? 1 : 0;
    const bytesA = columns.sums[sums + SUM_BYTES]! - this.#seen[seen]!;
    const bytesB = columns.sums[sums + SUM_BYTES + 1]! - this.#seen[seen + 1]!;
    for (let i = 0; i < 4; i++) this.#seen[seen + i] = columns.sums[sums + i]!;
    const ends = this.#endsOf(flow);
    const moved =
      ends.localSide === 0
        ? { txBytes: bytesA, rxBytes: bytesB, txPackets: packetsA, rxPackets: packetsB, flowsStarted }
        : { txBytes: bytesB, rxBytes: bytesA, txPackets: packetsB, rxPackets: packetsA, flowsStarted };
    const interfaceId = columns.interfaceId[flow]!;
    const scope = partNumber(interfaceId, ends.zone);
    addTraffic(this.#hosts.row(ends.remoteIp), moved, scope);
    addTraffic(this.#protocols.row(this.#protocolOf(flow, ends)), moved, scope);
    const owner = this.#ownerOf(flow, ends);
    if (typeof owner !== 'string') {
      const part = partNumber(interfaceId, ends.zone, owner.quality);
      const key = this.#ownerKey(owner);
      addTraffic(this.#apps.row(key), moved, part);
      const process = this.#processes.row(owner, key);
      if (process !== undefined) addTraffic(process, moved);
    } else {
      addTraffic(this.#unknown.row(owner), moved, scope);
      if (this.#lookups[flow]! < MAX_OWNER_LOOKUPS) this.#late.note(flow, scope, owner, moved);
      else this.#late.forget(flow);
    }
    return moved;
  }

  /** What belongs to no flow belongs to nobody. */
  #addStrays(): void {
    this.#source.takeStrays((interfaceId, protocol, zone, isSent, packets, bytes) => {
      const moved = isSent
        ? { txBytes: bytes, rxBytes: 0, txPackets: packets, rxPackets: 0, flowsStarted: 0 }
        : { txBytes: 0, rxBytes: bytes, txPackets: 0, rxPackets: packets, flowsStarted: 0 };
      const scope = partNumber(interfaceId, zone);
      const reason: BookReason = 'not-a-flow';
      addTraffic(this.#protocols.row(protocol), moved, scope);
      addTraffic(this.#unknown.row(reason), moved, scope);
    });
  }

  #countLive(flow: number): void {
    const ends = this.#endsOf(flow);
    this.#hosts.row(ends.remoteIp).flows += 1;
    this.#protocols.row(this.#protocolOf(flow, ends)).flows += 1;
    const owner = this.#source.owner(flow);
    if (owner === undefined) return;
    const key = this.#ownerKey(owner);
    this.#apps.row(key).flows += 1;
    const process = this.#processes.row(owner, key);
    if (process !== undefined) process.flows += 1;
  }

  #protocolOf(flow: number, ends: FlowEnds): string {
    return this.#source.protocolName(this.#source.flows.columns.protocolId[flow]!) ?? transportLabel(ends.transport);
  }

  /** Nobody is known yet; asks, and does not count it as one of the looks. */
  #isUnowned(flow: number): boolean {
    if (this.#source.owner(flow) !== undefined) return false;
    return typeof this.#ask(flow, this.#endsOf(flow)) === 'string';
  }

  #ownerOf(flow: number, ends: FlowEnds): FlowOwner | BookReason {
    const known = this.#source.owner(flow);
    if (known !== undefined) return known;
    if (this.#lookups[flow]! >= MAX_OWNER_LOOKUPS) return ends.localPort === undefined ? 'no-ports' : 'no-socket';
    this.#lookups[flow] = this.#lookups[flow]! + 1;
    return this.#ask(flow, ends);
  }

  #ask(flow: number, ends: FlowEnds): FlowOwner | BookReason {
    const found = this.#source.findOwner(this.#question(flow, ends));
    if (typeof found === 'string') return found;
    this.#source.setOwner(flow, found);
    this.#late.found(flow, found);
    return found;
  }

  #question(flow: number, ends: FlowEnds): OwnerQuestion {
    const { columns } = this.#source.flows;
    const sent = columns.sums[flow * SUMS + SUM_PACKETS + ends.localSide]!;
    return {
      transport: ends.transport,
      localIp: ends.localIp,
      remoteIp: ends.remoteIp,
      ...(ends.localPort === undefined ? {} : { localPort: ends.localPort }),
      ...(ends.remotePort === undefined ? {} : { remotePort: ends.remotePort }),
      startUs: columns.sums[flow * SUMS + SUM_FIRST_US]!,
      endUs: columns.sums[flow * SUMS + SUM_LAST_US]!,
      isOutgoing: columns.clientSide[flow] === ends.localSide,
      meanSentBytes: sent === 0 ? 0 : columns.sums[flow * SUMS + SUM_BYTES + ends.localSide]! / sent,
    };
  }

  #ownerKey(owner: FlowOwner): string {
    const key = ownerKey(owner);
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
    const ends = flowEnds(this.#source.flows, flow, this.#source);
    this.#ends[flow] = ends;
    // What this host says to itself has two local sides: the record of the flow takes the same one as the sums.
    const { localSide } = this.#source.flows.columns;
    if (localSide[flow] !== SIDE_UNKNOWN) localSide[flow] = ends.localSide;
    return ends;
  }

  #flowRow(flow: number, moved: Movement | undefined): LiveFlow {
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
    const apps = this.#apps.sorted();
    const hosts = this.#hosts.sorted();
    const protocols = this.#protocols.sorted();
    return {
      flows,
      apps: apps.slice(0, SHOWN).map((row) => ({ ...withoutProcess(this.#ownerOfRow(row)), ...shown(row) })),
      processes: this.#processes.take(
        (owner) => this.#source.isRunning?.(owner) ?? true,
        (key) => this.#apps.has(key),
      ),
      hosts: hosts.slice(0, SHOWN).map((row): LiveHost => {
        const name = this.#source.nameOf(row.name);
        return { ip: row.name, ...(name === undefined ? {} : { name }), ...shown(row) };
      }),
      protocols: protocols.slice(0, SHOWN).map((row) => ({ name: row.name, ...shown(row) })),
      scoped: {
        apps: apps.flatMap((row) => {
          const { app, pid: _, ...owner } = withoutProcess(this.#ownerOfRow(row));
          return row.parts.map((part): AppSums => {
            const { quality } = partOfNumber(part.part);
            return { ...owner, quality, ...this.#scoped(app, part) };
          });
        }),
        hosts: this.#scopedRows(hosts),
        protocols: this.#scopedRows(protocols),
        unknown: this.#scopedRows(this.#unknown.sorted()),
      },
      corrections: this.#late.take().map((each) => this.#corrected(each)),
    };
  }

  #corrected({ intervalsAgo, scope, reason, owner, moved }: Correction): CorrectedRows {
    const { app, pid: _, ...who } = withoutProcess(owner);
    const taken = this.#scoped(reason, { part: scope, ...moved });
    const less = {
      txBytes: 0 - moved.txBytes,
      rxBytes: 0 - moved.rxBytes,
      txPackets: 0 - moved.txPackets,
      rxPackets: 0 - moved.rxPackets,
    };
    return {
      intervalsAgo,
      apps: [{ ...who, ...taken, name: app }],
      unknown: [{ ...taken, ...less, flows: 0 - moved.flowsStarted }],
    };
  }

  #ownerOfRow(row: RunningRow): FlowOwner {
    return this.#owners.get(row.name) ?? { app: row.name, quality: 'unknown' };
  }

  #scopedRows(rows: readonly RunningRow[]): NamedSums[] {
    return rows.flatMap((row) => row.parts.map((part) => this.#scoped(row.name, part)));
  }

  #scoped(name: string, { part, flowsStarted, ...sums }: RowPart): NamedSums {
    const { interfaceId, zone } = partOfNumber(part);
    const interfaceName = this.#source.interfaceName(interfaceId);
    return {
      name,
      ...sums,
      flows: flowsStarted,
      ...(interfaceName === undefined ? {} : { interface: interfaceName }),
      ...(zone === undefined ? {} : { zone }),
    };
  }
}

/** What a screen shows of a row besides its name. */
function shown({ name: _, parts: __, flowsStarted: ___, ...sums }: RunningRow): Omit<LiveProtocol, 'name'> {
  return sums;
}

/** Forgets the details of flows that can no longer be among the largest. */
function keepOnly(moved: Map<number, Movement>, largest: LargestRows): void {
  const kept = new Set(largest.take());
  for (const [flow, delta] of moved) {
    if (kept.has(flow)) largest.offer(flow, delta.txBytes + delta.rxBytes);
    else moved.delete(flow);
  }
}
