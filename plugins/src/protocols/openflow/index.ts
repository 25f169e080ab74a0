// OpenFlow 1.0 to 1.5 between switches and controllers. Owns: what its messages look like.
// Bound: looks at sixteen messages of the beginning, keeps nothing.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';

const PORTS: readonly number[] = [6653, 6633];

export const openflowPlugin = defineProtocol('Switches and their controllers (OpenFlow)', {
  name: 'openflow',
  transports: ['tcp'],
  ports: PORTS,
  firstBytes: [1, 2, 3, 4, 5, 6],
  probe,
});

const HEADER_LEN = 8;
const HELLO = 0;
const LAST_TYPE = 35;
const LAST_EARLY_TYPE = 6;
const VERSION_BITMAP = 1;
const LAST_VERSION = 6;
/** OpenFlow 1.3.1 brought the elements of a hello. */
const FIRST_WITH_BITMAP = 4;
const MAX_MESSAGES = 16;

/** A hello: with its length, and with the one element it may have. In the middle: messages of one version that fit to the byte. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < HEADER_LEN) return UNSURE;
  const length = u16(bytes, start + 2);
  if (bytes[start + 1] === HELLO) {
    if (length === HEADER_LEN) {
      const messages = walk(p, false);
      return messages > 1 || (messages === 1 && isOther(p)) ? MATCH : UNSURE;
    }
    if (length > 256 || length < HEADER_LEN + 8 || bytes[start]! < FIRST_WITH_BITMAP) return NOT_MINE;
    if (end - start < HEADER_LEN + 4) return UNSURE;
    // Elements are padded to words of eight bytes.
    const isElement = u16(bytes, start + 8) === VERSION_BITMAP && u16(bytes, start + 10) >= 8;
    return isElement && ((u16(bytes, start + 10) + 7) & ~7) + HEADER_LEN === length ? MATCH : NOT_MINE;
  }
  // From the middle nothing but its port speaks for so few bits.
  if (p.fromStart || !PORTS.some((port) => port === p.serverPort || port === p.clientPort)) return NOT_MINE;
  return walk(p, true) > 1 ? MATCH : NOT_MINE;
}

/** Has the other side said hello too, and behind it, as far as it is known, nothing but another message? */
function isOther(p: Probe): boolean {
  const { otherBytes, otherLength } = p;
  if (otherLength < HEADER_LEN || otherBytes[1] !== HELLO || otherBytes[2] !== 0) return false;
  const next = u16(otherBytes, 2);
  if (next < HEADER_LEN || !isVersion(otherBytes[0]!)) return false;
  if (next + 4 > otherLength) return true;
  return isVersion(otherBytes[next]!) && otherBytes[next + 1]! <= LAST_TYPE && u16(otherBytes, next + 2) >= HEADER_LEN;
}

const isVersion = (version: number): boolean => version >= 1 && version <= LAST_VERSION;

/** How many messages fill the bytes exactly; 0 when they do not. Behind a hello they may be of a version both sides know. */
function walk(p: Probe, isOneVersion: boolean): number {
  const { bytes, start, end } = p;
  let at = start;
  let messages = 0;
  while (at + HEADER_LEN <= end && messages < MAX_MESSAGES) {
    const length = u16(bytes, at + 2);
    if (bytes[at] === 0 || bytes[at]! > LAST_VERSION || (isOneVersion && bytes[at] !== bytes[start])) return 0;
    // What is said before a version is agreed on: hello, error, echo, features.
    if (!isOneVersion && bytes[at] !== bytes[start] && bytes[at + 1]! > LAST_EARLY_TYPE) return 0;
    if (bytes[at + 1]! > LAST_TYPE || length < HEADER_LEN) return 0;
    at += length;
    messages += 1;
  }
  return at === end ? messages : 0;
}
