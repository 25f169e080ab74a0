// WebSocket (RFC 6455) whose upgrade was not seen: capture began in the middle. Owns: what two frames of text must look like to be
// certain. The usual way to the name `websocket` is the 101 of HTTP. Bound: two packets.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';

/** FIN and opcode text. */
const WHOLE_TEXT = 0x81;
const MASKED = 0x80;
const LEAST_TEXT_BYTES = 8;
const MASK_BYTES = 4;

export const websocketPlugin = defineProtocol('WebSocket connections whose beginning was not captured', {
  name: 'websocket',
  transports: ['tcp'],
  ports: [80, 8080],
  firstBytes: [WHOLE_TEXT],
  probe,
});

/** Sure after two text frames: one side masks and the other does not, or the same side has sent two of different lengths. */
function probe(p: Probe): Verdict {
  if (p.fromStart) return NOT_MINE;
  const { bytes, start, end } = p;
  const first = textFrameEnd(bytes, start, end);
  if (first < 0) return NOT_MINE;
  const form = (isMasked(bytes, start) ? 2 : 1) + (p.fromClient ? 10 : 20);
  // The bytes of a side that is unsure are shown together with what follows.
  if (first < end) {
    const second = textFrameEnd(bytes, first, end);
    if (second < 0 || isMasked(bytes, first) !== isMasked(bytes, start)) return NOT_MINE;
    if (second - first !== first - start) return MATCH;
  }
  if (p.memoA === 0) p.memoA = form;
  else if (p.memoA > 20 !== form > 20) return p.memoA % 10 === form % 10 ? NOT_MINE : MATCH;
  return UNSURE;
}

const isMasked = (bytes: Uint8Array, at: number): boolean => (bytes[at + 1]! & MASKED) !== 0;

/** Where the frame of printable text at `at` ends, not after `end`; -1 when there is none. */
function textFrameEnd(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < 2 + LEAST_TEXT_BYTES || bytes[at] !== WHOLE_TEXT) return -1;
  const short = bytes[at + 1]! & 0x7f;
  if (short === 127) return -1;
  const length = short === 126 ? u16(bytes, at + 2) : short;
  const maskAt = at + (short === 126 ? 4 : 2);
  const hasMask = isMasked(bytes, at);
  const textAt = maskAt + (hasMask ? MASK_BYTES : 0);
  if (length < LEAST_TEXT_BYTES || (short === 126 && length < 126) || textAt + length > end) return -1;
  for (let i = textAt; i < textAt + length; i++) {
    const byte = bytes[i]! ^ (hasMask ? bytes[maskAt + ((i - textAt) & 3)]! : 0);
    if (byte > 0x7e || (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13)) return -1;
  }
  return textAt + length;
}
