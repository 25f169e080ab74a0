// IEC 60870-5-104. Owns: its frames and what they have to hold.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16le } from '@kaipo/core/wire/bytes.js';
import { BROKEN, endsExactly, followChain, wholeMessages } from '@kaipo/core/wire/message-chain.js';

const START = 0x68;
/** Start and stop of data transfer, test frame; each with its confirmation. */
const UNNUMBERED = [0x07, 0x0b, 0x13, 0x23, 0x43, 0x83];

/** Start, length, four control bytes; frames with numbers and data carry an ASDU. */
function frameLength(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] !== START) return -1;
  if (at + 6 > end) return at + 1 < end && bytes[at + 1]! < 4 ? -1 : 0;
  const length = bytes[at + 1]!;
  const control = bytes[at + 2]!;
  if (length < 4 || length > 253) return -1;
  if ((control & 3) === 3) return length === 4 && isUnnumbered(bytes, at) ? 6 : -1;
  if ((control & 1) === 1)
    return length === 4 && control === 1 && bytes[at + 3] === 0 && (bytes[at + 4]! & 1) === 0 ? 6 : -1;
  if (length < 10 || (bytes[at + 4]! & 1) !== 0) return -1;
  if (at + 9 > end) return 0;
  // Type of the ASDU, how many objects, cause of transmission.
  const type = bytes[at + 6]!;
  return type >= 1 &&
    type <= 127 &&
    (type <= 40 || type >= 45) &&
    (bytes[at + 8]! & 0x3f) >= 1 &&
    (bytes[at + 8]! & 0x3f) <= 47
    ? length + 2
    : -1;
}

function isUnnumbered(bytes: Uint8Array, at: number): boolean {
  return UNNUMBERED.includes(bytes[at + 2]!) && bytes[at + 3] === 0 && bytes[at + 4] === 0 && bytes[at + 5] === 0;
}

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const chain = followChain(bytes, start, end, frameLength);
  if (chain === BROKEN) return NOT_MINE;
  const whole = wholeMessages(chain);
  if (whole >= 2 && isFollowed(p)) return MATCH;
  if (whole === 0) return UNSURE;
  // One frame: without data all six bytes are known; with data the other side or the next frame decides.
  if (bytes[start + 1] === 4) return (bytes[start + 2]! & 3) === 3 || p.otherBytes[0] === START ? MATCH : UNSURE;
  return endsExactly(chain) &&
    bytes[start + 1] !== START &&
    p.otherLength >= 6 &&
    frameLength(p.otherBytes, 0, p.otherLength) >= 0
    ? MATCH
    : UNSURE;
}

/** Frames with data are numbered one after the other; frames without are known in every bit. */
function isFollowed(p: Probe): boolean {
  const { bytes, start } = p;
  const second = start + bytes[start + 1]! + 2;
  if (bytes[start + 1] === 4 || bytes[second + 1] === 4) return true;
  return u16le(bytes, second + 2) === ((u16le(bytes, start + 2) + 2) & 0xffff);
}

export const iec104Plugin = defineProtocol('IEC 60870-5-104', {
  name: 'iec104',
  transports: ['tcp'],
  ports: [2404],
  firstBytes: [START],
  probe,
});
