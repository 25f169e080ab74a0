// AFP, Apple's file protocol, in DSI packets. Owns: the DSI header and the length it promises. Bound: one packet.
// Flags (0 request, 1 answer), command, request number, offset or error, length of the data, zero; big endian.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';

const HEADER_BYTES = 16;
const REQUEST = 0;
const ANSWER = 1;
const CLOSE_SESSION = 1;
const GET_STATUS = 3;
const OPEN_SESSION = 4;
const WRITE = 6;
const ATTENTION = 8;
/** Calls of AFP whose data follow their header. */
const FP_WRITE = 33;
const FP_WRITE_EXT = 61;
const MAX_DATA_BYTES = 0x20_0000;

export const afpPlugin = defineProtocol('AFP over DSI: file services of Apple', {
  name: 'afp',
  transports: ['tcp'],
  ports: [548],
  firstBytes: [REQUEST, ANSWER],
  probe,
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const there = end - start;
  if (bytes[start]! > ANSWER) return NOT_MINE;
  if (there > 1 && !isCommand(bytes[start + 1]!)) return NOT_MINE;
  if (there < HEADER_BYTES) return UNSURE;
  const isAnswer = bytes[start] === ANSWER;
  const command = bytes[start + 1]!;
  const length = u32(bytes, start + 8);
  if (u32(bytes, start + 12) !== 0 || length > MAX_DATA_BYTES) return NOT_MINE;
  // An error is 0 or a small negative number; an offset is for writing only and lies inside the data.
  const offset = u32(bytes, start + 4);
  if (isAnswer ? offset !== 0 && offset < 0xffff_0000 : command === WRITE ? offset > length : offset !== 0)
    return NOT_MINE;
  // A header of zeros but for the command is too little; requests carry data, or a number.
  if (length === 0 && (u16(bytes, start + 2) === 0 || !isEmptyAllowed(command, isAnswer))) return NOT_MINE;
  const stop = start + HEADER_BYTES + length;
  if (stop > end) return isLongCertain(p) ? MATCH : UNSURE;
  return stop === end || isNext(bytes, stop, end, u16(bytes, start + 2) + 1) ? MATCH : NOT_MINE;
}

/** A second packet in the same segment: the next request, with its zero at the end. */
const isNext = (bytes: Uint8Array, at: number, end: number, number: number): boolean =>
  at + HEADER_BYTES <= end &&
  bytes[at]! <= ANSWER &&
  isCommand(bytes[at + 1]!) &&
  u16(bytes, at + 2) === (number & 0xffff) &&
  u32(bytes, at + 12) === 0;

const isCommand = (command: number): boolean => command >= CLOSE_SESSION && command <= ATTENTION && command !== 7;

const isEmptyAllowed = (command: number, isAnswer: boolean): boolean =>
  isAnswer || command === CLOSE_SESSION || command === GET_STATUS || command === OPEN_SESSION || command === 5;

/** Data of many segments will not be waited for: an answer to the other side's request, or FPWrite with its own header. */
function isLongCertain(p: Probe): boolean {
  const { bytes, start, otherBytes } = p;
  if (bytes[start] === ANSWER)
    return (
      p.otherLength >= HEADER_BYTES &&
      otherBytes[0] === REQUEST &&
      u32(otherBytes, 0) === (u32(bytes, start) & 0xff_ffff)
    );
  const offset = u32(bytes, start + 4);
  const call = p.end > start + HEADER_BYTES ? bytes[start + HEADER_BYTES] : 0;
  return bytes[start + 1] === WRITE && offset >= 12 && offset <= 32 && (call === FP_WRITE || call === FP_WRITE_EXT);
}
