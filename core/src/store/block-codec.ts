// Values of the store as bytes: one tag byte, then msgpack, deflated where that saves space. Owns the tag; room is left in it
// for encryption. Must not know what a block means. Bound: MAX_BLOCK_BYTES decoded.
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { Packr } from 'msgpackr';
import { KaipoError } from '../kernel/errors.js';
import { MAX_BLOCK_BYTES } from './store-limits.js';

const TAG_PLAIN = 0x10;
const TAG_DEFLATED = 0x11;
/** Below this deflate costs more than it saves. */
const DEFLATE_FROM_BYTES = 200;

// Plain maps and arrays: bytes that any msgpack reader understands, without record structures kept elsewhere.
const packr = new Packr({ useRecords: false, variableMapSize: true });

export function encodeBlock(value: unknown): Buffer {
  const packed = packr.pack(value);
  if (packed.length >= DEFLATE_FROM_BYTES) {
    const deflated = deflateRawSync(packed, { level: 3 });
    if (deflated.length < packed.length * 0.9) return tagged(TAG_DEFLATED, deflated);
  }
  return tagged(TAG_PLAIN, packed);
}

/** The value, unchecked: the caller validates its shape. Raises KAIPO_STORE_CORRUPT for bytes that are no block. */
export function decodeBlock(bytes: Uint8Array): unknown {
  try {
    const body = bytes.subarray(1);
    if (bytes[0] === TAG_PLAIN) return packr.unpack(body);
    if (bytes[0] === TAG_DEFLATED) return packr.unpack(inflateRawSync(body, { maxOutputLength: MAX_BLOCK_BYTES }));
  } catch (cause) {
    throw new KaipoError('KAIPO_STORE_CORRUPT', 'a block of the store cannot be read', undefined, { cause });
  }
  throw new KaipoError('KAIPO_STORE_CORRUPT', 'a block of the store has an unknown encoding');
}

function tagged(tag: number, body: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(body.length + 1);
  bytes[0] = tag;
  bytes.set(body, 1);
  return bytes;
}
