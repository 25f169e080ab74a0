// A live flow as a row that is shown. Owns: its texts and fields. Cold: as many as a list has rows, so fields are set one by one, and
// what does not change while a flow lives is made once. Bound: MAX_KEPT flows; when more are shown, all are made anew.
import type { FlowOwner, ServerNameEvidence } from '../api/events.js';
import { AddressTexts } from '../flow/address-texts.js';
import { type FlowColumns, SUM_BYTES, SUM_FIRST_US, SUMS } from '../flow/flow-columns.js';
import type { FlowHealthColumns } from '../flow/flow-health.js';
import { flowHasPorts, flowIdText, flowPort, flowProtocolNumber, transportName } from '../flow/flow-text.js';
import type { Mutable } from '../kernel/mutable.js';
import type { Zone } from '../kernel/traffic-words.js';
import type { LiveDevice, LiveFlow, LivePlace } from './live-snapshot.js';
import type { Movement } from './traffic-table.js';

/** What is known of a flow that runs. Texts are safe. */
export interface FlowClass {
  readonly serverName?: string;
  readonly serverNameFrom?: ServerNameEvidence;
  readonly application?: string;
  readonly category?: string;
  readonly tlsVersion?: string;
  readonly ja4?: string;
}

/** What is known of the remote end. Absent: nobody tells. Texts are safe. */
export interface RemoteKnowledge {
  nameOf(ip: string): string | undefined;
  placeOf?(ip: string): LivePlace | undefined;
  deviceOf?(ip: string): LiveDevice | undefined;
}

/** What its texts are taken from. */
export interface FlowNames extends RemoteKnowledge {
  protocolName(protocolId: number): string | undefined;
  serverName(flow: number): string | undefined;
  interfaceName(interfaceId: number): string | undefined;
  classOf?(flow: number): FlowClass;
  /** Of TCP; absent: not measured. */
  readonly health?: FlowHealthColumns;
}

/** What stays as it is. */
type FlowBase = Pick<LiveFlow, 'id' | 'transport' | 'local' | 'remote' | 'startUs'> &
  Required<Pick<LiveFlow, 'direction'>>;

interface KeptBase {
  readonly generation: number;
  readonly localSide: number;
  readonly base: FlowBase;
}

/** More than a list has rows. */
const MAX_KEPT = 16_384;
const TCP = 6;
const EVIDENCE_PAYLOAD = 2;

export class FlowRowMaker {
  readonly #columns: FlowColumns;
  readonly #names: FlowNames;
  readonly #addresses = new AddressTexts();
  readonly #kept = new Map<number, KeptBase>();

  constructor(columns: FlowColumns, names: FlowNames) {
    this.#columns = columns;
    this.#names = names;
  }

  /** `moved`: undefined when it rests. */
  row(
    flow: number,
    localSide: number,
    zone: Zone,
    moved: Movement | undefined,
    owner: FlowOwner | undefined,
  ): LiveFlow {
    const columns = this.#columns;
    const sums = flow * SUMS + SUM_BYTES;
    const transport = flowProtocolNumber(columns, flow);
    const base = this.#baseOf(flow, localSide);
    // Not spread: that takes ten times as long.
    const row: Mutable<LiveFlow> = {
      id: base.id,
      transport: base.transport,
      local: base.local,
      remote: base.remote,
      startUs: base.startUs,
      txBytes: moved?.txBytes ?? 0,
      rxBytes: moved?.rxBytes ?? 0,
      txPackets: moved?.txPackets ?? 0,
      rxPackets: moved?.rxPackets ?? 0,
      txBytesTotal: columns.sums[sums + localSide]!,
      rxBytesTotal: columns.sums[sums + 1 - localSide]!,
      zone,
      direction: base.direction,
    };
    const interfaceName = this.#names.interfaceName(columns.interfaceId[flow]!);
    if (interfaceName !== undefined) row.interface = interfaceName;
    const protocol = this.#names.protocolName(columns.protocolId[flow]!);
    if (protocol !== undefined) {
      row.protocol = protocol;
      row.protocolFrom = columns.protocolEvidence[flow] === EVIDENCE_PAYLOAD ? 'payload' : 'port';
    }
    this.#setClass(row, flow);
    if (owner !== undefined) setOwner(row, owner);
    setRemote(row, this.#names);
    if (transport === TCP) this.#setHealth(row, flow, localSide);
    return row;
  }

  #baseOf(flow: number, localSide: number): FlowBase {
    const columns = this.#columns;
    const generation = columns.generation[flow]!;
    const kept = this.#kept.get(flow);
    if (kept !== undefined && kept.generation === generation && kept.localSide === localSide) return kept.base;
    const base: FlowBase = {
      id: flowIdText(columns, flow),
      transport: transportName(flowProtocolNumber(columns, flow)),
      local: this.#end(flow, localSide),
      remote: this.#end(flow, 1 - localSide),
      startUs: columns.sums[flow * SUMS + SUM_FIRST_US]!,
      direction: columns.clientSide[flow] === localSide ? 'out' : 'in',
    };
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    this.#kept.set(flow, { generation, localSide, base });
    return base;
  }

  #end(flow: number, side: number): LiveFlow['local'] {
    const ip = this.#addresses.of(this.#columns, flow, side);
    return flowHasPorts(this.#columns, flow) ? { ip, port: flowPort(this.#columns, flow, side) } : { ip };
  }

  #setClass(row: Mutable<LiveFlow>, flow: number): void {
    const known = this.#names.classOf?.(flow);
    const said = known === undefined ? this.#names.serverName(flow) : undefined;
    // Of who came to us, the server is this host: the other end may have a name all the same.
    const isOwnName = row.direction === 'in' && known?.serverNameFrom === 'dns';
    const serverName = said ?? (isOwnName ? undefined : known?.serverName) ?? this.#names.nameOf(row.remote.ip);
    if (serverName !== undefined) row.serverName = serverName;
    if (known === undefined) return;
    if (serverName !== undefined)
      row.serverNameFrom = serverName === known.serverName ? (known.serverNameFrom ?? 'dns') : 'dns';
    if (known.application !== undefined) row.service = known.application;
    if (known.category !== undefined) row.category = known.category;
    if (known.tlsVersion !== undefined) row.tlsVersion = known.tlsVersion;
    if (known.ja4 !== undefined) row.ja4 = known.ja4;
  }

  #setHealth(row: Mutable<LiveFlow>, flow: number, localSide: number): void {
    const { health } = this.#names;
    if (health === undefined) return;
    const remote = flow * 2 + 1 - localSide;
    const rttUs = health.lastRttUs[remote]! || health.handshakeUs[remote]!;
    const retransmits = health.retransmits[remote]! + health.retransmits[remote ^ 1]!;
    if (rttUs > 0) row.rttUs = rttUs;
    if (retransmits > 0) row.retransmits = retransmits;
  }
}

function setOwner(row: Mutable<LiveFlow>, { app, pid, user, unit, container, quality }: FlowOwner): void {
  row.app = app;
  row.quality = quality;
  if (pid !== undefined) row.pid = pid;
  if (user !== undefined) row.user = user;
  if (unit !== undefined) row.unit = unit;
  if (container !== undefined) row.container = container;
}

/** Only what is beyond the local networks has a registered place, only what is in them is a device that tells of itself. */
function setRemote(row: Mutable<LiveFlow>, known: RemoteKnowledge): void {
  if (row.zone === 'internet') setPlace(row, known.placeOf?.(row.remote.ip));
  const vendor = row.zone === 'lan' ? known.deviceOf?.(row.remote.ip)?.vendor : undefined;
  if (vendor !== undefined) row.vendor = vendor;
}

export function setPlace(row: Mutable<LivePlace>, place: LivePlace | undefined): void {
  if (place?.country !== undefined) row.country = place.country;
  if (place?.asn !== undefined) row.asn = place.asn;
  if (place?.network !== undefined) row.network = place.network;
}
