// Sums of ended flows by protocol, application and host, for the tables of an analysis.
// Bound: `maxRows` rows a kind; what does not fit is summed under "other" and counted.
import type { DnsAnswered, DnsAsked } from '@kaipo/core/api/index.js';
import type { EndedFlow } from '@kaipo/core/engine/ended-flow.js';
import { transportLabel, transportName } from '@kaipo/core/flow/flow-text.js';
import { type HostHealth, HostHealthSums } from '@kaipo/core/query/host-health.js';
import { etherTypeName } from '@kaipo/core/wire/ether-names.js';

/** What flows of nothing better known are called, by IP protocol number. */
const LABELS = Array.from({ length: 256 }, (_, protocol) => transportLabel(transportName(protocol)));

export interface SumRow {
  readonly name: string;
  packets: number;
  bytes: number;
  flows: number;
}

export class SumTable {
  readonly #rows = new Map<string, SumRow>();
  readonly #maxRows: number;

  constructor(maxRows: number) {
    this.#maxRows = maxRows;
  }

  add(name: string, packets: number, bytes: number, flows: number): void {
    let row = this.#rows.get(name);
    if (row === undefined) {
      const kept = this.#rows.size < this.#maxRows ? name : 'other';
      row = this.#rows.get(kept) ?? { name: kept, packets: 0, bytes: 0, flows: 0 };
      this.#rows.set(kept, row);
    }
    row.packets += packets;
    row.bytes += bytes;
    row.flows += flows;
  }

  /** Largest first. */
  rows(): SumRow[] {
    return [...this.#rows.values()].sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
  }
}

/** A host, and how well it was reached as a server. */
export interface HostRow extends SumRow {
  readonly health?: HostHealth;
}

export class AnalysisSums {
  readonly health = new HostHealthSums();
  readonly protocols: SumTable;
  readonly applications: SumTable;
  readonly hosts: SumTable;

  constructor(maxRows: number) {
    this.protocols = new SumTable(maxRows);
    this.applications = new SumTable(maxRows);
    this.hosts = new SumTable(maxRows);
  }

  addFlow(ended: EndedFlow): void {
    const { clientIp, serverIp, texts } = ended;
    const packets = ended.clientPackets + ended.serverPackets;
    const { bytes } = ended;
    this.protocols.add(ended.protocol ?? LABELS[ended.transport]!, packets, bytes, 1);
    if (texts?.application !== undefined) this.applications.add(texts.application, packets, bytes, 1);
    this.hosts.add(clientIp, packets, bytes, 1);
    if (ended.hasHealth) this.health.addFlow(serverIp, ended.health, ended.flow, ended.clientSide);
    if (serverIp !== clientIp) this.hosts.add(serverIp, packets, bytes, 1);
  }

  addDns(event: DnsAsked | DnsAnswered): void {
    this.health.addDns(event);
  }

  /** Largest first. */
  hostRows(): HostRow[] {
    return this.hosts.rows().map((row) => {
      const health = this.health.of(row.name);
      return health === undefined ? row : { ...row, health };
    });
  }

  /** Frames without an IP header, from the tally of the engine. */
  addOther(packets: Float64Array, bytes: Float64Array): void {
    for (let type = 0; type < packets.length; type++) {
      if (packets[type]! > 0) this.protocols.add(etherTypeName(type), packets[type]!, bytes[type]!, 0);
    }
  }
}
