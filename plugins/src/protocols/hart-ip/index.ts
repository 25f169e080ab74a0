// HART-IP (FieldComm HCF_SPEC-085). Owns: the message header.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';
import { BROKEN, endsExactly, followChain, wholeMessages } from '@kaipo/core/wire/message-chain.js';
import { hasPort } from '@kaipo/core/wire/port-hint.js';

const UDP = 17;
const PORTS: readonly number[] = [5094, 5095];
const INITIATE = 0;
const CLOSE = 1;
const KEEP_ALIVE = 2;
const PASS_THROUGH = 3;

/** Version 1, kind (request, response, publish, error), id, status, sequence, length with itself. */
function messageLength(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] !== 1) return -1;
  if (at + 8 > end) return at + 1 < end && bytes[at + 1]! > 2 && bytes[at + 1] !== 15 ? -1 : 0;
  const kind = bytes[at + 1]!;
  const length = u16(bytes, at + 6);
  if ((kind > 2 && kind !== 15) || bytes[at + 3]! > 0x40 || (kind === 0 && bytes[at + 3] !== 0)) return -1;
  switch (bytes[at + 2]) {
    case INITIATE:
      return length === 13 ? 13 : length === 8 && kind === 15 ? 8 : -1;
    case CLOSE:
    case KEEP_ALIVE:
      return length === 8 ? 8 : -1;
    case PASS_THROUGH:
      return length >= 12 && length <= 300 ? length : -1;
    default:
      return -1;
  }
}

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (p.transport === UDP && end - start < 8) return NOT_MINE;
  const chain = followChain(bytes, start, end, messageLength);
  if (chain === BROKEN) return NOT_MINE;
  if (!endsExactly(chain)) return p.transport === UDP ? NOT_MINE : wholeMessages(chain) >= 2 ? MATCH : UNSURE;
  if (bytes[start + 2] === PASS_THROUGH)
    return isFrame(bytes, start + 8, start + u16(bytes, start + 6)) ? MATCH : NOT_MINE;
  // A header and hardly more: away from the ports the other side has to speak of the same.
  if (wholeMessages(chain) >= 2 || hasPort(p, PORTS[0]!) || hasPort(p, PORTS[1]!)) return MATCH;
  const other = p.otherBytes;
  if (p.otherLength < 8) return UNSURE;
  const isPair = other[0] === 1 && other[1] !== bytes[start + 1] && other[2] === bytes[start + 2];
  return isPair && u16(other, 4) === u16(bytes, start + 4) ? MATCH : NOT_MINE;
}

/**
 * A HART frame to its end: delimiter (type 1, 2 or 6; bit 7: an address of five bytes, not one; bits 5 and 6: more bytes), address,
 * command, count of data bytes, data, check byte.
 */
function isFrame(bytes: Uint8Array, at: number, end: number): boolean {
  const delimiter = bytes[at]!;
  const type = delimiter & 0x07;
  if (type !== 1 && type !== 2 && type !== 6) return false;
  const countAt = at + 1 + (delimiter >= 0x80 ? 5 : 1) + ((delimiter >> 5) & 3) + 1;
  return countAt < end && countAt + 1 + bytes[countAt]! + 1 === end;
}

export const hartIpPlugin = defineProtocol('HART-IP', {
  name: 'hart-ip',
  transports: ['tcp', 'udp'],
  ports: PORTS,
  firstBytes: [1],
  probe,
});
