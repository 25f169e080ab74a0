// Cassandra and ScyllaDB: the CQL binary protocol, versions 1 to 5 (native_protocol_v5.spec). Owns: the frame header and STARTUP.
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
import { asciiBytes, indexOfBytes, isText, utf8Text } from '@kaipo/core/wire/match.js';
import { BROKEN, endsExactly, followChain, wholeMessages } from '@kaipo/core/wire/message-chain.js';

const STARTUP = 1;
const OPTIONS = 5;
const QUERY = 7;
/** Operations that clients send, by number. */
const REQUESTS = 0b1010_1110_1010_0010;
/** And servers: ERROR 0, READY 2, AUTHENTICATE 3, SUPPORTED 6, RESULT 8, EVENT 12, AUTH_CHALLENGE 14, AUTH_SUCCESS 16. */
const ANSWERS = 0b1_0101_0001_0100_1101;
/** STARTUP, OPTIONS; ERROR, READY, AUTHENTICATE, SUPPORTED. */
const FIRST_OPERATIONS = 0b0110_1111;
const MAX_PAIRS = 64;
const MAX_FRAME = 268_435_456;

/** Version (its top bit: an answer), flags, stream (1 byte up to version 2, then 2), operation, length. */
function frameLength(bytes: Uint8Array, at: number, end: number): number {
  const version = bytes[at]! & 0x7f;
  if (version < 1 || version > 5) return -1;
  const header = version < 3 ? 8 : 9;
  if (at + header > end) return 0;
  const operation = bytes[at + header - 5]!;
  const operations = bytes[at]! > 0x7f ? ANSWERS : REQUESTS;
  if (bytes[at + 1]! > 0x1f || operation > 16 || ((operations >> operation) & 1) === 0) return -1;
  const length = u32(bytes, at + header - 4);
  if (length > MAX_FRAME || (operation === OPTIONS && length !== 0) || (operation === 2 && length !== 0)) return -1;
  return operation === STARTUP && (length < 22 || length > 4096) ? -1 : header + length;
}

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const version = bytes[start]! & 0x7f;
  // Who is the client is a guess when the beginning was not seen.
  if (p.fromStart && bytes[start]! > 0x7f === p.fromClient) return NOT_MINE;
  const chain = followChain(bytes, start, end, frameLength);
  // A connection begins with OPTIONS or STARTUP, and with one of the answers to them.
  const first = start + (version < 3 ? 3 : 4);
  if (p.fromStart && first < end && ((FIRST_OPERATIONS >> (bytes[first]! & 31)) & 1) === 0) return NOT_MINE;
  if (chain === BROKEN) return NOT_MINE;
  if (!endsExactly(chain) && wholeMessages(chain) < 2) return UNSURE;
  const header = version < 3 ? 8 : 9;
  const operation = bytes[start + header - 5]!;
  // An empty frame is little: OPTIONS is asked before STARTUP, its answer or the next frame decides.
  if (wholeMessages(chain) >= 2) return MATCH;
  if (end - start === header) return UNSURE;
  return fitsBody(operation, bytes, start + header, u32(bytes, start + header - 4)) ? MATCH : NOT_MINE;
}

/** What the body of a whole frame begins with: a text, an id, a code or a kind that fits. */
function fitsBody(operation: number, bytes: Uint8Array, at: number, length: number): boolean {
  if (length < 4) return length === 2 && operation === 6;
  const first = u32(bytes, at);
  switch (operation) {
    case 0: // ERROR: code, text
      return first <= 0x2500 && length >= 6;
    case QUERY:
    case 9: // PREPARE: long text
      return first > 0 && first <= length - 4 && isText(bytes, at + 4, at + Math.min(length, 12));
    case 14: // AUTH_CHALLENGE, AUTH_RESPONSE, AUTH_SUCCESS: bytes and nothing else
    case 15:
    case 16:
      return first === length - 4 || first === 0xffffffff;
    case 8: // RESULT: kind
      return first >= 1 && first <= 5;
    case 10: // EXECUTE: the id of a statement, an MD5
      return u16(bytes, at) === 16 && length >= 18;
    case 13: // BATCH: kind, number of statements
      return bytes[at]! <= 2 && u16(bytes, at + 1) > 0;
    case 3: // AUTHENTICATE, EVENT: a text
    case 12:
      return isString(bytes, at, at + length);
    case STARTUP: // number of texts or pairs, and the first text
    case 6:
    case 11:
      return u16(bytes, at) > 0 && u16(bytes, at) <= MAX_PAIRS && isString(bytes, at + 2, at + length);
    default: // a short: length of a text or id, number of texts
      return u16(bytes, at) <= length - 2;
  }
}

/** A length and a printable text that fits. */
function isString(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + 2 > end) return false;
  const stop = at + 2 + u16(bytes, at);
  return stop > at + 2 && stop <= end && isText(bytes, at + 2, stop);
}

class CassandraReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (!fromClient) return SKIP_SIDE;
    const length = frameLength(bytes, start, end);
    if (length < 0) return DONE;
    if (length === 0 || (start + length > end && length < 4096)) return 0;
    const header = (bytes[start]! & 0x7f) < 3 ? 8 : 9;
    if (bytes[start + header - 5] === OPTIONS) return length;
    if (bytes[start + header - 5] === STARTUP && start + length <= end) {
      const software = `${option(bytes, start, start + length, DRIVER_NAME)} ${option(bytes, start, start + length, DRIVER_VERSION)}`;
      if (software.trim() !== '') this.#flow.setDetails({ clientSoftware: software.trim() });
    }
    return DONE;
  }
}

const DRIVER_NAME = asciiBytes('DRIVER_NAME');
const DRIVER_VERSION = asciiBytes('DRIVER_VERSION');

function option(bytes: Uint8Array, start: number, end: number, name: Uint8Array): string {
  const at = indexOfBytes(bytes, start, end, name);
  if (at < 0 || at + name.length + 2 > end) return '';
  const value = at + name.length + 2;
  return utf8Text(bytes, value, Math.min(end, value + u16(bytes, value - 2)), 64);
}

export const cassandraPlugin = defineProtocol('Cassandra and ScyllaDB (CQL)', {
  name: 'cassandra',
  transports: ['tcp'],
  ports: [9042, 9142, 19_042],
  firstBytes: [1, 2, 3, 4, 5, 0x81, 0x82, 0x83, 0x84, 0x85],
  probe,
  open: (flow) => new CassandraReader(flow),
});
