// Telegram: MTProto over TCP where it is not obfuscated, and calls over the reflectors of its own. Owns: the recognition.
// Sources: core.telegram.org/mtproto/mtproto-transports; libtgvoip's reflector messages. Obfuscated MTProto looks like noise and is
// named by address at most.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u24, u32, u32le } from '@kaipo/core/wire/bytes.js';
import { isAll } from '@kaipo/core/wire/exact.js';

const TCP = 6;
const ABRIDGED = 0xef;
const LONG = 0x7f;
const INTERMEDIATE = 0xeeeeeeee;
const PADDED = 0xdddddddd;
const MAX_MESSAGE_BYTES = 1 << 24;
const MIN_MESSAGE_BYTES = 40;
/** req_pq, req_pq_multi: how every new key begins. */
const REQUEST_KEY = 0x60469778;
const REQUEST_KEY_MULTI = 0xbe7e8ef1;
const TAG_BYTES = 16;
const MARK_BYTES = 12;

function probe(p: Probe): Verdict {
  return p.transport === TCP ? probeStream(p) : probeReflector(p);
}

function probeStream(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const there = end - start;
  if (!p.fromClient) return probeAnswer(p);
  const first = bytes[start]!;
  if (first !== ABRIDGED && first !== 0xee && first !== 0xdd) return NOT_MINE;
  if (there < 12) return UNSURE;
  if (first !== ABRIDGED) return isIntermediate(p);
  const isLong = bytes[start + 1] === LONG;
  const words = isLong ? bytes[start + 2]! | (bytes[start + 3]! << 8) | (bytes[start + 4]! << 16) : bytes[start + 1]!;
  const at = start + (isLong ? 5 : 2);
  if (words * 4 < MIN_MESSAGE_BYTES || words * 4 > MAX_MESSAGE_BYTES || (!isLong && words > LONG)) return NOT_MINE;
  if (isKeyRequest(bytes, at, end)) return MATCH;
  // The length alone is 16 bits: the other side must begin with one of its own.
  if (at + words * 4 === end) p.memoA = 1;
  return at + words * 4 >= end ? UNSURE : NOT_MINE;
}

/** Four bytes ee or dd, then a length that what follows does not exceed. */
function isIntermediate(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const mark = u32(bytes, start);
  if (mark !== INTERMEDIATE && mark !== PADDED) return NOT_MINE;
  const length = u32le(bytes, start + 4);
  if (isKeyRequest(bytes, start + 8, end)) return MATCH;
  return length >= MIN_MESSAGE_BYTES &&
    start + 8 + length === end &&
    !isAll(bytes, start + 8, start + 16, bytes[start + 8]!)
    ? MATCH
    : UNSURE;
}

/** A message without a key: eight zeros, a message number, its length, and the request for a key. */
function isKeyRequest(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + 24 > end || !isAll(bytes, at, at + 8, 0)) return false;
  const word = u32le(bytes, at + 20);
  return word === REQUEST_KEY || word === REQUEST_KEY_MULTI;
}

/** The client was unsure: the first message of the other side has its length before it too. */
function probeAnswer(p: Probe): Verdict {
  if (p.memoA !== 1 || p.otherLength === 0 || p.otherBytes[0] !== ABRIDGED) return NOT_MINE;
  const { bytes, start } = p;
  const there = p.end - start;
  const first = bytes[start]!;
  if (there < 4) return UNSURE;
  const isLong = first === LONG;
  const words = isLong ? bytes[start + 1]! | (bytes[start + 2]! << 8) | (bytes[start + 3]! << 16) : first;
  const length = words * 4 + (isLong ? 4 : 1);
  if (words < 5 || first > LONG || length < there) return NOT_MINE;
  return length === there ? MATCH : UNSURE;
}

/** Sixteen bytes that name the call, then twelve times 0xff: requests to, and answers of, a reflector. */
function probeReflector(p: Probe): Verdict {
  const { bytes, start } = p;
  const markAt = start + TAG_BYTES;
  if (p.end - start < TAG_BYTES + MARK_BYTES + 4 || bytes[markAt] !== 0xff) return NOT_MINE;
  if (!isAll(bytes, markAt, markAt + MARK_BYTES, 0xff) || isAll(bytes, start, markAt, bytes[start]!)) return NOT_MINE;
  return u24(bytes, start) === 0xffffff ? NOT_MINE : MATCH;
}

export const telegramPlugin = defineProtocol('Telegram: messages (MTProto, not obfuscated) and calls over reflectors', {
  name: 'telegram',
  transports: ['tcp', 'udp'],
  ports: [443, 80, 5222, 596, 597, 598, 599, 1400],
  datagram: { minBytes: TAG_BYTES + MARK_BYTES + 4, at: TAG_BYTES, values: [0xff] },
  application: 'Telegram',
  probe,
});
