// The real engine with one plugin: packets in, events and flow records out. Owns: frames round payloads, and TCP sequence numbers.
import type { FlowRecord, KaipoEvent, KaipoPlugin } from '@kaipo/core/api/index.js';
import { Engine } from '@kaipo/core/engine/engine.js';
import { CaptureReader } from '@kaipo/core/frame/capture-reader.js';
import { ethernetIp } from '../../fixtures/link-layers.js';
import { type Packet, START_NS, snapped } from '../../fixtures/packet-list.js';
import { pcapFile } from '../../fixtures/pcap-writer.js';
import { ACK, type End, PSH, SYN, tcp, udp } from '../../fixtures/transport-layers.js';

export interface Said {
  readonly transport: 'tcp' | 'udp';
  readonly from: End;
  readonly to: End;
  readonly payload: Uint8Array;
  /** Bytes of this direction that are lost before it (TCP). */
  readonly lostBytes?: number;
  /** Bytes of the frame that are captured. */
  readonly snaplen?: number;
}

export const CLIENT_END: End = { ip: '10.0.0.2', port: 40_000 };
export const SERVER_END: End = { ip: '192.0.2.53', port: 53 };

export class ProtocolBench {
  /** All but the ends of flows. */
  readonly events: KaipoEvent[] = [];
  readonly flows: FlowRecord[] = [];
  /** What plugins did wrong. */
  readonly faults: string[] = [];
  readonly #engine: Engine;
  readonly #next = new Map<string, number>();
  #packets = 0;

  constructor(plugin: KaipoPlugin, config?: unknown) {
    this.#engine = new Engine({
      plugins: [plugin],
      maxFlows: 8_192,
      pluginConfig: () => config,
      onFault: (text) => this.faults.push(text),
    });
    this.#engine.bus.subscribe({
      name: 'test',
      wants: 'all',
      capacity: 65_536,
      whenFull: 'flush',
      deliver: (events) => {
        for (const event of events)
          if (event.kind === 'flow.ended') this.flows.push(event.flow);
          else this.events.push(event);
      },
    });
  }

  /** Packet n of the bench is n milliseconds after its first one. */
  run(...said: readonly Said[]): void {
    const reader = new CaptureReader((batch) => this.#engine.process(batch));
    reader.push(pcapFile(said.map((one) => this.#packet(one))));
    reader.end();
  }

  /** A TCP handshake, so that the streams are seen from their beginning. */
  connect(from: End = CLIENT_END, to: End = SERVER_END): void {
    const frames = [
      tcp(from, to, { flags: SYN, seq: this.#seq(from, to) }),
      tcp(to, from, { flags: SYN | ACK, seq: this.#seq(to, from), ack: this.#seq(from, to) + 1 }),
    ];
    const reader = new CaptureReader((batch) => this.#engine.process(batch));
    reader.push(pcapFile(frames.map((bytes) => this.#timed(ethernetIp(bytes)))));
    reader.end();
    this.#advance(from, to, 1);
    this.#advance(to, from, 1);
  }

  /** Ends all flows. @returns their records. */
  finish(): readonly FlowRecord[] {
    this.#engine.finish();
    return this.flows;
  }

  #packet({ transport, from, to, payload, lostBytes = 0, snaplen }: Said): Packet {
    let datagram: Uint8Array;
    if (transport === 'udp') datagram = udp(from, to, payload);
    else {
      this.#advance(from, to, lostBytes);
      datagram = tcp(from, to, { flags: PSH | ACK, seq: this.#seq(from, to), payload });
      this.#advance(from, to, payload.length);
    }
    const packet = this.#timed(ethernetIp(datagram));
    return snaplen === undefined ? packet : snapped(packet, snaplen);
  }

  #timed(bytes: Uint8Array): Packet {
    return { timeNs: START_NS + BigInt(this.#packets++) * 1_000_000n, bytes };
  }

  #seq(from: End, to: End): number {
    return this.#next.get(keyOf(from, to)) ?? 1_000;
  }

  #advance(from: End, to: End, bytes: number): void {
    this.#next.set(keyOf(from, to), (this.#seq(from, to) + bytes) >>> 0);
  }
}

const keyOf = (from: End, to: End): string => `${from.ip} ${from.port} ${to.ip} ${to.port}`;
