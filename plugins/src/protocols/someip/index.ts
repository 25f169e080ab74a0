// SOME/IP and its service discovery (AUTOSAR). Owns: the message header.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';
import { BROKEN, endsExactly, followChain, wholeMessages } from '@kaipo/core/wire/message-chain.js';

const UDP = 17;
const HEADER_LEN = 16;
const NOTIFICATION = 2;
/** Service ffff, method 8100. */
const DISCOVERY = 0xffff_8100;
const METHODS = 0x1_0000_0000;
const ENOUGH_STEPS = 2;
const PORTS: readonly number[] = [30_490, 30_491, 30_501, 30_509];

/** Service, method, length from behind it, client, session, protocol version 1, interface version, type, return code. */
function messageLength(bytes: Uint8Array, at: number, end: number): number {
  if (at + HEADER_LEN > end) return 0;
  const length = u32(bytes, at + 4);
  if (length < 8 || length > 16_777_216 || bytes[at + 12] !== 1 || bytes[at + 15]! > 0x0f) return -1;
  // Requests and notifications have no result; interfaces are numbered from 1.
  if (u16(bytes, at) === 0 || bytes[at + 13] === 0) return -1;
  if ((bytes[at + 14]! & 0xdf) <= NOTIFICATION && bytes[at + 15] !== 0) return -1;
  // Events have the top bit of the method set, calls have not.
  if (((bytes[at + 14]! & 0x1f) === NOTIFICATION) !== bytes[at + 2]! >= 0x80) return -1;
  return isType(bytes[at + 14]!) ? 8 + length : -1;
}

/** Request, request without answer, notification, their acknowledgements, response, error; 0x20: in segments. */
function isType(type: number): boolean {
  const kind = type & 0xdf;
  return (
    kind <= 2 || (kind >= 0x40 && kind <= 0x42) || kind === 0x80 || kind === 0x81 || kind === 0xc0 || kind === 0xc1
  );
}

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const chain = followChain(bytes, start, end, messageLength);
  if (chain === BROKEN) return NOT_MINE;
  if (wholeMessages(chain) >= (isOnPort(p) ? 2 : 3)) return isSameInterface(p) ? MATCH : NOT_MINE;
  if (endsExactly(chain)) return isSure(p) ? MATCH : UNSURE;
  return p.transport === UDP ? NOT_MINE : UNSURE;
}

/** A second message of the same service is of the same version of it. */
function isSameInterface(p: Probe): boolean {
  const { bytes, start } = p;
  const next = start + 8 + u32(bytes, start + 4);
  return u16(bytes, next) !== u16(bytes, start) || bytes[next + 13] === bytes[start + 13];
}

const isOnPort = (p: Probe): boolean => PORTS.includes(p.serverPort) || PORTS.includes(p.clientPort);

/** Service discovery, or on a port of it; else the answer to the other side's message, or two messages more with the next sessions. */
function isSure(p: Probe): boolean {
  const { bytes, start } = p;
  if (u32(bytes, start) === DISCOVERY || isOnPort(p)) return true;
  const other = p.otherBytes;
  if (p.otherLength >= HEADER_LEN && u32(other, 0) === u32(bytes, start) && u32(other, 8) === u32(bytes, start + 8))
    return bytes[start + 14]! >> 7 !== other[14]! >> 7;
  const method = u32(bytes, start);
  const session = u16(bytes, start + 10);
  const isNext = p.memoA % METHODS === method && session === p.memoB;
  const steps = isNext ? Math.floor(p.memoA / METHODS) + 1 : 0;
  if (steps === ENOUGH_STEPS) return true;
  p.memoA = steps * METHODS + method;
  p.memoB = session + 1;
  return false;
}

export const someipPlugin = defineProtocol('SOME/IP', {
  name: 'someip',
  transports: ['udp', 'tcp'],
  ports: PORTS,
  datagram: { minBytes: HEADER_LEN, at: 12, values: [1] },
  stream: { at: 12, values: [1], fromBytes: HEADER_LEN },
  probe,
});
