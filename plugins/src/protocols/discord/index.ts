// Discord voice over UDP: finding one's own address (74 bytes), and keep-alives (8 bytes). Owns: the recognition.
// Source: Discord's developer documentation, "Voice connections"; observed messages.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u32, u32le } from '@kaipo/core/wire/bytes.js';
import { isAll } from '@kaipo/core/wire/exact.js';

const DISCOVERY_BYTES = 74;
const REQUEST = 0x0001_0046;
const ANSWER = 0x0002_0046;
const KEEP_ALIVE = 0x1337cafe;
const KEEP_ALIVE_BYTES = 8;
const PLAIN_KEEP_ALIVE = 0xc9;

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const length = end - start;
  if (length === KEEP_ALIVE_BYTES) {
    if (u32(bytes, start) === KEEP_ALIVE) return MATCH;
    return isPlainKeepAlive(p);
  }
  if (length !== DISCOVERY_BYTES) return NOT_MINE;
  const word = u32(bytes, start);
  if (word === REQUEST) return isAll(bytes, start + 8, end, 0) ? MATCH : NOT_MINE;
  return word === ANSWER && isAddress(bytes, start + 8) ? MATCH : NOT_MINE;
}

/** c9 00 00 00 00 00 00 00 and counting, from both sides. */
function isPlainKeepAlive(p: Probe): Verdict {
  const { bytes, start } = p;
  if (bytes[start] !== PLAIN_KEEP_ALIVE || u32le(bytes, start) !== PLAIN_KEEP_ALIVE || u32le(bytes, start + 4) > 0xffff)
    return NOT_MINE;
  p.memoA |= p.fromClient ? 1 : 2;
  return p.memoA === 3 ? MATCH : UNSURE;
}

/** An address as text, padded with zeros. */
function isAddress(bytes: Uint8Array, at: number): boolean {
  let length = 0;
  while (length < 64 && isAddressByte(bytes[at + length]!)) length++;
  return length >= 7 && isAll(bytes, at + length, at + 64, 0);
}

const isAddressByte = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x3a) || byte === 0x2e || (byte >= 0x61 && byte <= 0x66);

export const discordPlugin = defineProtocol('Discord voice', {
  name: 'discord',
  transports: ['udp'],
  ports: [50_000, 50_001, 50_002, 50_003, 50_004],
  firstBytes: [0, 0x13, PLAIN_KEEP_ALIVE],
  application: 'Discord',
  probe,
});
