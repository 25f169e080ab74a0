// Initial packets of QUIC are encrypted with keys that everybody can make from the first connection id: opens them. Owns: key
// derivation and both protections. Must not know: frames, flows. RFC 9001 section 5, RFC 9369 section 3.3. Bound: one packet at a time.
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { hmacSha256 } from './hmac-sha256.js';
import type { QuicHeader } from './quic.js';
import type { QuicSecrets } from './quic-secrets.js';

const KEY_BYTES = 16;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const SECRET_BYTES = 32;
/** The packet number has at most four bytes; the sample begins after four, whatever its length. */
const SAMPLE_OFFSET = 4;

/** Keys of one direction. Making them costs about 20 µs. */
export class QuicInitialKeys {
  readonly key: Buffer;
  readonly iv: Buffer;
  readonly hp: Buffer;
  readonly #mask: ReturnType<typeof createCipheriv>;

  /** @param cid the Destination Connection ID of the client's first Initial, after a Retry of its first after that. */
  constructor(secrets: QuicSecrets, cid: Uint8Array, side: 'client' | 'server') {
    const initial = hmacSha256(secrets.salt, cid);
    const secret = expandLabel(initial, side === 'client' ? 'client in' : 'server in', SECRET_BYTES);
    this.key = expandLabel(secret, `${secrets.label} key`, KEY_BYTES);
    this.iv = expandLabel(secret, `${secrets.label} iv`, IV_BYTES);
    this.hp = expandLabel(secret, `${secrets.label} hp`, KEY_BYTES);
    // ECB has no state: one cipher serves every sample.
    this.#mask = createCipheriv('aes-128-ecb', this.hp, null).setAutoPadding(false);
  }

  /**
   * Opens the packet at `start` whose header was read and fits. @returns its frames, a copy; undefined when the tag disagrees: other keys.
   */
  open(bytes: Uint8Array, start: number, header: QuicHeader): Buffer | undefined {
    const sampleAt = header.payloadAt + SAMPLE_OFFSET;
    const sample = bytes.subarray(sampleAt, sampleAt + KEY_BYTES);
    if (sample.length < KEY_BYTES || header.packetEnd > bytes.length) return undefined;
    const mask = this.#mask.update(sample);
    const first = bytes[start]! ^ (mask[0]! & 0x0f);
    const numberBytes = (first & 3) + 1;
    const bodyAt = header.payloadAt + numberBytes;
    const tagAt = header.packetEnd - TAG_BYTES;
    if (tagAt < bodyAt) return undefined;
    const clear = Buffer.from(bytes.subarray(start, bodyAt));
    clear[0] = first;
    // Truncated packet numbers of the first packets are the numbers: nobody sends 2^8 Initials.
    const nonce = Buffer.from(this.iv);
    for (let i = 0; i < numberBytes; i++) {
      const at = clear.length - numberBytes + i;
      clear[at]! ^= mask[1 + i]!;
      nonce[IV_BYTES - numberBytes + i]! ^= clear[at]!;
    }
    const cipher = createDecipheriv('aes-128-gcm', this.key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(clear);
    cipher.setAuthTag(bytes.subarray(tagAt, header.packetEnd));
    const frames = cipher.update(bytes.subarray(bodyAt, tagAt));
    try {
      cipher.final();
    } catch {
      return undefined;
    }
    return frames;
  }
}

/** HKDF-Expand-Label of RFC 8446 section 7.1 with an empty context, for up to 32 bytes: one block. */
export function expandLabel(secret: Uint8Array, label: string, length: number): Buffer {
  return hmacSha256(secret, blockOf(label, length)).subarray(0, length);
}

const blocks = new Map<string, Buffer>();

/** The label and the number of the block, 1; made once for each of the few there are. */
function blockOf(label: string, length: number): Buffer {
  const key = `${length} ${label}`;
  let block = blocks.get(key);
  if (block === undefined) {
    block = Buffer.concat([labelInfo(label, length), Buffer.of(1)]);
    blocks.set(key, block);
  }
  return block;
}

/** Length, label with its prefix, empty context. */
function labelInfo(label: string, length: number): Buffer {
  const name = `tls13 ${label}`;
  const info = Buffer.alloc(2 + 1 + name.length + 1);
  info.writeUInt16BE(length, 0);
  info[2] = name.length;
  info.write(name, 3, 'latin1');
  return info;
}
