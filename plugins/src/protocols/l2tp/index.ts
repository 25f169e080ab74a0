// L2TP (RFC 2661, version 3: RFC 3931): control messages. Data messages are taken apart by the decoder. Owns: the recognition, the names
// in the first message. Bound: 32 attributes.
import {
  DONE,
  defineProtocol,
  type FlowReader,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolFlow,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';
import { isExactly } from '@kaipo/core/wire/exact.js';
import { latin1Text } from '@kaipo/core/wire/match.js';

/** Control, length and sequence bits, version 2 or 3. */
const CONTROL_2 = 0xc802;
const CONTROL_3 = 0xc803;
const HEADER_BYTES = 12;
const MESSAGE_TYPE = 0;
const HOST_NAME = 7;
const VENDOR_NAME = 8;
const MAX_ATTRIBUTES = 32;

/** Flags and version, a length that is exact, the type of the message first: 72 bits; an empty one has 32. */
function probe(p: Probe): Verdict {
  const { bytes, start } = p;
  const there = p.end - start;
  if (there < HEADER_BYTES) return NOT_MINE;
  const flags = u16(bytes, start);
  if ((flags !== CONTROL_2 && flags !== CONTROL_3) || !isExactly(u16(bytes, start + 2), there, p.isCut))
    return NOT_MINE;
  if (there === HEADER_BYTES) return u32(bytes, start + 4) !== 0 ? MATCH : NOT_MINE;
  return there >= HEADER_BYTES + 8 &&
    (u16(bytes, start + HEADER_BYTES) & 0x3fff) === 8 &&
    u32(bytes, start + HEADER_BYTES + 2) === 0
    ? MATCH
    : NOT_MINE;
}

class L2tpReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    let at = start + HEADER_BYTES;
    for (let i = 0; i < MAX_ATTRIBUTES && at + 6 <= end; i++) {
      const length = u16(bytes, at) & 0x03ff;
      const stop = Math.min(end, at + length);
      if (length < 6) break;
      const type = u32(bytes, at + 2);
      if (type === HOST_NAME && fromClient) this.#flow.setDetails({ deviceName: latin1Text(bytes, at + 6, stop) });
      if (type === VENDOR_NAME) this.#tellVendor(latin1Text(bytes, at + 6, stop), fromClient);
      if (type === MESSAGE_TYPE && i > 0) break;
      at += length;
    }
    return fromClient ? 0 : DONE;
  }

  #tellVendor(vendor: string, fromClient: boolean): void {
    this.#flow.setDetails(fromClient ? { clientSoftware: vendor } : { serverSoftware: vendor });
  }
}

export const l2tpPlugin = defineProtocol('L2TP tunnels: their control messages', {
  name: 'l2tp',
  transports: ['udp'],
  ports: [1701],
  firstBytes: [0xc8],
  probe,
  open: (flow) => new L2tpReader(flow),
});
