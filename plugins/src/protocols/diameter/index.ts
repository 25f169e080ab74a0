// Diameter (RFC 6733) over TCP and SCTP. Owns: messages that begin with a sound header and a sound first attribute, and who sends.
// Bound: reads the first message of each side, at most 64 attributes.
import {
  DONE,
  defineProtocol,
  type FlowReader,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolFlow,
  SKIP_SIDE,
  UNSURE,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { u24, u32 } from '@kaipo/core/wire/bytes.js';
import { utf8Text } from '@kaipo/core/wire/match.js';

export const diameterPlugin = defineProtocol('Diameter: authorisation and billing of mobile networks', {
  name: 'diameter',
  transports: ['tcp', 'sctp'],
  ports: [3868, 5868],
  firstBytes: [1],
  probe,
  open: (flow) => new DiameterReader(flow),
});

const HEADER_LEN = 20;
const AVP_HEADER_LEN = 8;
const MAX_LEN = 65_536;
/** Registered commands; those of vendors are far above. */
const FIRST_COMMAND = 257;
const LAST_COMMAND = 511;
/** Applications of the IETF, those of vendors (upper three bytes), and relays. */
const LAST_APPLICATION = 255;
const VENDOR_APPLICATIONS = 0x010000;
const RELAY = 0xffff_ffff;
const AVP_VENDOR = 0x80;
const USER_NAME = 1;
const ORIGIN_HOST = 264;
const PRODUCT_NAME = 269;
const ORIGIN_REALM = 296;
const MAX_ATTRIBUTES = 64;
const TCP = 6;

/** Version 1, a length in words, reserved flags 0 here and in the first attribute, applications and commands that are registered. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < HEADER_LEN + AVP_HEADER_LEN) return p.transport === TCP ? UNSURE : NOT_MINE;
  const length = u24(bytes, start + 1);
  if (length < HEADER_LEN + AVP_HEADER_LEN || length % 4 !== 0 || length > MAX_LEN) return NOT_MINE;
  if (p.transport !== TCP && length > end - start && !p.isCut) return NOT_MINE;
  if ((bytes[start + 4]! & 0x0f) !== 0 || bytes[start + 5] !== 0) return NOT_MINE;
  const command = u24(bytes, start + 5);
  const application = u32(bytes, start + 8);
  if (command < FIRST_COMMAND || command > LAST_COMMAND) return NOT_MINE;
  if (application > LAST_APPLICATION && application >>> 8 !== VENDOR_APPLICATIONS && application !== RELAY)
    return NOT_MINE;
  const code = u32(bytes, start + HEADER_LEN);
  const avp = u24(bytes, start + HEADER_LEN + 5);
  const isAvp = code > 0 && code < 0x10000 && avp >= AVP_HEADER_LEN && avp + HEADER_LEN <= length;
  return isAvp && (bytes[start + HEADER_LEN + 4]! & 0x1f) === 0 ? MATCH : NOT_MINE;
}

class DiameterReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #sides = 0;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (end - start < HEADER_LEN) return this.#flow.transport === TCP ? 0 : end - start;
    const length = u24(bytes, start + 1);
    if (this.#flow.transport === TCP && end - start < length && length <= MAX_LEN) return 0;
    this.#readMessage(bytes, start + HEADER_LEN, Math.min(end, start + length), fromClient);
    this.#sides |= fromClient ? 1 : 2;
    if (this.#sides === 3) return DONE;
    return this.#flow.transport === TCP ? SKIP_SIDE : end - start;
  }

  #readMessage(bytes: Uint8Array, start: number, end: number, fromClient: boolean): void {
    let at = start;
    for (let i = 0; i < MAX_ATTRIBUTES && at + AVP_HEADER_LEN <= end; i++) {
      const length = u24(bytes, at + 5);
      if (length < AVP_HEADER_LEN || at + length > end) return;
      const value = at + AVP_HEADER_LEN;
      if ((bytes[at + 4]! & AVP_VENDOR) === 0) this.#attribute(u32(bytes, at), bytes, value, at + length, fromClient);
      at += (length + 3) & ~3;
    }
  }

  #attribute(code: number, bytes: Uint8Array, start: number, end: number, fromClient: boolean): void {
    if (code === USER_NAME) this.#flow.setDetails({ userName: utf8Text(bytes, start, end) });
    else if (code === ORIGIN_HOST && fromClient) this.#flow.setDetails({ deviceName: utf8Text(bytes, start, end) });
    else if (code === ORIGIN_REALM) this.#flow.setDetails({ subject: utf8Text(bytes, start, end) });
    else if (code === PRODUCT_NAME) {
      const product = utf8Text(bytes, start, end);
      this.#flow.setDetails(fromClient ? { clientSoftware: product } : { serverSoftware: product });
    }
  }
}
