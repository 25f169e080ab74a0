// BACnet/IP (ASHRAE 135, annexes J and U). Owns: the BVLC header and the NPDU behind it.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';

const BACNET_IP = 0x81;
const BACNET_IP6 = 0x82;
const NPDU_VERSION = 1;

/** Type, function, length of the datagram. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const length = end - start;
  if (length < 6 || u16(bytes, start + 2) !== (p.isCut ? u16(bytes, start + 2) : length)) return NOT_MINE;
  return bytes[start] === BACNET_IP
    ? version4(p, length)
    : bytes[start] === BACNET_IP6 && version6(p, length)
      ? MATCH
      : NOT_MINE;
}

function version4(p: Probe, length: number): Verdict {
  const { bytes, start } = p;
  switch (bytes[start + 1]) {
    case 0x00: // result
      return length === 6 && (bytes[start + 5]! & 0x0f) === 0 && bytes[start + 4] === 0 ? MATCH : NOT_MINE;
    case 0x01: // write broadcast distribution table: entries of ten bytes
    case 0x03:
    case 0x07:
      return length > 4 && (length - 4) % 10 === 0 ? MATCH : NOT_MINE;
    case 0x05: // register foreign device
      return length === 6 ? MATCH : NOT_MINE;
    case 0x08: // delete foreign device
      return length === 10 ? MATCH : NOT_MINE;
    case 0x04: // forwarded: the address it came from first
      return isNpdu(p, start + 10) ? MATCH : NOT_MINE;
    case 0x09: // distribute, unicast, broadcast
    case 0x0a:
    case 0x0b:
      return isNpdu(p, start + 4) ? MATCH : NOT_MINE;
    default:
      return NOT_MINE;
  }
}

/** Virtual addresses of three bytes first: of the source, and of the destination where there is one. */
function version6(p: Probe, length: number): boolean {
  switch (p.bytes[p.start + 1]) {
    case 0x01: // unicast
      return isNpdu(p, p.start + 10);
    case 0x02: // broadcast
      return isNpdu(p, p.start + 7);
    case 0x08: // forwarded
      return isNpdu(p, p.start + 25);
    case 0x00: // result
      return length === 9;
    default:
      return false;
  }
}

/** Version 1, and control bits of which two are reserved. */
const isNpdu = (p: Probe, at: number): boolean =>
  at + 2 < p.end && p.bytes[at] === NPDU_VERSION && (p.bytes[at + 1]! & 0x50) === 0;

export const bacnetPlugin = defineProtocol('BACnet/IP', {
  name: 'bacnet',
  transports: ['udp'],
  ports: [47_808, 47_809, 47_810],
  firstBytes: [BACNET_IP, BACNET_IP6],
  probe,
});
