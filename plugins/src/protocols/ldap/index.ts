// LDAP (RFC 4511) over TCP, and CLDAP (RFC 1798, MS-ADTS) over UDP. Owns: naming the flow, who binds, what is searched first,
// StartTLS. Passwords are not looked at. Bound: reads sixteen messages a flow.
import {
  DONE,
  defineProtocols,
  type FlowReader,
  HAND_OVER,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolFlow,
  type ProtocolSpec,
  SKIP_SIDE,
  UNSURE,
  type Verdict,
} from '@kaipo/core/api/index.js';
import {
  BER_ENUMERATED,
  BER_INTEGER,
  BER_OCTETS,
  BER_SEQUENCE,
  berContentAt,
  berEnd,
  berEndOf,
  berUint,
} from '@kaipo/core/wire/ber.js';
import { isExactly } from '@kaipo/core/wire/exact.js';
import { asciiBytes, indexOfBytes, utf8Text } from '@kaipo/core/wire/match.js';
import { ntlmIdentity, ntlmUserText } from '@kaipo/core/wire/ntlmssp.js';

const PORTS = [389, 3268];

/** Directory (LDAP): who binds, what is searched. */
const ldapSpec: ProtocolSpec = {
  name: 'ldap',
  transports: ['tcp'],
  ports: PORTS,
  firstBytes: [BER_SEQUENCE],
  probe,
  open: (flow) => new LdapReader(flow),
};

/** Directory over datagrams (CLDAP): how domain controllers are found. */
const cldapSpec: ProtocolSpec = {
  name: 'cldap',
  transports: ['udp'],
  ports: [389],
  firstBytes: [BER_SEQUENCE],
  probe,
};

export const ldapPlugin = defineProtocols('ldap', 'Directory (LDAP, CLDAP): who binds, what is searched', [
  ldapSpec,
  cldapSpec,
]);

const UDP = 17;
const CONTROLS = 0xa0;
const BIND_REQUEST = 0x60;
const UNBIND = 0x42;
const SEARCH_REQUEST = 0x63;
const SEARCH_DONE = 0x65;
const SEARCH_REFERENCE = 0x73;
const EXTENDED_REQUEST = 0x77;
const ABANDON = 0x50;
const EXTENDED_RESPONSE = 0x78;
const OPERATIONS = new Set([
  BIND_REQUEST,
  0x61,
  UNBIND,
  SEARCH_REQUEST,
  0x64,
  SEARCH_DONE,
  0x66,
  0x67,
  0x68,
  0x69,
  0x4a,
  0x6b,
  0x6c,
  0x6d,
  0x6e,
  0x6f,
  ABANDON,
  SEARCH_REFERENCE,
  EXTENDED_REQUEST,
  EXTENDED_RESPONSE,
  0x79,
]);
const MAX_MESSAGES = 16;
/** The shortest message, an unbind. */
const MIN_LEN = 7;
/** Tag and length of the operation, and three bytes of its first field. */
const LONGEST_HEADER = 9;
const START_TLS = asciiBytes('1.3.6.1.4.1.1466.20037');

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const verdict = bytes[start] === BER_SEQUENCE ? messageVerdict(bytes, start, end) : NOT_MINE;
  if (p.transport !== UDP) return verdict;
  return verdict === MATCH && isExactly(berEnd(bytes, start, end) - start, end - start, p.isCut) ? MATCH : NOT_MINE;
}

/** A message number, an operation that exists and ends where the message does, or where its controls begin. */
function messageVerdict(bytes: Uint8Array, start: number, end: number): Verdict {
  if (end - start < MIN_LEN) return UNSURE;
  const stop = berEnd(bytes, start, end);
  const number = berContentAt(bytes, start, end);
  if (stop < 0 || stop - number < MIN_LEN - 2) return NOT_MINE;
  if (number + 2 > end) return UNSURE;
  if (bytes[number] !== BER_INTEGER || bytes[number + 1]! > 4) return NOT_MINE;
  const at = number + 2 + bytes[number + 1]!;
  if (at + LONGEST_HEADER > Math.min(end, stop) && end < stop) return UNSURE;
  if (berUint(bytes, number, end) < 0 || at + 2 > end || !OPERATIONS.has(bytes[at]!)) return NOT_MINE;
  const operationEnd = berEnd(bytes, at, end);
  if (operationEnd < 0 || operationEnd > stop) return NOT_MINE;
  if (operationEnd !== stop && operationEnd >= end) return UNSURE;
  if (operationEnd !== stop && bytes[operationEnd] !== CONTROLS) return NOT_MINE;
  return isOperation(bytes, at, end) ? MATCH : NOT_MINE;
}

/** The first field of the operation is what it must be. */
function isOperation(bytes: Uint8Array, at: number, end: number): boolean {
  const content = berContentAt(bytes, at, end);
  if (content > end) return false;
  if (content + 3 > end) return (bytes[at] === UNBIND && bytes[at + 1] === 0) || bytes[at] === ABANDON;
  const first = bytes[content];
  switch (bytes[at]) {
    case BIND_REQUEST:
      return (
        first === BER_INTEGER && bytes[content + 1] === 1 && (bytes[content + 2] === 2 || bytes[content + 2] === 3)
      );
    case UNBIND:
      return bytes[at + 1] === 0;
    case 0x61:
    case SEARCH_DONE:
    case 0x67:
    case 0x69:
    case 0x6b:
    case 0x6d:
    case 0x6f:
    case EXTENDED_RESPONSE:
      return first === BER_ENUMERATED && bytes[content + 1] === 1;
    case EXTENDED_REQUEST:
      return first === 0x80;
    case 0x4a:
    case ABANDON:
      return true;
    default:
      return first === BER_OCTETS;
  }
}

class LdapReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #left = MAX_MESSAGES;
  #asksTls = false;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    let at = start;
    while (at < end) {
      if (this.#asksTls && fromClient) return HAND_OVER;
      if (bytes[at] !== BER_SEQUENCE) return SKIP_SIDE; // security layers of SASL have lengths of their own
      if (end - at < 6) break;
      const stop = berEnd(bytes, at, end);
      if (stop < 0) return SKIP_SIDE;
      if (stop > end) break;
      this.#readMessage(bytes, at, stop);
      at = stop;
      this.#left -= 1;
      if (this.#left <= 0) return DONE;
    }
    return at - start;
  }

  #readMessage(bytes: Uint8Array, start: number, end: number): void {
    const number = berContentAt(bytes, start, end);
    const at = berEndOf(bytes, number, end, BER_INTEGER);
    if (at < 0 || at >= end) return;
    const content = berContentAt(bytes, at, end);
    if (content < 0) return;
    const operation = bytes[at]!;
    if (operation === BIND_REQUEST) this.#readBind(bytes, content, end);
    else if (operation === SEARCH_REQUEST) this.#readSearch(bytes, content, end);
    else if (operation === EXTENDED_REQUEST && indexOfBytes(bytes, content, end, START_TLS) >= 0) this.#asksTls = true;
  }

  /** Version, name, credentials: the name of a simple bind, or who NTLM says it is. */
  #readBind(bytes: Uint8Array, at: number, end: number): void {
    const name = berEndOf(bytes, at, end, BER_INTEGER);
    const stop = berEndOf(bytes, name, end, BER_OCTETS);
    if (stop < 0) return;
    const identity = ntlmIdentity(bytes, stop, end);
    const user =
      identity === undefined ? utf8Text(bytes, berContentAt(bytes, name, end), stop) : ntlmUserText(identity);
    if (user !== undefined && user !== '') this.#flow.setDetails({ userName: user });
  }

  #readSearch(bytes: Uint8Array, at: number, end: number): void {
    const stop = berEndOf(bytes, at, end, BER_OCTETS);
    const base = berContentAt(bytes, at, end);
    if (stop > base) this.#flow.setDetails({ subject: utf8Text(bytes, base, stop) });
  }
}
