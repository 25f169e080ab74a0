// Border gateway protocol (RFC 4271, RFC 6793). Owns: its messages, and the autonomous systems the two sides open with.
// Bound: two messages a side are read.
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
import { u16, u32 } from '@kaipo/core/wire/bytes.js';
import { isAll } from '@kaipo/core/wire/exact.js';

export const bgpPlugin = defineProtocol('Border gateway protocol (BGP) and its autonomous systems', {
  name: 'bgp',
  transports: ['tcp'],
  ports: [179],
  firstBytes: [0xff],
  probe,
  open: (flow) => new BgpReader(flow),
});

const MARKER_LEN = 16;
const HEADER_LEN = 19;
const MAX_LEN = 4096;
const UPDATE = 2;
const KEEP_ALIVE = 4;

const OPEN = 1;
const LAST_TYPE = 5;
const OPEN_MIN_LEN = 29;
const CAPABILITIES = 2;
const FOUR_OCTET_AS = 65;

/** Sixteen bytes of ones, a length and a type that exist. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (!isAll(bytes, start, Math.min(end, start + MARKER_LEN), 0xff)) return NOT_MINE;
  if (end - start < HEADER_LEN) return UNSURE;
  return isHeader(bytes, start) ? MATCH : NOT_MINE;
}

function isHeader(bytes: Uint8Array, at: number): boolean {
  const length = u16(bytes, at + MARKER_LEN);
  const type = bytes[at + 18]!;
  if (type === OPEN) return length >= OPEN_MIN_LEN && length <= MAX_LEN;
  if (type === KEEP_ALIVE) return length === HEADER_LEN;
  return type >= UPDATE && type <= LAST_TYPE && length > HEADER_LEN + 1 && length <= MAX_LEN;
}

class BgpReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #client = '';
  #server = '';

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (end - start < HEADER_LEN) return 0;
    if (!isHeader(bytes, start) || bytes[start + 18] !== OPEN) return SKIP_SIDE;
    const length = u16(bytes, start + MARKER_LEN);
    if (end - start < length) return 0;
    const system = autonomousSystem(bytes, start, start + length);
    if (fromClient) this.#client = `AS${system}`;
    else this.#server = `AS${system}`;
    const systems = [this.#client, this.#server].filter((text) => text !== '');
    this.#flow.setDetails({ subject: systems.join(', ') });
    return systems.length === 2 ? DONE : SKIP_SIDE;
  }
}

/** My autonomous system: the four-octet capability where there is one, else the two bytes of the message. */
function autonomousSystem(bytes: Uint8Array, at: number, end: number): number {
  const short = u16(bytes, at + 20);
  let next = at + OPEN_MIN_LEN;
  while (at + OPEN_MIN_LEN <= end && next + 2 <= end) {
    const stop = Math.min(next + 2 + bytes[next + 1]!, end);
    if (bytes[next] === CAPABILITIES)
      for (let code = next + 2; code + 2 <= stop; code += 2 + bytes[code + 1]!)
        if (bytes[code] === FOUR_OCTET_AS && code + 6 <= stop) return u32(bytes, code + 2);
    next = stop;
  }
  return short;
}
