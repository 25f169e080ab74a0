// TACACS+ (RFC 8907). Owns: what its packets look like; what they say is enciphered. Bound: looks at one header, keeps nothing.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';

export const tacacsPlugin = defineProtocol('Logins to network devices (TACACS+)', {
  name: 'tacacs',
  transports: ['tcp'],
  ports: [49],
  firstBytes: [0xc0, 0xc1],
  probe,
});

const HEADER_LEN = 12;
const MAX_BODY = 0xffff;
const FLAGS_DEFINED = 0x05;
const MAX_SEQUENCE_MIDDLE = 64;

/** Version, one of three types, a number that is odd for clients and 1 in the first packet, defined flags, a body that fits. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < HEADER_LEN) return UNSURE;
  const type = bytes[start + 1]!;
  const sequence = bytes[start + 2]!;
  if (type < 1 || type > 3 || (bytes[start + 3]! & ~FLAGS_DEFINED) !== 0) return NOT_MINE;
  if (sequence === 0 || sequence > MAX_SEQUENCE_MIDDLE) return NOT_MINE;
  if (p.fromStart && sequence !== (p.fromClient ? 1 : 2)) return NOT_MINE;
  const body = u32(bytes, start + 8);
  if (body < 5 || body > MAX_BODY || u32(bytes, start + 4) === 0) return NOT_MINE;
  if (end - start < HEADER_LEN + body) return UNSURE;
  return p.fromStart || end - start === HEADER_LEN + body ? MATCH : NOT_MINE;
}
