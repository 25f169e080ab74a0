// DCE/RPC (C706; MS-RPCE) over TCP and UDP: naming the flow, which interface is bound, who logs in.
// Must not know calls. Bound: reads eight fragments a side; interfaces with a name are listed in `interfaces.ts`.
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
import { u32 } from '@kaipo/core/wire/bytes.js';
import {
  areDcerpcSizes,
  DCERPC_ALTER_CONTEXT,
  DCERPC_AUTH3,
  DCERPC_BIND,
  DCERPC_HEADER_LEN,
  dcerpcFragmentLength,
  dcerpcInterfaceAt,
  dcerpcIsLittle,
  dcerpcType,
  isDcerpc,
  isDcerpcDatagram,
} from '@kaipo/core/wire/dcerpc.js';
import { ntlmIdentity, ntlmUserText } from '@kaipo/core/wire/ntlmssp.js';
import { uuidText } from '@kaipo/core/wire/uuid-text.js';
import { INTERFACES } from './interfaces.js';

export const dcerpcPlugin = defineProtocol('Remote procedure calls of Windows (DCE/RPC) and their interfaces', {
  name: 'dcerpc',
  transports: ['tcp', 'udp'],
  ports: [135, 593],
  firstBytes: [4, 5],
  probe,
  open: (flow) => new DcerpcReader(flow),
});

const UDP = 17;
const BIND_NAK = 13;
const MAX_FRAGMENTS = 16;
const INTERFACE_LEN = 16;
const MAX_USUAL_BYTES = 8_192;
/** The end of every interface of PROFINET's context manager, which is a protocol of its own. */
const PROFINET_TAIL = 0x00a02442;
const PROFINET_END = 0xdf7d;

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (p.transport === UDP) {
    if (!isDcerpcDatagram(bytes, start, end, p.isCut) || isProfinet(bytes, start)) return NOT_MINE;
    return MATCH;
  }
  if (bytes[start] !== 5) return NOT_MINE;
  if (end - start < DCERPC_HEADER_LEN) return UNSURE;
  if (!isDcerpc(bytes, start)) return NOT_MINE;
  if (!isBind(dcerpcType(bytes, start))) return unbound(p);
  if (end - start < DCERPC_HEADER_LEN + 4) return UNSURE;
  return areDcerpcSizes(bytes, start) ? MATCH : NOT_MINE;
}

/** Binding, altering, and the answers to both. */
const isBind = (type: number): boolean => type >= DCERPC_BIND && type <= DCERPC_ALTER_CONTEXT + 1 && type !== BIND_NAK;

/**
 * No bind was seen: the fragment is all there is or the next one follows to the byte. At the beginning of a connection, where a bind
 * was due, the other side must have said something else that fits.
 */
function unbound(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const next = start + dcerpcFragmentLength(bytes, start);
  if (next + DCERPC_HEADER_LEN <= end) return isDcerpc(bytes, next) ? MATCH : NOT_MINE;
  if (next < end) return UNSURE;
  // More of it is to come: large ones prove less, and will be seen whole.
  if (next > end && !isUsual(bytes, start, end)) return UNSURE;
  if (!p.fromStart) return MATCH;
  const isOther = p.otherLength >= DCERPC_HEADER_LEN && isDcerpc(p.otherBytes, 0);
  return isOther && dcerpcType(p.otherBytes, 0) !== dcerpcType(bytes, start) ? MATCH : UNSURE;
}

/** No longer than fragments of Windows and Samba are, and of one of the first contexts. */
const isUsual = (bytes: Uint8Array, start: number, end: number): boolean =>
  dcerpcFragmentLength(bytes, start) <= MAX_USUAL_BYTES &&
  end - start >= DCERPC_HEADER_LEN + 8 &&
  (dcerpcIsLittle(bytes, start) ? bytes[start + 21] : bytes[start + 20]) === 0;

/** Object at 8, interface at 24: six bytes of node at the end of each. */
const isProfinet = (bytes: Uint8Array, start: number): boolean =>
  u32(bytes, start + 34) === PROFINET_TAIL && ((bytes[start + 38]! << 8) | bytes[start + 39]!) === PROFINET_END;

class DcerpcReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  readonly #names: string[] = [];
  #left = MAX_FRAGMENTS;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number): number {
    if (this.#flow.transport === UDP) {
      if (end - start >= 40) this.#addInterface(bytes, start + 24, dcerpcIsLittle(bytes, start));
      return DONE;
    }
    let at = start;
    while (end - at >= DCERPC_HEADER_LEN) {
      if (!isDcerpc(bytes, at)) return DONE;
      const stop = at + dcerpcFragmentLength(bytes, at);
      const type = dcerpcType(bytes, at);
      const isWanted = type === DCERPC_BIND || type === DCERPC_ALTER_CONTEXT || type === DCERPC_AUTH3;
      if (isWanted && stop > end) break;
      if (isWanted) this.#readFragment(bytes, at, stop, type);
      at = stop;
      this.#left -= 1;
      if (this.#left <= 0) return DONE;
    }
    return at - start;
  }

  #readFragment(bytes: Uint8Array, at: number, end: number, type: number): void {
    const wanted = dcerpcInterfaceAt(at);
    if (type !== DCERPC_AUTH3 && wanted + INTERFACE_LEN <= end)
      this.#addInterface(bytes, wanted, dcerpcIsLittle(bytes, at));
    const identity = ntlmIdentity(bytes, at, end);
    if (identity === undefined) return;
    const user = ntlmUserText(identity);
    this.#flow.setDetails({
      ...(user !== undefined && { userName: user }),
      ...(identity.host !== undefined && { deviceName: identity.host }),
    });
  }

  #addInterface(bytes: Uint8Array, at: number, isLittle: boolean): void {
    const uuid = uuidText(bytes, at, isLittle);
    const name = INTERFACES[uuid] ?? uuid;
    if (this.#names.length >= 4 || this.#names.includes(name)) return;
    this.#names.push(name);
    this.#flow.setDetails({ subject: this.#names.join(', ') });
  }
}
