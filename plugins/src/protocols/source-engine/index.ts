// Valve's server queries: FF FF FF FF, a letter, and for each letter what must follow (developer.valvesoftware.com/wiki/Server_queries).
// Owns: questions and answers; also the four zeros-in-ASCII that Half-Life 2 packets end with. Bound: one look.
import {
  DONE,
  defineProtocol,
  type FlowReader,
  MATCH,
  NOT_MINE,
  type Probe,
  UNSURE,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';
import { asciiBytes, beginsWith, indexOfByte } from '@kaipo/core/wire/match.js';

const INFO = asciiBytes('\xff\xff\xff\xffTSource Engine Query\0');
const READER: FlowReader = { read: () => DONE };
const ALL_ONES = 0xffffffff;
const END_OF_HALF_LIFE = 0x30303000;

export const sourceEnginePlugin = defineProtocol('Source engine and GoldSrc: queries of game servers (A2S)', {
  name: 'source-engine',
  transports: ['udp'],
  ports: [27015, 27016, 27005, 27020],
  firstBytes: [0xff],
  probe,
  open: (flow) => {
    flow.setApplication('Source Engine');
    return READER;
  },
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const size = end - start;
  if (size < 5 || u32(bytes, start) !== ALL_ONES) return NOT_MINE;
  if (beginsWith(bytes, start, end, INFO)) return MATCH;
  const letter = bytes[start + 4];
  // A challenge, asked for (all ones) or given, and questions that repeat it: nine bytes.
  if (size === 9 && letter === 0x41) return isAnswered(p) ? MATCH : UNSURE;
  if (size === 9 && (letter === 0x55 || letter === 0x56)) return u32(bytes, start + 5) === ALL_ONES ? MATCH : UNSURE;
  // Answers: a protocol number, then texts that end with zeros.
  if (letter === 0x49 && size > 20) return isInfo(bytes, start, end) ? MATCH : NOT_MINE;
  return size >= 20 && u32(bytes, end - 4) === END_OF_HALF_LIFE && isZero(bytes, start + 4, end - 4) ? MATCH : NOT_MINE;
}

function isAnswered(p: Probe): boolean {
  return (
    p.otherLength >= 5 && u32(p.otherBytes, 0) === ALL_ONES && p.otherBytes[4]! >= 0x41 && p.otherBytes[4]! <= 0x7a
  );
}

/** Name, map, folder and game: four texts, each ended by zero, in what is there. */
function isInfo(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start + 6;
  for (let i = 0; i < 4; i++) {
    const zero = indexOfByte(bytes, at, end, 0);
    if (zero < 0 || zero - at > 128) return false;
    at = zero + 1;
  }
  return end - at >= 7 && bytes[start + 5]! > 0 && bytes[start + 5]! < 0x60;
}

function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] !== 0) return false;
  return true;
}
