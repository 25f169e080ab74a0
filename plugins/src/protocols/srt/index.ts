// SRT (draft-sharabayko-srt): live video over UDP. Owns: the recognition of its handshake.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';

const HANDSHAKE = 0x80000000;
const HEADER_BYTES = 16;
const HANDSHAKE_BYTES = 48;
const MIN_UNIT_BYTES = 576;
const MAX_UNIT_BYTES = 9000;

/** Control packet of type 0 and subtype 0, version 4 or 5, a largest packet that fits a network, a known kind: over 80 bits. */
function probe(p: Probe): Verdict {
  const { bytes, start } = p;
  if (p.end - start < HEADER_BYTES + HANDSHAKE_BYTES || u32(bytes, start) !== HANDSHAKE) return NOT_MINE;
  const version = u32(bytes, start + HEADER_BYTES);
  const unit = u32(bytes, start + HEADER_BYTES + 12);
  const kind = u32(bytes, start + HEADER_BYTES + 20) | 0;
  if ((version !== 4 && version !== 5) || unit < MIN_UNIT_BYTES || unit > MAX_UNIT_BYTES) return NOT_MINE;
  return kind >= -3 && kind <= 1 ? MATCH : NOT_MINE;
}

export const srtPlugin = defineProtocol('Live video over UDP (SRT)', {
  name: 'srt',
  transports: ['udp'],
  ports: [9710, 9000],
  firstBytes: [0x80],
  probe,
});
