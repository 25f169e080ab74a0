// Label distribution protocol of MPLS (RFC 5036): hellos over UDP, sessions over TCP.
// Owns: what such messages look like. Bound: looks at one PDU header, keeps nothing.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';
import { isExactly } from '@kaipo/core/wire/exact.js';
import { hasPort } from '@kaipo/core/wire/port-hint.js';

const PORT = 646;

export const ldpPlugin = defineProtocol('Label distribution protocol of MPLS (LDP)', {
  name: 'ldp',
  transports: ['udp', 'tcp'],
  ports: [PORT],
  firstBytes: [0],
  datagram: { minBytes: 20, at: 1, values: [1] },
  probe,
});

const VERSION = 1;
const HEADER_LEN = 18;
const NOTIFICATION = 0x0001;
const INITIALISATION = 0x0200;
const UDP = 17;
const HELLO = 0x0100;

/** Version, the length of the PDU, the label space, a message that exists and ends inside the PDU. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const length = end - start;
  if (length >= 2 && u16(bytes, start) !== VERSION) return NOT_MINE;
  if (length < HEADER_LEN + 2) return p.transport === UDP ? NOT_MINE : UNSURE;
  const pdu = u16(bytes, start + 2);
  const message = u16(bytes, start + 10) & 0x7fff;
  const messageLength = u16(bytes, start + 12);
  if (u16(bytes, start + 8) > 0xff || messageLength < 4 || messageLength + 10 > pdu || !isMessage(message))
    return NOT_MINE;
  if (u16(bytes, start + 8) !== 0 || (messageLength > 4 && !isElement(u16(bytes, start + HEADER_LEN)))) return NOT_MINE;
  if (p.transport === UDP) return message === HELLO && isExactly(pdu + 4, length, p.isCut) ? MATCH : NOT_MINE;
  if (p.fromStart && message !== INITIALISATION && message !== NOTIFICATION) return NOT_MINE;
  if (message === HELLO || pdu > 4096) return NOT_MINE;
  // Away from the port the message is all there is, or the next one follows.
  const next = start + 4 + pdu;
  if (hasPort(p, PORT) || next === end) return MATCH;
  return next + 2 > end ? UNSURE : u16(bytes, next) === VERSION ? MATCH : NOT_MINE;
}

/** Types of elements: addresses, labels, status, hello, session, request … (IANA, "LDP TLV Type Name Space"). */
const isElement = (type: number): boolean =>
  (type & 0x3f00) >= 0x0100 && (type & 0x3f00) <= 0x0900 && (type & 0xff) <= 0x12;

function isMessage(type: number): boolean {
  if (type === NOTIFICATION || type === HELLO) return true;
  if (type >= INITIALISATION && type <= 0x0202) return true;
  if (type >= 0x0300 && type <= 0x0301) return true;
  return type >= 0x0400 && type <= 0x0404;
}
