// ANSI C12.22, North American meters over IP: ACSE messages with EPSEM inside (RFC 6142). Owns: a walk through their elements.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';

const UDP = 17;
const ACSE = 0x60;
const USER_INFORMATION = 0xbe;

/** Bytes of the BER length at `at`; 0 when it is none of one to three bytes. */
const lengthBytes = (first: number): number => (first < 0x80 ? 1 : first === 0x81 ? 2 : first === 0x82 ? 3 : 0);

function lengthAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  return first < 0x80 ? first : first === 0x81 ? bytes[at + 1]! : (bytes[at + 1]! << 8) | bytes[at + 2]!;
}

/** 0x60, length, elements whose tags rise from 0xa1 to 0xbe; the last is the user information with EPSEM in an octet string. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (bytes[start] !== ACSE) return NOT_MINE;
  if (end - start < 8) return p.transport === UDP ? NOT_MINE : UNSURE;
  const head = lengthBytes(bytes[start + 1]!);
  if (head === 0) return NOT_MINE;
  const stop = start + 1 + head + lengthAt(bytes, start + 1);
  if (stop > end) return p.transport === UDP ? NOT_MINE : UNSURE;
  let at = start + 1 + head;
  let tag = 0xa0;
  while (at + 4 <= stop) {
    const next = bytes[at]!;
    if (next <= tag || next > USER_INFORMATION) return NOT_MINE;
    tag = next;
    const count = lengthBytes(bytes[at + 1]!);
    if (count === 0) return NOT_MINE;
    const inner = at + 1 + count;
    at = inner + lengthAt(bytes, at + 1);
    // External (0x28), single value (0x81) or octet string: the lengths of both end where the message ends.
    if (tag === USER_INFORMATION)
      return at === stop && bytes[inner] === 0x28 && tag - 0xa0 > 0 && inner + 4 < stop ? MATCH : NOT_MINE;
  }
  return NOT_MINE;
}

export const ansiC1222Plugin = defineProtocol('Meters: ANSI C12.22', {
  name: 'ansi-c1222',
  transports: ['tcp', 'udp'],
  ports: [1153],
  firstBytes: [ACSE],
  probe,
});
