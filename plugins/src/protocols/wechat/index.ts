// WeChat's mmtls over TCP: records that look like TLS with f1 03 or f1 04 as their version. Owns: the recognition.
// Source: "Security analysis of WeChat's MMTLS encryption protocol" (Citizen Lab, 2024).
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';

const HEADER_BYTES = 5;
const MAX_RECORD_BYTES = 16_384;
const HANDSHAKE_HELLO = 0x19;

/** Kind, f1, version, and a length; then a second record of the same layout, or a hello whose inner length fits. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (!isRecord(bytes, start, end)) return NOT_MINE;
  if (end - start < HEADER_BYTES + 4) return UNSURE;
  const length = u16(bytes, start + 3);
  const next = start + HEADER_BYTES + length;
  if (bytes[start] === HANDSHAKE_HELLO || bytes[start] === 0x16)
    if (u32(bytes, start + HEADER_BYTES) + 4 === length) return MATCH;
  if (next === end) return MATCH;
  return next > end ? UNSURE : isRecord(bytes, next, end) ? MATCH : NOT_MINE;
}

function isRecord(bytes: Uint8Array, at: number, end: number): boolean {
  const kind = bytes[at]!;
  if (kind < 0x15 || kind > 0x19 || kind === 0x18) return false;
  if (at + 2 <= end && bytes[at + 1] !== 0xf1) return false;
  if (at + 3 <= end && bytes[at + 2] !== 3 && bytes[at + 2] !== 4) return false;
  return at + HEADER_BYTES > end || (u16(bytes, at + 3) > 0 && u16(bytes, at + 3) <= MAX_RECORD_BYTES);
}

export const wechatPlugin = defineProtocol('WeChat messages (mmtls)', {
  name: 'wechat',
  transports: ['tcp'],
  ports: [8080, 80, 443],
  firstBytes: [0x15, 0x16, 0x17, HANDSHAKE_HELLO],
  application: 'WeChat',
  probe,
});
