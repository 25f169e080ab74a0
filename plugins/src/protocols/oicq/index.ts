// OICQ, the old messages of Tencent QQ over UDP 8000: 02, version, command, number, account, …, 03. Owns: the recognition.
// Source: Wireshark's and the open clients' descriptions of the header.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';

const BEGIN = 2;
const END = 3;
const MIN_BYTES = 12;
/** Seen in wide use; other versions need a second packet of the same account. */
const VERSIONS = new Set([0x3b0b, 0x3713, 0x3649, 0x3325, 0x3103, 0x1e11, 0x1b45]);
const LAST_COMMAND = 0x00b5;
const COMMAND_LONG = 0x03f7;

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < MIN_BYTES || bytes[start] !== BEGIN || (bytes[end - 1] !== END && !p.isCut)) return NOT_MINE;
  const command = u16(bytes, start + 3);
  if (command === 0 || (command > LAST_COMMAND && command !== COMMAND_LONG)) return NOT_MINE;
  const account = u32(bytes, start + 7);
  const version = u16(bytes, start + 1);
  if (account < 10_000 || version < 0x0100) return NOT_MINE;
  if (VERSIONS.has(version)) return MATCH;
  if (p.memoA === account && p.memoB === version) return MATCH;
  p.memoA = account;
  p.memoB = version;
  return UNSURE;
}

export const oicqPlugin = defineProtocol('Tencent QQ messages (OICQ)', {
  name: 'oicq',
  transports: ['udp'],
  ports: [8000],
  firstBytes: [BEGIN],
  application: 'QQ',
  probe,
});
