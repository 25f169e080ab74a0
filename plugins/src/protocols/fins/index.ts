// Omron FINS over TCP and UDP (Omron W421). Owns: the TCP header with its letters, the command frame.
import {
  defineProtocols,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolSpec,
  UNSURE,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';
import { asciiBytes, beginsWith, mayBegin } from '@kaipo/core/wire/match.js';

const MAGIC = asciiBytes('FINS');

/** "FINS", length of the rest, command, error. */
function probeTcp(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 16) return mayBegin(bytes, start, end, MAGIC) ? UNSURE : NOT_MINE;
  return beginsWith(bytes, start, end, MAGIC) &&
    u32(bytes, start + 4) >= 8 &&
    u32(bytes, start + 4) <= 4096 &&
    u32(bytes, start + 8) <= 6
    ? MATCH
    : NOT_MINE;
}

/** Commands by their first byte: the highest second byte, 0 for none. */
const COMMANDS = new Uint8Array(256);
for (const [first, most] of [[0x01, 0x05], [0x02, 0x03], [0x03, 0x07], [0x04, 0x03], [0x05, 0x02], [0x06, 0x20], [0x07, 0x02], [0x08, 0x02], [0x09, 0x20], [0x0c, 0x03], [0x20, 0x01], [0x21, 0x40], [0x22, 0x15], [0x23, 0x0a], [0x26, 0x06], [0x27, 0x01]] as const) COMMANDS[first] = most; // biome-ignore format: one table

/** Command or answer, reserved 0, gates allowed, destination and source (network, node, unit), service id, command. */
function probeUdp(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 12 || end - start > 2048) return NOT_MINE;
  const control = bytes[start]! & 0xbe;
  if (control !== 0x80 || bytes[start + 1] !== 0 || bytes[start + 2]! > 7 || bytes[start + 2]! < 1) return NOT_MINE;
  if (bytes[start + 3]! > 0x7f || bytes[start + 6]! > 0x7f) return NOT_MINE;
  return commandOf(p) ? MATCH : NOT_MINE;
}

/** A known command; an answer has two bytes of end code behind it. */
function commandOf(p: Probe): boolean {
  const first = p.bytes[p.start + 10]!;
  const isAnswer = (p.bytes[p.start]! & 0x40) !== 0;
  if (isAnswer && p.end - p.start < 14) return false;
  return COMMANDS[first] !== 0 && p.bytes[p.start + 11]! <= COMMANDS[first]!;
}

const tcp: ProtocolSpec = { name: 'fins', transports: ['tcp'], ports: [9600], firstBytes: [0x46], probe: probeTcp };
const udp: ProtocolSpec = {
  name: 'fins',
  transports: ['udp'],
  ports: [9600],
  isPortBound: true,
  firstBytes: [0x80, 0x81, 0xc0, 0xc1],
  probe: probeUdp,
};

export const finsPlugin = defineProtocols('fins', 'Omron FINS', [tcp, udp]);
