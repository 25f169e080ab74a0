// PPTP (RFC 2637): the control connection. Owns: the recognition, the names in the first message of each side.
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
import { u16, u32 } from '@kaipo/core/wire/bytes.js';
import { latin1Text } from '@kaipo/core/wire/match.js';

const COOKIE = 0x1a2b3c4d;
const HEADER_BYTES = 12;
const LAST_MESSAGE = 15;
/** Start-control-connection, request and reply. */
const START_BYTES = 156;
const HOST_AT = 28;
const VENDOR_AT = 92;
const NAME_BYTES = 64;

function probe(p: Probe): Verdict {
  const { bytes, start } = p;
  const there = p.end - start;
  if (bytes[start] !== 0) return NOT_MINE;
  if (there < 8) return there < 4 || u16(bytes, start + 2) === 1 ? UNSURE : NOT_MINE;
  if (u16(bytes, start + 2) !== 1 || u32(bytes, start + 4) !== COOKIE || u16(bytes, start) < HEADER_BYTES)
    return NOT_MINE;
  if (there < 10) return UNSURE;
  const message = u16(bytes, start + 8);
  return message >= 1 && message <= LAST_MESSAGE ? MATCH : NOT_MINE;
}

class PptpReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #sides = 0;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (end - start < 2) return 0;
    if (end - start < START_BYTES) return u16(bytes, start) === START_BYTES ? 0 : DONE;
    const message = u16(bytes, start + 8);
    if (message !== 1 && message !== 2) return DONE;
    const host = nameAt(bytes, start + HOST_AT);
    const vendor = nameAt(bytes, start + VENDOR_AT);
    this.#flow.setDetails(
      fromClient ? { deviceName: host, clientSoftware: vendor } : { subject: host, serverSoftware: vendor },
    );
    this.#sides += 1;
    return this.#sides === 2 ? DONE : START_BYTES;
  }
}

const nameAt = (bytes: Uint8Array, at: number): string => latin1Text(bytes, at, at + NAME_BYTES).replace(/\0.*$/s, '');

export const pptpPlugin = defineProtocol('PPTP tunnels: their control connection', {
  name: 'pptp',
  transports: ['tcp'],
  ports: [1723],
  firstBytes: [0],
  probe,
  open: (flow) => new PptpReader(flow),
});
