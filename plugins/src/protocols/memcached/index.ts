// Memcached: text commands, the binary protocol (also Couchbase), and UDP frames (memcached/doc/protocol.txt). Owns: how they begin.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';
import { asciiBytes, beginsWith, indexOfByte, isDigit } from '@kaipo/core/wire/match.js';
import { BROKEN, endsExactly, followChain, wholeMessages } from '@kaipo/core/wire/message-chain.js';

const UDP = 17;
const PORT = 11_211;
const PORTS: readonly number[] = [PORT, 11_210, 11_207];
const UDP_HEADER_LEN = 8;
const MIN_KEY = 3;
/** Commands of a key only: sure when the line is whole and the answer agrees. */
const KEY_COMMANDS = ['get ', 'gets ', 'delete ', 'incr ', 'decr ', 'touch ', 'gat ', 'gats ', 'mg ', 'ms ', 'md ', 'ma ', 'me ', 'mn\r\n', 'stats', 'version\r\n', 'flush_all'].map(asciiBytes); // biome-ignore format: one list
/** Commands with a key and three numbers. */
const STORE_COMMANDS = ['set ', 'add ', 'replace ', 'append ', 'prepend ', 'cas '].map(asciiBytes);
const STATS = [
  asciiBytes('stats\r\n'),
  asciiBytes('stats items\r\n'),
  asciiBytes('stats slabs\r\n'),
  asciiBytes('stats settings\r\n'),
];
const ANSWERS = ['VALUE ', 'STAT '].map(asciiBytes);
/** Answers to a command: only with the question. */
const SHORT_ANSWERS = ['STORED\r\n', 'NOT_STORED\r\n', 'NOT_FOUND\r\n', 'DELETED\r\n', 'EXISTS\r\n', 'END\r\n', 'ERROR\r\n', 'VERSION ', 'TOUCHED\r\n', 'OK\r\n', 'HD', 'EN\r\n', 'VA ', 'MN\r\n', 'NS\r\n', 'EX\r\n', 'NF\r\n', 'ME '].map(asciiBytes); // biome-ignore format: one list

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (p.transport === UDP) {
    // Request id, number of this datagram, how many there are, zero.
    if (end - start < UDP_HEADER_LEN + 4) return NOT_MINE;
    const total = u16(bytes, start + 4);
    if (u16(bytes, start + 6) !== 0 || total === 0 || total > 1024 || u16(bytes, start + 2) >= total) return NOT_MINE;
    return judge(p, start + UDP_HEADER_LEN) === MATCH ? MATCH : NOT_MINE;
  }
  return judge(p, start);
}

function judge(p: Probe, at: number): Verdict {
  const first = p.bytes[at]!;
  if (first === 0x80 || first === 0x81) return binary(p, at);
  if (first >= 0x61 && first <= 0x7a) return command(p, at);
  return first >= 0x41 && first <= 0x5a ? answer(p, at) : NOT_MINE;
}

/** Magic, operation, key length, extras length, data type 0, bucket or status, body length. */
function binaryLength(bytes: Uint8Array, at: number, end: number): number {
  const magic = bytes[at];
  if (magic !== 0x80 && magic !== 0x81) return -1;
  if (at + 24 > end) return 0;
  const key = u16(bytes, at + 2);
  const extras = bytes[at + 4]!;
  const body = u32(bytes, at + 8);
  if (bytes[at + 5]! > 7 || key > 250 || extras > 36 || body < key + extras || body > 20_971_520) return -1;
  if (magic === 0x81 && u16(bytes, at + 6) > 0x00ff) return -1;
  const operation = bytes[at + 1]!;
  // A request for a value names it, and names are printable.
  if (magic === 0x80 && key === 0 && (operation <= 6 || operation === 9 || operation === 0x0c || operation === 0x0d))
    return -1;
  if (key > 0 && at + 24 + extras < end && bytes[at + 24 + extras]! < 0x20) return -1;
  return operation <= 0xd0 && fitsExtras(magic, operation, extras) ? 24 + body : -1;
}

/** Bytes of extras of the operations of Memcached itself; those of Couchbase above them are not known here. */
function fitsExtras(magic: number, operation: number, extras: number): boolean {
  if (operation > 0x1d) return true;
  // Couchbase says where a change went: 16 bytes.
  if (magic === 0x81) return extras === 0 || extras === 4 || extras === 16;
  switch (operation) {
    case 0x01:
    case 0x02:
    case 0x03:
    case 0x11:
    case 0x12:
    case 0x13:
      return extras === 8;
    case 0x05:
    case 0x06:
    case 0x15:
    case 0x16:
      return extras === 20;
    case 0x08:
    case 0x18:
      return extras === 0 || extras === 4;
    case 0x1c:
    case 0x1d:
      return extras === 4;
    default:
      return extras === 0;
  }
}

function binary(p: Probe, at: number): Verdict {
  const { bytes, end } = p;
  if (at + 24 > end) return p.transport === UDP ? NOT_MINE : UNSURE;
  const chain = followChain(bytes, at, end, binaryLength);
  if (chain === BROKEN) return NOT_MINE;
  if (!endsExactly(chain) && wholeMessages(chain) < 2) return UNSURE;
  // Without a key that is little away from the ports: the other side has to speak of the same operation and number.
  const isKeyed = bytes[at] === 0x80 && u16(bytes, at + 2) >= MIN_KEY;
  if (isKeyed || isOnPort(p) || p.transport === UDP || wholeMessages(chain) >= 3) return MATCH;
  const other = p.otherBytes;
  if (p.otherLength < 24) return UNSURE;
  const isPair =
    other[0]! + bytes[at]! === 0x101 && other[1] === bytes[at + 1] && u32(other, 12) === u32(bytes, at + 12);
  return isPair ? MATCH : NOT_MINE;
}

const isOnPort = (p: Probe): boolean => PORTS.includes(p.serverPort) || PORTS.includes(p.clientPort);

function command(p: Probe, at: number): Verdict {
  const { bytes, end } = p;
  const isAtHome = p.transport === UDP || p.serverPort === PORT || p.clientPort === PORT;
  // Elsewhere the answer has to agree: beanstalkd has statistics too.
  for (let i = isAtHome ? 0 : 1; i < STATS.length; i++) if (beginsWith(bytes, at, end, STATS[i]!)) return MATCH;
  const line = indexOfByte(bytes, at, Math.min(end, at + 512), 0x0d);
  if (line < 0) return end - at < 512 ? UNSURE : NOT_MINE;
  if (line + 1 >= end) return UNSURE;
  if (bytes[line + 1] !== 0x0a) return NOT_MINE;
  for (let i = 0; i < STORE_COMMANDS.length; i++)
    if (beginsWith(bytes, at, end, STORE_COMMANDS[i]!))
      return numbers(p, at + STORE_COMMANDS[i]!.length, line) >= 3 ? MATCH : NOT_MINE;
  for (let i = at; i < line; i++) if (bytes[i]! < 0x20 || bytes[i]! > 0x7e) return NOT_MINE;
  for (let i = 0; i < KEY_COMMANDS.length; i++) if (beginsWith(bytes, at, end, KEY_COMMANDS[i]!)) return keyed(p);
  return NOT_MINE;
}

/** The words of a key command could be anybody's: the answer has to agree. */
function keyed(p: Probe): Verdict {
  if (p.transport === UDP) return MATCH;
  return isAnswer(p.otherBytes, 0, p.otherLength) ? MATCH : UNSURE;
}

function isAnswer(bytes: Uint8Array, at: number, end: number): boolean {
  for (let i = 0; i < ANSWERS.length; i++) if (beginsWith(bytes, at, end, ANSWERS[i]!)) return true;
  for (let i = 0; i < SHORT_ANSWERS.length; i++) if (beginsWith(bytes, at, end, SHORT_ANSWERS[i]!)) return true;
  return false;
}

function isCommand(bytes: Uint8Array, end: number): boolean {
  for (let i = 0; i < KEY_COMMANDS.length; i++) if (beginsWith(bytes, 0, end, KEY_COMMANDS[i]!)) return true;
  for (let i = 0; i < STORE_COMMANDS.length; i++) if (beginsWith(bytes, 0, end, STORE_COMMANDS[i]!)) return true;
  return false;
}

function answer(p: Probe, at: number): Verdict {
  const { bytes, end } = p;
  if (isCommand(p.otherBytes, p.otherLength))
    return isAnswer(bytes, at, end) ? MATCH : end - at < 12 ? UNSURE : NOT_MINE;
  const line = indexOfByte(bytes, at, Math.min(end, at + 512), 0x0d);
  if (line < 0 || line + 1 >= end) return end - at < 512 && p.transport !== UDP ? UNSURE : NOT_MINE;
  if (bytes[line + 1] !== 0x0a) return NOT_MINE;
  if (beginsWith(bytes, at, end, ANSWERS[0]!)) return numbers(p, at + 6, line) >= 2 ? MATCH : NOT_MINE;
  if (!beginsWith(bytes, at, end, ANSWERS[1]!)) return isAnswer(bytes, at, end) ? UNSURE : NOT_MINE;
  // STAT pid 12345
  const space = indexOfByte(bytes, at + 5, line, 0x20);
  return space > at + 5 && space < line - 1 && bytes[at + 5]! >= 0x61 ? MATCH : NOT_MINE;
}

/** How many numbers stand behind the first word of the line. */
function numbers(p: Probe, from: number, line: number): number {
  let at = indexOfByte(p.bytes, from, line, 0x20);
  if (at <= from) return 0;
  let count = 0;
  while (at >= 0 && at + 1 < line && isDigit(p.bytes[at + 1])) {
    count += 1;
    at = indexOfByte(p.bytes, at + 1, line, 0x20);
  }
  return count;
}

const LETTERS = Array.from({ length: 26 }, (_, letter) => 0x41 + letter);

export const memcachedPlugin = defineProtocol('Memcached and Couchbase (text, binary, UDP)', {
  name: 'memcached',
  transports: ['tcp', 'udp'],
  ports: PORTS,
  datagram: {
    minBytes: UDP_HEADER_LEN + 4,
    at: 6,
    values: [0],
    and: [
      { at: 7, values: [0] },
      { at: UDP_HEADER_LEN, values: [0x80, 0x81, ...Array.from({ length: 58 }, (_, i) => 0x41 + i)] },
    ],
  },
  stream: { values: [0x80, 0x81, ...LETTERS, ...LETTERS.map((letter) => letter | 0x20)] },
  probe,
});
