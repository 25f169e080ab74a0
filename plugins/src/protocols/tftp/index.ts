// TFTP (RFC 1350, RFC 2347 to 2349, RFC 7440): the request on port 69, and the transfer between two other ports.
// Owns: naming both, and the file. Bound: looks at one datagram, and at a second one where the first proves too little.
import {
  DONE,
  defineProtocol,
  type FlowReader,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolFlow,
  UNSURE,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';
import { asciiBytes, beginsWithWord, indexOfByte, isText, utf8Text } from '@kaipo/core/wire/match.js';

export const tftpPlugin = defineProtocol('Trivial file transfer (TFTP) and the files asked for', {
  name: 'tftp',
  transports: ['udp'],
  ports: [69],
  firstBytes: [0],
  probe,
  open: (flow) => new TftpReader(flow),
});

const READ = 1;
const WRITE = 2;
const DATA = 3;
const ACKNOWLEDGE = 4;
const ERROR = 5;
const OPTIONS = 6;
const BLOCK = 512;
const MAX_BLOCK = 65_464;
const LAST_ERROR = 8;
const MAX_NAME = 255;
/** Kept of a block, and above the number kept of an acknowledgement. */
const DATA_SEEN = 0x20000;
const MODES = ['netascii\0', 'octet\0', 'mail\0'].map(asciiBytes);
const OPTION_NAMES = ['blksize\0', 'tsize\0', 'timeout\0', 'windowsize\0', 'multicast\0', 'rollover\0'].map(asciiBytes);

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 4) return NOT_MINE;
  switch (u16(bytes, start)) {
    case READ:
    case WRITE:
      return modeAt(bytes, start, end) > 0 ? MATCH : NOT_MINE;
    case DATA:
      return probeData(p);
    case ACKNOWLEDGE:
      return end - start === 4 ? probeAcknowledgement(p) : NOT_MINE;
    case ERROR:
      return isError(bytes, start, end) ? MATCH : NOT_MINE;
    case OPTIONS:
      return startsWithOne(bytes, start + 2, end, OPTION_NAMES) ? MATCH : NOT_MINE;
    default:
      return NOT_MINE;
  }
}

/** A file name, then one of three modes: its offset, or -1. */
function modeAt(bytes: Uint8Array, start: number, end: number): number {
  const zero = indexOfByte(bytes, start + 2, Math.min(end, start + 2 + MAX_NAME), 0);
  if (zero < 0) return -1;
  // Some clients send names of zeros or of nothing: then the mode alone is the proof.
  let mode = zero + 1;
  while (mode < end && mode - zero < 16 && bytes[mode] === 0) mode++;
  return startsWithOne(bytes, mode, end, MODES) ? mode : -1;
}

function startsWithOne(bytes: Uint8Array, at: number, end: number, words: readonly Uint8Array[]): boolean {
  for (let i = 0; i < words.length; i++) if (beginsWithWord(bytes, at, end, words[i]!)) return true;
  return false;
}

/** A code, a text, a zero at the end. */
function isError(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    end - start > 8 && u16(bytes, start + 2) <= LAST_ERROR && bytes[end - 1] === 0 && isText(bytes, start + 4, end - 1)
  );
}

/** A block proves little: the acknowledgement of the other side does, or the next block of the same length. */
function probeData(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const block = u16(bytes, start + 2);
  const length = end - start - 4;
  if (length > MAX_BLOCK) return NOT_MINE;
  if (p.packets === 1) {
    if (block === 1 && p.otherLength >= 4 && isOtherReady(p)) return MATCH;
    if (block === 0) return NOT_MINE;
  } else if (p.memoA >= DATA_SEEN) {
    const isNext = block === ((p.memoA & 0xffff) + 1) % 0x10000;
    if (isNext && p.memoB >= BLOCK && length <= p.memoB) return MATCH;
    if (!isNext && block !== (p.memoA & 0xffff)) return NOT_MINE;
  }
  p.memoA = DATA_SEEN | block;
  p.memoB = length;
  return UNSURE;
}

/** The other side has said 0004 0000 (an accepted write) or 0004 0001 (it has got the first block already), or offered options. */
function isOtherReady(p: Probe): boolean {
  const opcode = u16(p.otherBytes, 0);
  if (opcode === OPTIONS) return startsWithOne(p.otherBytes, 2, p.otherLength, OPTION_NAMES);
  return opcode === ACKNOWLEDGE && p.otherLength === 4 && u16(p.otherBytes, 2) <= 1;
}

/** Four bytes: of the block the other side began with, or one after the other. */
function probeAcknowledgement(p: Probe): Verdict {
  const block = u16(p.bytes, p.start + 2);
  if (p.otherLength >= 4 && u16(p.otherBytes, 0) === DATA) {
    const first = u16(p.otherBytes, 2);
    if (block === first && first !== 0) return MATCH;
  }
  if (p.memoA >= DATA_SEEN) return NOT_MINE;
  if (p.memoA !== 0 && block === ((p.memoA & 0xffff) + 1) % 0x10000) {
    p.memoB += 1;
    if (p.memoB >= 2) return MATCH;
  } else if (p.memoA !== 0 && block !== (p.memoA & 0xffff)) return NOT_MINE;
  p.memoA = 0x10000 | block;
  return UNSURE;
}

class TftpReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number): number {
    const opcode = end - start < 4 ? 0 : u16(bytes, start);
    if (opcode === READ || opcode === WRITE) {
      const zero = indexOfByte(bytes, start + 2, end, 0);
      // The other side answers from a port of its own (RFC 1350 section 4).
      this.#flow.expect('udp', this.#flow.clientIp, this.#flow.clientPort, 'tftp');
      if (zero > start + 2) this.#flow.setDetails({ subject: utf8Text(bytes, start + 2, zero) });
    }
    return DONE;
  }
}
