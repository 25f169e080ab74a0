// OPC UA binary protocol (OPC 10000-6, 7.1). Owns: the message header and HELLO. Bound: one HELLO of 4 KiB.
import {
  DONE,
  defineProtocol,
  type FlowReader,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolFlow,
  UNSURE,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { u24, u32le } from '@kaipo/core/wire/bytes.js';
import { utf8Text } from '@kaipo/core/wire/match.js';
import { BROKEN, followChain, wholeMessages } from '@kaipo/core/wire/message-chain.js';

const HEL = 0x48454c;
const KINDS = ['HEL', 'ACK', 'ERR', 'RHE', 'OPN', 'MSG', 'CLO'].map(
  (word) => (word.charCodeAt(0) << 16) | (word.charCodeAt(1) << 8) | word.charCodeAt(2),
);

/** Three letters, F (final), C (more) or A (abort), length. */
function messageLength(bytes: Uint8Array, at: number, end: number): number {
  if (at + 3 > end) return 0;
  if (!KINDS.includes(u24(bytes, at))) return -1;
  if (at + 8 > end) return 0;
  const chunk = bytes[at + 3];
  const length = u32le(bytes, at + 4);
  return (chunk === 0x46 || chunk === 0x43 || chunk === 0x41) && length >= 12 && length <= 16_777_216 ? length : -1;
}

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const chain = followChain(bytes, start, end, messageLength);
  if (chain === BROKEN) return NOT_MINE;
  return end - start >= 12 && (wholeMessages(chain) >= 1 || u32le(bytes, start + 4) < 65_536) ? MATCH : UNSURE;
}

/** HELLO: version, four sizes, and the address asked for: opc.tcp://host:4840/path. */
class OpcuaReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, _fromClient: boolean): number {
    if (end - start < 32) return end - start >= 3 && u24(bytes, start) !== HEL ? DONE : 0;
    if (u24(bytes, start) !== HEL) return DONE;
    const stop = start + 32 + u32le(bytes, start + 28);
    if (stop > end) return end - start < 4096 ? 0 : DONE;
    const url = utf8Text(bytes, start + 32, stop, 256);
    const host = /^opc\.tcp:\/\/([A-Za-z0-9._-]+)/.exec(url)?.[1];
    if (url !== '') this.#flow.setDetails({ subject: url });
    if (host !== undefined && !/^[\d.]+$/.test(host)) this.#flow.setServerName(host.toLowerCase(), 'host');
    return DONE;
  }
}

export const opcuaPlugin = defineProtocol('OPC UA', {
  name: 'opcua',
  transports: ['tcp'],
  ports: [4840, 4843, 48_010, 53_530],
  firstBytes: [0x48, 0x41, 0x45, 0x52, 0x4f, 0x4d, 0x43],
  probe,
  open: (flow) => new OpcuaReader(flow),
});
