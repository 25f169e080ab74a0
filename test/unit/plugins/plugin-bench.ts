// A small engine for one plugin: packets in, events and protocol names out. Only what the plugin API promises.
import {
  type Analyzer,
  type EventWriter,
  type FlowNotes,
  FrameBatch,
  type KaipoEvent,
  type KaipoPlugin,
  MARK_PAYLOAD,
  MARK_PORTS,
  type PluginRegistry,
} from './plugin-imports.js';

export interface BenchPacket {
  readonly transport: 'tcp' | 'udp' | 'icmp';
  readonly src: readonly number[];
  readonly srcPort: number;
  readonly dst: readonly number[];
  readonly dstPort: number;
  readonly payload: Uint8Array;
  readonly tsUs?: number;
}

export const CLIENT = [10, 0, 0, 2] as const;
export const SERVER = [192, 0, 2, 53] as const;
const IP_PROTO = { tcp: 6, udp: 17, icmp: 1 } as const;

/** Flow numbers are given by address and port pair, side A is who was seen first. */
export class PluginBench implements FlowNotes {
  readonly analyzers: Analyzer[] = [];
  readonly events: KaipoEvent[] = [];
  /** What was said of each flow: "dns (payload)". The same rule as the engine's: payload replaces port, else the first stands. */
  readonly protocols = new Map<number, { name: string; evidence: string }>();
  readonly serverNames = new Map<number, string>();
  readonly #names: string[] = [''];
  readonly #flows = new Map<string, { id: number; opener: string }>();
  readonly #out: EventWriter = { write: (event) => this.events.push(event) };

  constructor(plugin: KaipoPlugin, config: unknown = undefined) {
    const registry: PluginRegistry = {
      flows: this,
      analyzer: (analyzer) => this.analyzers.push(analyzer),
      protocol: () => undefined,
      classifier: () => undefined,
      detector: () => undefined,
    };
    plugin.register(registry, plugin.parseConfig(config));
  }

  protocolId(name: string): number {
    const known = this.#names.indexOf(name);
    return known > 0 ? known : this.#names.push(name) - 1;
  }

  setProtocol(flowId: number, protocolId: number, evidence: 'payload' | 'port'): void {
    const name = this.#names[protocolId];
    if (!name) throw new Error(`protocol number ${protocolId} was never registered`);
    const known = this.protocols.get(flowId);
    if (known === undefined || (known.evidence === 'port' && evidence === 'payload'))
      this.protocols.set(flowId, { name, evidence });
  }

  hasPayloadProtocol(flowId: number): boolean {
    return this.protocols.get(flowId)?.evidence === 'payload';
  }

  setServerName(flowId: number, name: string): void {
    this.serverNames.set(flowId, name);
  }

  setApplication(): void {}

  isFromClient(batch: FrameBatch, row: number): boolean {
    return batch.flowSide[row] === 0;
  }

  /** Runs every analyzer over one batch of these packets. @returns flow number of each packet. */
  run(...packets: readonly BenchPacket[]): number[] {
    const batch = new FrameBatch(new Uint8Array(0), Math.max(1, packets.length));
    const parts: Uint8Array[] = [];
    const isFirst: boolean[] = [];
    let at = 0;
    for (const [row, packet] of packets.entries()) {
      // Four bytes in front of and behind each payload: a reader that leaves its bounds reads garbage, not zero.
      const head = Uint8Array.from([...packet.src, ...packet.dst, 0xa5, 0xa5, 0xa5, 0xa5]);
      parts.push(head, packet.payload, new Uint8Array(4).fill(0xa5));
      const length = packet.src.length;
      batch.srcAddr[row] = at;
      batch.dstAddr[row] = at + length;
      batch.ipVersion[row] = length === 4 ? 4 : 6;
      batch.ipProto[row] = IP_PROTO[packet.transport];
      batch.payloadStart[row] = at + head.length;
      batch.payloadEnd[row] = at + head.length + packet.payload.length;
      batch.srcPort[row] = packet.srcPort;
      batch.dstPort[row] = packet.dstPort;
      batch.tsUs[row] = packet.tsUs ?? 1_700_000_000_000_000 + row;
      batch.marks[row] = MARK_PORTS | (packet.payload.length > 0 ? MARK_PAYLOAD : 0);
      at += head.length + packet.payload.length + 4;
      isFirst[row] = this.#enter(batch, row, packet);
    }
    batch.length = packets.length;
    batch.bytes = Buffer.concat(parts);
    for (const analyzer of this.analyzers) this.#runOne(analyzer, batch, isFirst);
    return [...batch.flowId.subarray(0, packets.length)];
  }

  /** @returns did this packet make its flow? */
  #enter(batch: FrameBatch, row: number, packet: BenchPacket): boolean {
    const sender = `${packet.src} ${packet.srcPort}`;
    const key = [packet.transport, ...[sender, `${packet.dst} ${packet.dstPort}`].sort()].join(' ');
    const known = this.#flows.get(key);
    const flow = known ?? { id: this.#flows.size, opener: sender };
    if (known === undefined) this.#flows.set(key, flow);
    batch.flowId[row] = flow.id;
    batch.flowSide[row] = flow.opener === sender ? 0 : 1;
    return known === undefined;
  }

  #runOne(analyzer: Analyzer, batch: FrameBatch, isFirst: readonly boolean[]): void {
    const { transport, packets, ports } = analyzer.interest;
    const rows: number[] = [];
    for (let row = 0; row < batch.length; row++) {
      const wanted =
        (packets === 'flow-start' && isFirst[row]) ||
        (packets === 'payload' && (batch.marks[row]! & MARK_PAYLOAD) !== 0);
      const fits = transport === 'any' || batch.ipProto[row] === IP_PROTO[transport];
      const onPort = ports === undefined || ports.includes(batch.srcPort[row]!) || ports.includes(batch.dstPort[row]!);
      if (wanted && fits && onPort) rows.push(row);
    }
    if (rows.length > 0)
      analyzer.onPackets?.(batch, { rows: Uint32Array.from(rows), length: rows.length }, this, this.#out);
  }
}
