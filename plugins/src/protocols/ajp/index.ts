// AJP13, between web servers and Tomcat. Owns: the packets both ways. Bound: `AjpReader`, one request of 8 KiB.
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
import { u16 } from '@kaipo/core/wire/bytes.js';
import { utf8Text } from '@kaipo/core/wire/match.js';
import { BROKEN, endsExactly, followChain, wholeMessages } from '@kaipo/core/wire/message-chain.js';

const TO_CONTAINER = 0x1234;
const FROM_CONTAINER = 0x4142;
const FORWARD = 2;
const PING = 8;
const CPING = 10;
const SEND_HEADERS = 4;
const CPONG = 9;
const MAX_LEN = 65_528;

/** 0x1234 or "AB", length, what follows. */
function packetLength(bytes: Uint8Array, at: number, end: number): number {
  if (at + 4 > end) return bytes[at] === 0x12 || bytes[at] === 0x41 ? 0 : -1;
  const magic = u16(bytes, at);
  const length = u16(bytes, at + 2);
  return (magic === TO_CONTAINER || magic === FROM_CONTAINER) && length <= MAX_LEN ? 4 + length : -1;
}

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const chain = followChain(bytes, start, end, packetLength);
  if (chain === BROKEN) return NOT_MINE;
  if (end - start < 5) return UNSURE;
  const code = bytes[start + 4]!;
  const length = u16(bytes, start + 2);
  if (u16(bytes, start) === TO_CONTAINER) {
    if (code === CPING || code === PING) return length === 1 ? (endsExactly(chain) ? MATCH : UNSURE) : NOT_MINE;
    if (code !== FORWARD) return NOT_MINE;
    if (end - start < 13) return UNSURE;
    // Method, then the protocol: length and "HTTP".
    return bytes[start + 5]! <= 27 && bytes[start + 6] === 0 && bytes[start + 8] === 0x48 && bytes[start + 9] === 0x54
      ? MATCH
      : NOT_MINE;
  }
  if (code === CPONG) return length === 1 && endsExactly(chain) ? MATCH : NOT_MINE;
  if (code !== SEND_HEADERS)
    return code === 3 || code === 5 || code === 6 ? (wholeMessages(chain) >= 2 ? MATCH : UNSURE) : NOT_MINE;
  if (end - start < 7) return UNSURE;
  const status = u16(bytes, start + 5);
  return status >= 100 && status < 600 && (endsExactly(chain) || wholeMessages(chain) >= 2)
    ? MATCH
    : status >= 100 && status < 600
      ? UNSURE
      : NOT_MINE;
}

/** Strings: length, bytes, zero; 0xffff: none. */
const skipString = (bytes: Uint8Array, at: number): number =>
  u16(bytes, at) === 0xffff ? at + 2 : at + 3 + u16(bytes, at);

class AjpReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, _fromClient: boolean): number {
    if (end - start < 5) return 0;
    const length = 4 + u16(bytes, start + 2);
    if (u16(bytes, start) !== TO_CONTAINER || bytes[start + 4] !== FORWARD) return length;
    if (end - start < length && end - start < 8192) return 0;
    // Protocol, URI, remote address, remote host; then the name of the server.
    let at = start + 6;
    for (let i = 0; i < 4; i++) {
      if (at + 2 > end) return DONE;
      at = skipString(bytes, at);
    }
    if (at + 2 > end || u16(bytes, at) === 0xffff || at + 2 + u16(bytes, at) > end) return DONE;
    const name = utf8Text(bytes, at + 2, at + 2 + u16(bytes, at), 255);
    if (name !== '') this.#flow.setServerName(name, 'host');
    return DONE;
  }
}

export const ajpPlugin = defineProtocol('AJP13 (Tomcat connector)', {
  name: 'ajp',
  transports: ['tcp'],
  ports: [8009, 8010],
  firstBytes: [0x12, 0x41],
  probe,
  open: (flow) => new AjpReader(flow),
});
