// Oracle Net, the protocol of Oracle databases (TNS). Owns: its packet header and connect descriptors. Bound: `oracle-reader.ts`.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';
import { BROKEN, endsExactly, followChain, wholeMessages } from '@kaipo/core/wire/message-chain.js';
import { OracleReader } from './oracle-reader.js';

const CONNECT = 1;
const ACCEPT = 2;
const REFUSE = 4;
const REDIRECT = 5;
const DATA = 6;
const RESEND = 11;
const MARKER = 12;
const ORDER_AT_ACCEPT = 16;
const ORDER_AT_CONNECT = 22;

/** Two bytes of length, check sum 0, type, flags, check sum 0; from version 315 on four bytes of length and no check sum. */
function tnsLength(bytes: Uint8Array, at: number, end: number): number {
  if (at + 8 > end) return 0;
  const type = bytes[at + 4]!;
  if (type === 0 || type > 15 || u16(bytes, at + 6) !== 0 || (bytes[at + 5]! & 0x1f) !== 0) return -1;
  const length = u16(bytes, at) === 0 ? u32(bytes, at) : u16(bytes, at + 2) === 0 ? u16(bytes, at) : 0;
  return length >= 8 && length <= 2_097_152 ? length : -1;
}

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 12) return mayBeTns(p);
  const chain = followChain(bytes, start, end, tnsLength);
  if (chain === BROKEN) return NOT_MINE;
  const isExact = endsExactly(chain);
  switch (bytes[start + 4]) {
    case CONNECT:
    case ACCEPT: {
      // Version 300 (0x12c) to 330; in CONNECT the oldest that will do follows.
      const version = u16(bytes, start + 8);
      const oldest = u16(bytes, start + 10);
      if (version < 290 || version > 340) return NOT_MINE;
      if (bytes[start + 4] === CONNECT && (oldest > version || oldest < 200)) return NOT_MINE;
      if (end - start < ORDER_AT_CONNECT + 2) return UNSURE;
      return isOrder(u16(bytes, start + (bytes[start + 4] === ACCEPT ? ORDER_AT_ACCEPT : ORDER_AT_CONNECT)))
        ? MATCH
        : NOT_MINE;
    }
    case REFUSE:
    case REDIRECT:
      return isExact && bytes[end - 1] === 0x29 ? MATCH : UNSURE;
    case DATA:
      // Data flags: only end of file (0x40) and a few others are set, the first byte is 0 or 0x20.
      if ((bytes[start + 8]! & 0xdf) !== 0) return NOT_MINE;
      // Behind them the number of a function or message: 1 to 0x20, or 0xde of the services that begin a session.
      if (bytes[start + 10] === 0 || (bytes[start + 10]! > 0x20 && bytes[start + 10] !== 0xde)) return NOT_MINE;
      if (bytes[start + 11] === 0 || (bytes[start + 10] === 0xde && bytes[start + 11] !== 0xad)) return UNSURE;
      if (wholeMessages(chain) >= 2 || (isExact && isCall(p))) return MATCH;
      return isExact && p.otherLength >= 12 && tnsLength(p.otherBytes, 0, p.otherLength) > 0 && isReply(p)
        ? MATCH
        : UNSURE;
    case MARKER:
      // Break or reset: three bytes, all known.
      return u16(bytes, start) === 11 && u16(bytes, start + 8) === 0x100 && wholeMessages(chain) >= 2
        ? MATCH
        : NOT_MINE;
    default:
      return NOT_MINE;
  }
}

/** The two sides speak of different things but where they negotiate: protocol (1) and types of data (2). */
const isReply = (p: Probe): boolean => p.bytes[p.start + 10]! <= 2 || p.otherBytes[10] !== p.bytes[p.start + 10];

/** How the sender writes the number 1. */
const isOrder = (one: number): boolean => one === 0x0001 || one === 0x0100;

/** A function call with its number and sequence, or the services a session begins with. */
function isCall(p: Probe): boolean {
  const { bytes, start, end } = p;
  if (bytes[start + 10] === 0xde) return end - start > 14 && bytes[start + 12] === 0xbe && bytes[start + 13] === 0xef;
  return (
    bytes[start + 10] === 3 &&
    bytes[start + 11]! >= 2 &&
    bytes[start + 11]! <= 0x90 &&
    bytes[start + 12] !== 0 &&
    end - start >= 16
  );
}

function mayBeTns(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 8) return end - start < 5 || (bytes[start + 4]! > 0 && bytes[start + 4]! <= 15) ? UNSURE : NOT_MINE;
  if (tnsLength(bytes, start, end) < 0) return NOT_MINE;
  // "Send that again": eight bytes, all of them known.
  if (bytes[start + 4] === RESEND) return u16(bytes, start) === 8 && end - start === 8 ? MATCH : NOT_MINE;
  return UNSURE;
}

export const oraclePlugin = defineProtocol('Oracle databases (TNS)', {
  name: 'oracle',
  transports: ['tcp'],
  ports: [1521, 1522, 1526, 1529, 2483],
  firstBytes: [0, 1, 2, 3, 4, 5, 6, 7, 8, 0x10, 0x1f, 0x20],
  probe,
  open: (flow) => new OracleReader(flow),
});
