// Cisco's hot standby router protocol, version 1 (RFC 2281) and 2, and gateway load balancing (GLBP) beside it.
// Owns: what such datagrams look like. Bound: looks at one datagram, keeps nothing.
import {
  defineProtocols,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolSpec,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';
import { isAll } from '@kaipo/core/wire/exact.js';

/** Routers standing in for each other (HSRP). */
const hsrpSpec: ProtocolSpec = {
  name: 'hsrp',
  transports: ['udp'],
  ports: [1985, 2029],
  isPortBound: true,
  probe,
};

/** Routers sharing the load of one gateway (GLBP). */
const glbpSpec: ProtocolSpec = {
  name: 'glbp',
  transports: ['udp'],
  ports: [3222],
  isPortBound: true,
  probe: probeGlbp,
};

export const hsrpPlugin = defineProtocols('hsrp', 'Routers standing in for each other (HSRP, GLBP)', [
  hsrpSpec,
  glbpSpec,
]);

const VERSION_1_LEN = 20;
const TYPE_GROUP_STATE = 1;
const GROUP_STATE_LEN = 40;
const TYPE_DIGEST = 4;

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 8) return NOT_MINE;
  if (bytes[start] === 0) return isVersion1(p) ? MATCH : NOT_MINE;
  return isVersion2(bytes, start, end) ? MATCH : NOT_MINE;
}

/** Operation, a state that is one of six, times in order, a reserved byte, and a password of text padded with zeros. */
function isVersion1(p: Probe): boolean {
  const { bytes, start, end } = p;
  if (end - start < 16) return false;
  const operation = bytes[start + 1]!;
  if (operation === 3) return isAdvertisement(bytes, start, end);
  const state = bytes[start + 2]!;
  if (end - start < VERSION_1_LEN || operation > 2 || state > 16 || (state & (state - 1)) !== 0) return false;
  if (bytes[start + 3] === 0 || bytes[start + 4]! < bytes[start + 3]! || bytes[start + 7] !== 0) return false;
  let text = start + 8;
  while (text < start + 16 && bytes[text]! >= 0x20 && bytes[text]! < 0x7f) text++;
  // Without a password of text there is a digest behind the group's address.
  const isDigest =
    text === start + 8 && end - start > VERSION_1_LEN + 2 && bytes[start + VERSION_1_LEN] === TYPE_DIGEST;
  if ((text === start + 8 || end - start > VERSION_1_LEN) && !isDigest) return false;
  return isAll(bytes, text, start + 16, 0) && bytes[start + 16] !== 0;
}

/** Type 1 of ten bytes: one of three states, two counts, four reserved bytes. */
const isAdvertisement = (bytes: Uint8Array, start: number, end: number): boolean =>
  end - start === 16 &&
  u16(bytes, start + 2) === 1 &&
  u16(bytes, start + 4) === 10 &&
  bytes[start + 6]! <= 3 &&
  isAll(bytes, start + 12, end, 0);

/** A group state of 40 bytes of version 2, and other elements after it that fill the datagram. */
function isVersion2(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] !== TYPE_GROUP_STATE || bytes[start + 1] !== GROUP_STATE_LEN || bytes[start + 2] !== 2) return false;
  if (bytes[start + 3]! > 2 || bytes[start + 4]! > 6 || (bytes[start + 5] !== 4 && bytes[start + 5] !== 6))
    return false;
  let at = start;
  while (at + 2 <= end && bytes[at]! >= TYPE_GROUP_STATE && bytes[at]! <= TYPE_DIGEST) at += 2 + bytes[at + 1]!;
  return at === end;
}

/** Version 1, group, a reserved byte, the sender's hardware address, then elements of type, length, value that fill the rest. */
function probeGlbp(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 40 || bytes[start] !== 1 || bytes[start + 1] !== 0 || u16(bytes, start + 4) !== 0) return NOT_MINE;
  let at = start + 12;
  while (at + 2 <= end && bytes[at]! >= 1 && bytes[at]! <= 4 && bytes[at + 1]! >= 8) at += bytes[at + 1]!;
  return at === end ? MATCH : NOT_MINE;
}
