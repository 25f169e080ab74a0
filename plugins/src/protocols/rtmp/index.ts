// RTMP handshake (Adobe RTMP specification 1.0, section 5.2): version 3, then exactly 1536 bytes each way. Owns: the recognition.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';

const VERSION = 3;
const HELLO_BYTES = 1537;

/**
 * C0 and C1 go out and the answer is waited for: 1537 bytes that begin with 3 and have four zeros at 5, or the version of a Flash
 * player; later or longer ones are sure when the other side began with 3 too.
 */
function probe(p: Probe): Verdict {
  const { bytes, start } = p;
  if (bytes[start] !== VERSION) return NOT_MINE;
  const length = p.end - start;
  if (length < 9) return UNSURE;
  const zero = u32(bytes, start + 5);
  if (zero !== 0 && !isVersion(zero)) return NOT_MINE;
  if (length < HELLO_BYTES) return UNSURE;
  if (isConstant(bytes, start + 9, start + HELLO_BYTES)) return NOT_MINE;
  const other = p.otherLength >= 9 && p.otherBytes[0] === VERSION;
  if (other) return MATCH;
  return zero === 0 && length === HELLO_BYTES && p.fromClient ? MATCH : UNSURE;
}

/** 9.0.124.2, 10.x, 11.x … of players, 3.0.1.1 to 5.0.x of servers, 128.0.x of others that sign. */
function isVersion(version: number): boolean {
  const major = version >>> 24;
  return (major >= 1 && major <= 40) || major === 0x80;
}

function isConstant(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start + 1; at < end; at++) if (bytes[at] !== bytes[start]) return false;
  return true;
}

export const rtmpPlugin = defineProtocol('Live video to and from a server (RTMP)', {
  name: 'rtmp',
  transports: ['tcp'],
  ports: [1935],
  firstBytes: [VERSION],
  probe,
});
