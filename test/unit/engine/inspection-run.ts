// One flow through the funnel, with protocols made for the test: what the client and the server say, and a protocol that writes down
// what it is given.
import {
  defineProtocol,
  type FlowReader,
  type FlowRecord,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolSpec,
} from '@kaipo/core/api/index.js';
import { Engine } from '@kaipo/core/engine/engine.js';
import { CaptureReader } from '@kaipo/core/frame/capture-reader.js';
import { asciiBytes, beginsWith, latin1Text } from '@kaipo/core/wire/match.js';
import { ascii } from '../../fixtures/bytes.js';
import { endedFlows } from '../../fixtures/ended-flows.js';
import { ethernetIp } from '../../fixtures/link-layers.js';
import type { Packet } from '../../fixtures/packet-list.js';
import { pcapFile } from '../../fixtures/pcap-writer.js';
import { ACK, PSH, SYN, tcp } from '../../fixtures/transport-layers.js';

export const CLIENT = { ip: '192.0.2.10', port: 40_000 };
export const SERVER = { ip: '192.0.2.20', port: 7000 };
const CLIENT_ISN = 0xffffffe0;
const SERVER_ISN = 500;

export type Segment = readonly [from: 'c' | 's', offset: number, text: string];

export const frame = (from: 'c' | 's', flags: number, offset: number, text = ''): Uint8Array => {
  const [source, target, isn] = from === 'c' ? [CLIENT, SERVER, CLIENT_ISN] : [SERVER, CLIENT, SERVER_ISN];
  return ethernetIp(tcp(source, target, { flags, seq: (isn + offset) >>> 0, payload: ascii(text) }));
};

export const HANDSHAKE = [frame('c', SYN, 0), frame('s', SYN | ACK, 0), frame('c', ACK, 1)];
export const segments = (...list: readonly Segment[]): Uint8Array[] =>
  list.map(([from, offset, text]) => frame(from, PSH | ACK, offset + 1, text));

export interface Run {
  readonly flows: FlowRecord[];
  readonly faults: string[];
  readonly engine: Engine;
}

export function run(specs: readonly ProtocolSpec[], packets: readonly Packet[]): Run {
  const faults: string[] = [];
  const plugins = specs.map((spec) => defineProtocol('a test', spec));
  const engine = new Engine({ plugins, maxFlows: 64, onFault: (text) => faults.push(text) });
  const flows = endedFlows(engine);
  const reader = new CaptureReader((batch) => engine.process(batch));
  reader.push(pcapFile(packets));
  reader.end();
  engine.finish();
  return { flows, faults, engine };
}

const HI = asciiBytes('hi');

/** Matches "hi", and writes down what it is given; `read` says what is used. */
export function recorder(
  log: string[],
  read: (length: number, text: string, fromClient: boolean) => number = (length) => length,
  extra: Partial<ProtocolSpec> = {},
): ProtocolSpec {
  return {
    name: 'recorder',
    transports: ['tcp', 'udp'],
    probe: (p: Probe) => (beginsWith(p.bytes, p.start, p.end, HI) ? MATCH : NOT_MINE),
    open: (): FlowReader => ({
      read(bytes, start, end, fromClient) {
        const text = latin1Text(bytes, start, end, 1e6);
        log.push(`${fromClient ? 'c' : 's'}:${text}`);
        return read(end - start, text, fromClient);
      },
      gap(fromClient, missingBytes) {
        log.push(`${fromClient ? 'c' : 's'} misses ${missingBytes}`);
        return true;
      },
      end: () => {
        log.push('end');
      },
    }),
    ...extra,
  };
}

export const heard = (log: readonly string[], side: 'c' | 's'): string =>
  log
    .filter((line) => line.startsWith(`${side}:`))
    .map((line) => line.slice(2))
    .join('');
