// AMQP 0-9-1 and 1.0 frames (OASIS). Owns: the protocol header, the shape of frames, values of the property tables. Bound: none kept.
/** @hot */
import { u16, u32 } from './bytes.js';

const FRAME_END = 0xce;
const METHOD = 1;
const HEADER = 2;
const BODY = 3;
const HEARTBEAT = 8;

/** Length of the 0-9-1 frame at `at`: type, channel, size, payload, 0xce. 0: too few bytes; -1: none. */
export function amqpFrameLength(bytes: Uint8Array, at: number, end: number): number {
  const type = bytes[at]!;
  if (type === 0 || (type > BODY && type !== HEARTBEAT)) return -1;
  if (at + 7 > end) return 0;
  const size = u32(bytes, at + 3);
  if (size > 16_777_216) return -1;
  if (at + 7 + size < end && bytes[at + 7 + size] !== FRAME_END) return -1;
  if (type === HEARTBEAT) return size === 0 ? 8 : -1;
  if (type === BODY) return size > 0 ? size + 8 : -1;
  if (size < (type === METHOD ? 4 : 14)) return -1;
  if (at + 11 > end) return 0;
  return isClass(u16(bytes, at + 7)) && (type === METHOD ? isMethod(u16(bytes, at + 9)) : u16(bytes, at + 9) === 0)
    ? size + 8
    : -1;
}

export const amqpIsMethod = (bytes: Uint8Array, at: number): boolean => bytes[at] === METHOD;
export const amqpIsHeader = (bytes: Uint8Array, at: number): boolean => bytes[at] === HEADER;

/** connection 10, channel 20, exchange 40, queue 50, basic 60, confirm 85, tx 90, access 30. */
const isClass = (id: number): boolean => (id >= 10 && id <= 60 && id % 10 === 0) || id === 85 || id === 90;
const isMethod = (id: number): boolean => id >= 10 && id <= 120;

/**
 * Length of the 1.0 frame at `at`: size, offset of the data (2), type (0 AMQP, 1 SASL), channel, and a described performative.
 * 0: too few bytes; -1: none.
 */
export function amqp1FrameLength(bytes: Uint8Array, at: number, end: number): number {
  if (at + 8 > end) return bytes[at]! <= 1 ? 0 : -1;
  const size = u32(bytes, at);
  const type = bytes[at + 5]!;
  if (size < 8 || size > 16_777_216 || bytes[at + 4] !== 2 || type > 1) return -1;
  if (size === 8) return type === 0 ? 8 : -1;
  if (at + 11 > end) return size < 12 ? -1 : 0;
  const code = bytes[at + 10]!;
  if (bytes[at + 8] !== 0 || bytes[at + 9] !== 0x53) return -1;
  return (type === 0 ? code >= 0x10 && code <= 0x18 : code >= 0x40 && code <= 0x44) ? size : -1;
}
