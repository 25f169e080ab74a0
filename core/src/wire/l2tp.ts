// L2TP version 2 (RFC 2661): data messages carry PPP.
/** @hot */
import { u16 } from './bytes.js';

export const PORT_L2TP = 1701;
const CONTROL = 0x8000;
const LENGTH = 0x4000;
const SEQUENCE = 0x0800;
const OFFSET = 0x0200;
const VERSION = 0x000f;
const FIXED_LEN = 6;

/** Offset of the PPP frame of a data message, or -1 when this is a control message, another version or cut. */
export function l2tpFrameAt(bytes: Uint8Array, at: number, end: number): number {
  if (at + FIXED_LEN > end) return -1;
  const flags = u16(bytes, at);
  if ((flags & CONTROL) !== 0 || (flags & VERSION) !== 2) return -1;
  let next = at + FIXED_LEN;
  if ((flags & LENGTH) !== 0) next += 2;
  if ((flags & SEQUENCE) !== 0) next += 4;
  if ((flags & OFFSET) !== 0) {
    if (next + 2 > end) return -1;
    next += 2 + u16(bytes, next);
  }
  return next < end ? next : -1;
}
