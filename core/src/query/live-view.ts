// What moved in an interval, by application, host, protocol and flow. Owns: the difference between two looks at the flow table.
// Must not know screens, stores or counters. Bounds: some numbers a row of the flow table, MAX_ROWS names a kind, ListBounds.
// What is done for every flow is done with numbers: an address becomes text when its row is made, or its flow is shown.
import type { FlowOwner, FlowRecord } from '../api/events.js';
import type { AppSums, NamedSums } from '../api/interval-record.js';
import { addressAt, FLOW_LIVE, FlowAddresses, SUM_FIRST_US, SUM_LAST_US, SUMS } from '../flow/flow-columns.js';
import type { FlowTable } from '../flow/flow-table.js';
import { flowHasPorts, flowIdText, flowIpVersion, flowProtocolNumber, protocolLabel } from '../flow/flow-text.js';
import type { BookReason, Zone } from '../kernel/traffic-words.js';
import type { OwnerQuestion } from '../owners/socket-owners.js';
import { AppServices } from './app-services.js';
import { FlowMovement } from './flow-movement.js';
import { FlowQuestion } from './flow-question.js';
import { FlowSides } from './flow-sides.js';
import { HostTable } from './host-table.js';
import { LargestRows } from './largest-rows.js';
import { LateOwners } from './late-owners.js';
import { FEW_ROWS, type ListBounds } from './list-bounds.js';
import { type FlowNames, FlowRowMaker } from './live-flow-row.js';
import { hostRow } from './live-host-row.js';
import { type CorrectedRows, correctedRows, scopedApps, scopedRows, shownSums } from './live-rows.js';
import type { LiveApp, LiveFlow, LiveHost, LiveProcess, LiveProtocol } from './live-snapshot.js';
import { withoutProcess } from './owner-key.js';
import { type OwnedRows, OwnerRows } from './owner-rows.js';
import { partNumber } from './traffic-part.js';
import { addTraffic, type Movement, type RunningRow, TrafficTable } from './traffic-table.js';
import type { AddressKnowledge } from './traffic-zone.js';

const MAX_ROWS = 4096;
const NEVER = Number.POSITIVE_INFINITY;
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
export interface LiveViewSource extends FlowNames {
  readonly flows: FlowTable;
  readonly addresses: AddressKnowledge;
  setOwner(flow: number, owner: FlowOwner): void;
  /** The record the flow would leave now. */
  recordOf?(flow: number): FlowRecord;
  /** Frames without a flow since the last call. */
  takeStrays(visit: StrayVisitor): void;
  /** Asks the operating system; the reason when nobody is known to own it. The question is good until the next one. */
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

/** A flow that may be among the largest. */
interface MovedFlow {
  readonly flow: number;
  readonly moved: Movement;
}

export class LiveView {
  readonly #source: LiveViewSource;
  readonly #movement: FlowMovement;
  readonly #sides: FlowSides;
  readonly #addresses = new FlowAddresses();
  readonly #question: FlowQuestion;
  readonly #lookups: Uint8Array;
  /** Of flows somebody is known to own. */
  readonly #owned: (OwnedRows | undefined)[] = [];
  readonly #owners = new OwnerRows();
  readonly #hosts = new HostTable(MAX_ROWS);
  readonly #protocols = new TrafficTable(MAX_ROWS);
  /** The rows of this interval by number of protocol and transport. */
  readonly #protocolRows = new Map<number, RunningRow>();
  readonly #unknown = new TrafficTable(MAX_ROWS);
  readonly #late = new LateOwners();
  readonly #rows: FlowRowMaker;

  constructor(source: LiveViewSource) {
    const { columns } = source.flows;
    this.#source = source;
    this.#movement = new FlowMovement(columns);
    this.#sides = new FlowSides(columns, source.addresses);
    this.#question = new FlowQuestion(columns, source.addresses);
    this.#lookups = new Uint8Array(columns.capacity);
    this.#rows = new FlowRowMaker(columns, source);
  }

  /** A flow has ended: counts what moved since the last look; its row may be used again. */
  flowEnded(flow: number): void {
    this.#settle(flow);
    this.#late.forget(flow);
    this.#movement.forget(flow);
    this.#sides.forget(flow);
    this.#lookups[flow] = 0;
    this.#owned[flow] = undefined;
  }

  /**
   * Looks at all flows and begins a new interval. Flows that have just begun and have no owner wait for the next one.
   * @param nowUs wall clock; absent: nothing will come any more, and nothing waits.
   */
  take(nowUs = Number.POSITIVE_INFINITY, bounds: ListBounds = FEW_ROWS): LiveMovement {
    const moving = new LargestRows<MovedFlow>(bounds.flows);
    this.#look(nowUs, moving);
    const movement = this.#close(moving.take(), bounds);
    this.#reset();
    return movement;
  }

  /** The same, for whoever shows nothing: only what is stored of an interval, and nothing waits. */
  takeScoped(): ScopedMovement {
    this.#look(Number.POSITIVE_INFINITY, undefined);
    const scoped = this.#scoped(this.#owners.apps(), this.#hosts.sortedMoved(), this.#protocols.sortedMoved());
    this.#owners.takeProcesses(() => true);
    this.#late.take();
    this.#reset();
    return scoped;
  }

  #look(nowUs: number, moving: LargestRows<MovedFlow> | undefined): void {
    this.#addStrays();
    const { columns, highWater } = this.#source.flows;
    for (let flow = 0; flow < highWater; flow++) {
      if (columns.state[flow] !== FLOW_LIVE) continue;
      const isNew = columns.sums[flow * SUMS + SUM_FIRST_US]! > nowUs - OWNER_PATIENCE_US;
      const moved = isNew && this.#isUnowned(flow) ? undefined : this.#settle(flow);
      this.#countLive(flow);
      if (moved === undefined || moving === undefined) continue;
      const bytes = moved.txBytes + moved.rxBytes;
      if (moving.wouldKeep(bytes)) moving.offer({ flow, moved: { ...moved } }, bytes);
    }
  }

  #reset(): void {
    for (const table of [this.#hosts, this.#protocols, this.#unknown]) {
      table.prune();
      table.reset();
    }
    this.#protocolRows.clear();
    this.#owners.reset();
  }

  /** What a flow that runs would leave if it ended now; undefined when it has ended. `id` as in its row. */
  recordOf(id: string): FlowRecord | undefined {
    const { columns } = this.#source.flows;
    const flow = Number.parseInt(id.slice(8), 16);
    if (columns.state[flow] !== FLOW_LIVE || flowIdText(columns, flow) !== id) return undefined;
    const record = this.#source.recordOf?.(flow);
    const localSide = columns.clientSide[flow] === this.#sides.localSide(flow) ? 'client' : 'server';
    return record && { ...record, localSide };
  }

  /** The largest; live flows that did not move, latest first, fill the rows these leave. */
  #flowRows(largest: readonly MovedFlow[], maxRows: number, services: AppServices): LiveFlow[] {
    const rows = largest.map(({ flow, moved }) => this.#flowRow(flow, moved, services));
    const count = maxRows - largest.length;
    if (count === 0) return rows;
    const { columns, highWater } = this.#source.flows;
    const isShown = new Set(largest.map(({ flow }) => flow));
    const latest = new LargestRows(count);
    for (let flow = highWater - 1; flow >= 0; flow--) {
      if (columns.state[flow] !== FLOW_LIVE || isShown.has(flow)) continue;
      latest.offer(flow, columns.sums[flow * SUMS + SUM_LAST_US]!);
    }
    for (const flow of latest.take()) rows.push(this.#flowRow(flow, undefined, services));
    return rows;
  }

  #flowRow(flow: number, moved: Movement | undefined, services: AppServices): LiveFlow {
    const owned = this.#owned[flow];
    const row = this.#rows.row(flow, this.#sides.localSide(flow), this.#sides.zone(flow), moved, owned?.owner);
    if (owned?.app !== undefined) services.add(owned.app, row);
    return row;
  }

  /** Adds what moved since the last look to the sums; undefined when nothing did. Good until the next call. */
  #settle(flow: number): Movement | undefined {
    if (!this.#movement.hasMoved(flow)) return undefined;
    const interfaceId = this.#source.flows.columns.interfaceId[flow]!;
    const zone = this.#sides.zone(flow);
    const moved = this.#movement.take(flow, this.#sides.localSide(flow));
    const scope = partNumber(interfaceId, zone);
    addTraffic(this.#hostRow(flow), moved, scope);
    addTraffic(this.#protocolRow(flow), moved, scope);
    const owned = this.#ownedOf(flow);
    if (typeof owned !== 'string') {
      this.#owners.add(owned, moved, interfaceId, zone);
    } else {
      addTraffic(this.#unknown.row(owned), moved, scope);
      if (this.#lookups[flow]! < MAX_OWNER_LOOKUPS) this.#late.note(flow, scope, owned, moved);
      else this.#late.forget(flow);
    }
    return moved;
  }

  /** What belongs to no flow belongs to nobody. */
  #addStrays(): void {
    this.#source.takeStrays((interfaceId, protocol, zone, isSent, packets, bytes) => {
      const moved = isSent
        ? { txBytes: bytes, rxBytes: 0, txPackets: packets, rxPackets: 0, flowsStarted: 0, firstUs: NEVER }
        : { txBytes: 0, rxBytes: bytes, txPackets: 0, rxPackets: packets, flowsStarted: 0, firstUs: NEVER };
      const scope = partNumber(interfaceId, zone);
      const reason: BookReason = 'not-a-flow';
      addTraffic(this.#protocols.row(protocol), moved, scope);
      addTraffic(this.#unknown.row(reason), moved, scope);
    });
  }

  #countLive(flow: number): void {
    this.#hostRow(flow).flows += 1;
    this.#protocolRow(flow).flows += 1;
    const owned = this.#owned[flow];
    if (owned !== undefined) this.#owners.countLive(owned);
  }

  #hostRow(flow: number): RunningRow {
    const { columns } = this.#source.flows;
    const remoteAt = addressAt(1 - this.#sides.localSide(flow));
    return this.#hosts.rowAt(this.#addresses.read(columns, flow), remoteAt, flowIpVersion(columns, flow));
  }

  #protocolRow(flow: number): RunningRow {
    const { columns } = this.#source.flows;
    const id = columns.protocolId[flow]!;
    const transport = flowProtocolNumber(columns, flow);
    const code = (id << 8) | transport;
    let row = this.#protocolRows.get(code);
    if (row === undefined) {
      row = this.#protocols.row(this.#source.protocolName(id) ?? protocolLabel(transport));
      this.#protocolRows.set(code, row);
    }
    return row;
  }

  /** Nobody is known yet; asks, and does not count it as one of the looks. */
  #isUnowned(flow: number): boolean {
    return this.#owned[flow] === undefined && typeof this.#ask(flow) === 'string';
  }

  #ownedOf(flow: number): OwnedRows | BookReason {
    const known = this.#owned[flow];
    if (known !== undefined) return known;
    if (this.#lookups[flow]! >= MAX_OWNER_LOOKUPS)
      return flowHasPorts(this.#source.flows.columns, flow) ? 'no-socket' : 'no-ports';
    this.#lookups[flow] = this.#lookups[flow]! + 1;
    return this.#ask(flow);
  }

  #ask(flow: number): OwnedRows | BookReason {
    const found = this.#source.findOwner(this.#question.of(flow, this.#sides.localSide(flow)));
    if (typeof found === 'string') return found;
    const owned = this.#owners.owned(found);
    this.#owned[flow] = owned;
    this.#source.setOwner(flow, found);
    this.#late.found(flow, found);
    return owned;
  }

  #close(largest: readonly MovedFlow[], bounds: ListBounds): LiveMovement {
    const services = new AppServices();
    const flows = this.#flowRows(largest, bounds.flows, services);
    const apps = this.#owners.apps();
    const hosts = this.#hosts.sorted();
    const protocols = this.#protocols.sorted();
    const nameOf = (interfaceId: number): string | undefined => this.#source.interfaceName(interfaceId);
    const zoneOf = (ip: string): Zone => this.#source.addresses.zoneOf(ip);
    return {
      flows,
      apps: apps.slice(0, bounds.apps).map((row) => this.#appRow(row, services.of(row))),
      processes: this.#owners.takeProcesses((owner) => this.#source.isRunning?.(owner) ?? true, bounds.processes),
      hosts: hosts.slice(0, bounds.hosts).map((row) => hostRow(row, this.#source, zoneOf)),
      protocols: protocols.slice(0, bounds.protocols).map((row) => ({ name: row.name, ...shownSums(row) })),
      scoped: this.#scoped(apps, hosts, protocols),
      corrections: this.#late.take().map((each) => correctedRows(each, nameOf)),
    };
  }

  #scoped(apps: readonly RunningRow[], hosts: readonly RunningRow[], protocols: readonly RunningRow[]): ScopedMovement {
    const nameOf = (interfaceId: number): string | undefined => this.#source.interfaceName(interfaceId);
    return {
      apps: scopedApps(apps, (row) => this.#owners.ownerOf(row), nameOf),
      hosts: scopedRows(hosts, nameOf),
      protocols: scopedRows(protocols, nameOf),
      unknown: scopedRows(this.#unknown.sortedMoved(), nameOf),
    };
  }

  #appRow(row: RunningRow, service: string | undefined): LiveApp {
    const owner = withoutProcess(this.#owners.ownerOf(row));
    return { ...owner, ...shownSums(row), ...(service === undefined ? {} : { service }) };
  }
}
