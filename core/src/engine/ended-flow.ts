// The flow that ends now, as its columns and the notebook have it: looked up once, for the classifiers and for whoever writes of it. One
// that runs on, and is shown, is read the same way. Owns: one flow at a time, and nothing of it is copied that its columns have. Valid
// until the next flow is read.
import type { Place } from '../api/classifier.js';
import type { ProtocolEvidence, ServerNameEvidence } from '../api/events.js';
import { AddressTexts } from '../flow/address-texts.js';
import {
  type FlowColumns,
  SIDE_B,
  SIDE_UNKNOWN,
  SUM_BYTES,
  SUM_FIRST_US,
  SUM_LAST_US,
  SUM_PACKETS,
  SUMS,
} from '../flow/flow-columns.js';
import type { FlowHealthColumns } from '../flow/flow-health.js';
import { flowHasPorts, flowPort, flowProtocolNumber } from '../flow/flow-text.js';
import type { Device } from './device-book.js';
import { flowHasHealth, hasCommunityId } from './flow-json.js';
import type { FlowNotebook, FlowTexts } from './flow-notes.js';
import type { NameCache } from './name-cache.js';
import type { WrittenFlow } from './written-flows.js';

export interface FlowNaming {
  readonly notebook: FlowNotebook;
  readonly names: NameCache;
  readonly health: FlowHealthColumns;
  /** Where another thread has written what the columns say. */
  readonly written?: WrittenFlow;
  /** Name of an interface number; undefined for files without names. */
  interfaceName(interfaceId: number): string | undefined;
  deviceOf(ip: string): Device | undefined;
  placeOf(ip: string): Place | undefined;
}

/** A flow none of whose packets has a time stamp began and ended at 0. */
const timeOf = (us: number): number => (Number.isFinite(us) ? us : 0);

export class EndedFlow {
  readonly columns: FlowColumns;
  readonly health: FlowHealthColumns;
  /** Its number. */
  flow = 0;
  /** IP protocol number. */
  transport = 0;
  hasPorts = false;
  clientSide = 0;
  clientIp = '';
  serverIp = '';
  clientPort = 0;
  serverPort = 0;
  protocol: string | undefined = undefined;
  /** What its columns say as JSON, where somebody has written it. */
  written: WrittenFlow | undefined = undefined;
  /** The name the server's address was last looked up by, of a flow that has no other. */
  #lookedUp: string | undefined = undefined;
  readonly #naming: FlowNaming;
  readonly #addresses = new AddressTexts();

  constructor(columns: FlowColumns, naming: FlowNaming) {
    this.columns = columns;
    this.health = naming.health;
    this.#naming = naming;
  }

  /** `place`: its own in the ring of ended flows. */
  read(flow: number, place = -1): void {
    const { columns } = this;
    const clientSide = columns.clientSide[flow] === SIDE_B ? SIDE_B : 0;
    const { written } = this.#naming;
    this.written = written?.find(place) === true ? written : undefined;
    this.flow = flow;
    this.clientSide = clientSide;
    this.transport = flowProtocolNumber(columns, flow);
    this.hasPorts = flowHasPorts(columns, flow);
    this.clientIp = this.#addresses.of(columns, flow, clientSide);
    this.serverIp = this.#addresses.of(columns, flow, 1 - clientSide);
    this.clientPort = flowPort(columns, flow, clientSide);
    this.serverPort = flowPort(columns, flow, 1 - clientSide);
    this.protocol = this.#naming.notebook.protocolName(columns.protocolId[flow]!);
    this.#lookedUp = this.texts?.serverName === undefined ? this.#naming.names.nameOf(this.serverIp) : undefined;
  }

  get protocolFrom(): ProtocolEvidence {
    return this.#naming.notebook.evidenceOf(this.flow);
  }

  /** What analyzers and classifiers have said of it so far. */
  get texts(): FlowTexts | undefined {
    return this.#naming.notebook.textsOf(this.flow);
  }

  /** `texts`: what the getter gives, for those who have it at hand. */
  serverName(texts: FlowTexts | undefined): string | undefined {
    return texts?.serverName ?? this.#lookedUp;
  }

  serverNameFrom(texts: FlowTexts | undefined): ServerNameEvidence {
    return texts?.serverName === undefined ? 'dns' : (texts.serverNameFrom ?? 'dns');
  }

  get startUs(): number {
    return timeOf(this.columns.sums[this.flow * SUMS + SUM_FIRST_US]!);
  }

  get endUs(): number {
    return timeOf(this.columns.sums[this.flow * SUMS + SUM_LAST_US]!);
  }

  get clientPackets(): number {
    return this.columns.sums[this.flow * SUMS + SUM_PACKETS + this.clientSide]!;
  }

  get serverPackets(): number {
    return this.columns.sums[this.flow * SUMS + SUM_PACKETS + 1 - this.clientSide]!;
  }

  get clientBytes(): number {
    return this.columns.sums[this.flow * SUMS + SUM_BYTES + this.clientSide]!;
  }

  get serverBytes(): number {
    return this.columns.sums[this.flow * SUMS + SUM_BYTES + 1 - this.clientSide]!;
  }

  get bytes(): number {
    return this.clientBytes + this.serverBytes;
  }

  get interfaceName(): string | undefined {
    return this.#naming.interfaceName(this.columns.interfaceId[this.flow]!);
  }

  get localSide(): 'client' | 'server' | undefined {
    const side = this.columns.localSide[this.flow]!;
    if (side === SIDE_UNKNOWN) return undefined;
    return side === this.clientSide ? 'client' : 'server';
  }

  /** As in the column: what `tunnelNames` takes. */
  get tunnels(): number {
    return this.columns.tunnels[this.flow]!;
  }

  get hasCommunityId(): boolean {
    return hasCommunityId(this.columns, this.flow);
  }

  /** Was anything of how it went measured, or did anything go wrong? */
  get hasHealth(): boolean {
    return flowHasHealth(this.columns, this.health, this.flow);
  }

  get device(): Device | undefined {
    return this.#naming.deviceOf(this.clientIp);
  }

  get place(): Place | undefined {
    return this.#naming.placeOf(this.serverIp);
  }
}
