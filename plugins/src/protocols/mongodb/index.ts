// MongoDB wire protocol (mongodb.com/docs/manual/reference/mongodb-wire-protocol). Owns: the message header and what has to follow it.
// Must not know: BSON beyond the names it looks for. Bound: `mongodb-reader.ts`.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u32le } from '@kaipo/core/wire/bytes.js';
import { MongodbReader } from './mongodb-reader.js';

const MAX_MESSAGE = 50_331_648;
const HEADER_LEN = 16;
const OP_REPLY = 1;
const OP_UPDATE = 2001;
const OP_INSERT = 2002;
const OP_QUERY = 2004;
const OP_GET_MORE = 2005;
const OP_DELETE = 2006;
const OP_COMMAND = 2010;
const OP_COMMAND_REPLY = 2011;
const OP_COMPRESSED = 2012;
const OP_MSG = 2013;

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const have = end - start;
  if (have < HEADER_LEN + 5)
    return have < 4 || (u32le(bytes, start) > 20 && u32le(bytes, start) <= MAX_MESSAGE) ? UNSURE : NOT_MINE;
  const length = u32le(bytes, start);
  if (length < 21 || length > MAX_MESSAGE) return NOT_MINE;
  const at = start + HEADER_LEN;
  switch (u32le(bytes, start + 12)) {
    case OP_MSG: {
      if ((u32le(bytes, at) & 0xfffc) !== 0 || u32le(bytes, at) > 0x1ffff) return NOT_MINE;
      if (bytes[at + 4]! > 1) return NOT_MINE;
      // A section of one document, or of several under a name.
      if (have < HEADER_LEN + 11) return UNSURE;
      if (u32le(bytes, at + 5) < 5 || u32le(bytes, at + 5) > length - 21) return NOT_MINE;
      return bytes[at + 4] === 1
        ? bytes[at + 9]! >= 0x20
          ? MATCH
          : NOT_MINE
        : isDocument(bytes, at + 5)
          ? MATCH
          : NOT_MINE;
    }
    case OP_QUERY:
      return u32le(bytes, at) > 0xff ? NOT_MINE : namespace(p, at + 4);
    case OP_UPDATE:
    case OP_INSERT:
    case OP_GET_MORE:
    case OP_DELETE:
      return u32le(bytes, at) > 1 ? NOT_MINE : namespace(p, at + 4);
    case OP_COMMAND:
      return namespace(p, at);
    case OP_REPLY:
      // Flags, cursor, where it starts, how many; a document with its own length.
      if (have < 42) return UNSURE;
      if (u32le(bytes, at) > 15 || u32le(bytes, start + 8) === 0 || u32le(bytes, at + 16) > 100_000) return NOT_MINE;
      return u32le(bytes, at + 20) <= length - 36 && isDocument(bytes, at + 20) ? MATCH : NOT_MINE;
    case OP_COMMAND_REPLY:
      if (have < HEADER_LEN + 6) return UNSURE;
      return isDocument(bytes, at) && u32le(bytes, at) <= length - 16 && u32le(bytes, start + 8) !== 0
        ? MATCH
        : NOT_MINE;
    case OP_COMPRESSED:
      if (have < HEADER_LEN + 9) return UNSURE;
      return u32le(bytes, at) <= 2013 && u32le(bytes, at) >= 1 && bytes[at + 8]! <= 3 ? MATCH : NOT_MINE;
    default:
      return NOT_MINE;
  }
}

/** BSON: its length, the type of the first element, the first letter of its name; or an empty document. Needs 6 bytes. */
function isDocument(bytes: Uint8Array, at: number): boolean {
  const length = u32le(bytes, at);
  const type = bytes[at + 4]!;
  if (length === 5) return type === 0;
  return (
    length >= 8 &&
    length <= MAX_MESSAGE &&
    type >= 1 &&
    type <= 0x13 &&
    bytes[at + 5]! >= 0x20 &&
    bytes[at + 5] !== 0x7f
  );
}

/** "database.collection" and a zero. */
function namespace(p: Probe, from: number): Verdict {
  const stop = Math.min(p.end, from + 128);
  for (let at = from; at < stop; at++) {
    const byte = p.bytes[at]!;
    if (byte === 0) return at > from ? MATCH : NOT_MINE;
    if (byte < 0x21 || byte === 0x7f) return NOT_MINE;
  }
  return stop === p.end ? UNSURE : NOT_MINE;
}

export const mongodbPlugin = defineProtocol('MongoDB', {
  name: 'mongodb',
  transports: ['tcp'],
  ports: [27_017, 27_018, 27_019],
  // The upper byte of the length.
  stream: { at: 3, values: [0, 1, 2, 3] },
  probe,
  open: (flow) => new MongodbReader(flow),
});
