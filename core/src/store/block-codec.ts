// Values of the store as bytes: one tag byte, a CRC-32 of the rest, then msgpack, deflated where that saves space. LMDB has no
// checksums: a flipped bit is found here. Owns the tags. Must not know what a block means. Bound: MAX_BLOCK_BYTES decoded.
import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { Packr } from 'msgpackr';
import { KaipoError } from '../kernel/errors.js';
import { damaged } from './damaged.js';
import { MAX_BLOCK_BYTES } from './store-limits.js';

/** Format 1, without a checksum: names and flows of an old store stay as they are. */
const TAG_UNCHECKED = 0x10;
const TAG_UNCHECKED_DEFLATED = 0x11;
const TAG_PLAIN = 0x4c;
const TAG_DEFLATED = 0x53;
const BODY_AT = 5;
/** Below this deflate costs more than it saves. */
const DEFLATE_FROM_BYTES = 200;
/** Buckets are read by the hundred, and each time: below this to inflate them takes longer than everything else together. */
const DEFLATE_BYTES_FROM = 1200;
/** The most memory, half a megabyte, takes a sixth less time than the usual; the size is the same within 0.2 %. */
const FAST = { level: 1, memLevel: 9 };
const LEAST_INFLATED = 1024;
const MOST_INFLATED = 1024 * 1024;

export interface EncodeOptions {
  /** false: what will soon be written again is not worth the time. */
  readonly deflate?: boolean;
}

// Plain maps and arrays: bytes that any msgpack reader understands, without record structures kept elsewhere.
const packr = new Packr({ useRecords: false, variableMapSize: true });

export function encodeBlock(value: unknown, { deflate = true }: EncodeOptions = {}): Buffer {
  const packed = packr.pack(value);
  if (deflate && packed.length >= DEFLATE_FROM_BYTES) {
    const deflated = deflateRawSync(packed, { level: 1 });
    if (deflated.length < packed.length * 0.95) return tagged(TAG_DEFLATED, deflated);
  }
  return tagged(TAG_PLAIN, packed);
}

const BIN_8 = 0xc4;
const BIN_16 = 0xc5;
const BIN_32 = 0xc6;

/** Room before plain bytes for what `encodeBytes` puts there. */
export const BYTES_HEAD = BODY_AT + 5;

/** The same for plain bytes, which lie in `room` from BYTES_HEAD on: the answer lies there too, unless it was deflated. */
export function encodeBytes(room: Buffer, { deflate = true }: EncodeOptions = {}): Buffer {
  const length = room.length - BYTES_HEAD;
  const headBytes = length < 0x100 ? 2 : length < 0x1_0000 ? 3 : 5;
  const block = room.subarray(BYTES_HEAD - headBytes - BODY_AT);
  if (headBytes === 2) block.writeUInt16BE(BIN_8 * 0x100 + length, BODY_AT);
  else if (headBytes === 3) block.writeUIntBE(BIN_16 * 0x1_0000 + length, BODY_AT, 3);
  else {
    block[BODY_AT] = BIN_32;
    block.writeUInt32BE(length, BODY_AT + 1);
  }
  const body = block.subarray(BODY_AT);
  if (deflate && body.length >= DEFLATE_BYTES_FROM) {
    const deflated = deflateRawSync(body, FAST);
    if (deflated.length < body.length * 0.95) return tagged(TAG_DEFLATED, deflated);
  }
  block[0] = TAG_PLAIN;
  block.writeUInt32LE(crc32(body), 1);
  return block;
}

/** The value, unchecked: the caller validates its shape. Raises KAIPO_STORE_CORRUPT for bytes that are no block. */
export function decodeBlock(bytes: Uint8Array): unknown {
  return readable(() => packr.unpack(uncheckedBody(bytes) ?? checkedBody(bytes)));
}

/** What `encodeBytes` was given: valid as long as the block is. Raises KAIPO_STORE_CORRUPT. */
export function decodeBytes(block: Uint8Array): Uint8Array {
  const body = readable(() => checkedBody(block));
  const [head] = body;
  let at = 0;
  let length = 0;
  if (head === BIN_8) {
    at = 2;
    length = body[1]!;
  } else if (head === BIN_16) {
    at = 3;
    length = (body[1]! << 8) | body[2]!;
  } else if (head === BIN_32) {
    at = 5;
    length = ((body[1]! << 24) | (body[2]! << 16) | (body[3]! << 8) | body[4]!) >>> 0;
  }
  if (at === 0 || at + length !== body.length) throw damaged('it holds no bytes');
  return body.subarray(at);
}

/** Of blocks that were written before there were checksums; undefined for others. */
function uncheckedBody(block: Uint8Array): Uint8Array | undefined {
  const [tag] = block;
  if (tag === TAG_UNCHECKED) return block.subarray(1);
  return tag === TAG_UNCHECKED_DEFLATED ? inflate(block.subarray(1)) : undefined;
}

function checkedBody(block: Uint8Array): Uint8Array {
  const [tag] = block;
  if (tag === TAG_PLAIN) return checked(block);
  if (tag === TAG_DEFLATED) return inflate(checked(block));
  throw new KaipoError('KAIPO_STORE_CORRUPT', 'a block of the store has an unknown encoding');
}

function readable<Answer>(read: () => Answer): Answer {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof KaipoError) throw cause;
    throw new KaipoError('KAIPO_STORE_CORRUPT', 'a block of the store cannot be read', undefined, { cause });
  }
}

function inflate(body: Uint8Array): Buffer {
  // Room for what it mostly becomes: one piece, and not much more than needed.
  const chunkSize = Math.min(Math.max(body.length * 2, LEAST_INFLATED), MOST_INFLATED);
  return inflateRawSync(body, { maxOutputLength: MAX_BLOCK_BYTES, chunkSize });
}

function checked(bytes: Uint8Array): Uint8Array {
  if (bytes.length < BODY_AT) throw damaged('it ends too early');
  const body = bytes.subarray(BODY_AT);
  const sum = bytes[1]! | (bytes[2]! << 8) | (bytes[3]! << 16) | (bytes[4]! << 24);
  if (sum >>> 0 !== crc32(body)) throw damaged('its checksum is wrong');
  return body;
}

function tagged(tag: number, body: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(BODY_AT + body.length);
  bytes[0] = tag;
  bytes.writeUInt32LE(crc32(body), 1);
  bytes.set(body, BODY_AT);
  return bytes;
}
