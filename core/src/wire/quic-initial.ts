// Initial packets of QUIC are encrypted with keys that everybody can make from the first connection id: opens them. Owns: key
// derivation and both protections. Must not know: flows. RFC 9001 section 5, RFC 9369 section 3.3. Bound: one packet at a time.
//
// The tag is not checked: it costs twice what the rest costs, and a packet opened with other keys has no frames but by chance (who
// opens it looks at them). All of this is done here because to set up a cipher of node:crypto costs more than to open a packet.
import { encryptAesBlock, setAesKey, xorAesCounter } from './aes128.js';
import type { QuicHeader } from './quic.js';
import { wholeHelloEnd } from './quic-crypto-stream.js';
import type { QuicSecrets } from './quic-secrets.js';
import { HmacKey, hmacSha256 } from './sha256.js';

const KEY_BYTES = 16;
const KEY_WORDS = KEY_BYTES / 4;
const IV_BYTES = 12;
const IV_WORDS = IV_BYTES / 4;
const TAG_BYTES = 16;
const SECRET_BYTES = 32;
/** The packet number has at most four bytes; the sample begins after four, whatever its length. */
const SAMPLE_OFFSET = 4;
/** The block that hides the tag is the first; the text begins with the second (NIST SP 800-38D). */
const FIRST_COUNTER = 2;
/** The head of the frames: behind as much padding tells it what there is to open. Whole blocks. */
const HEAD_BYTES = 64;
/** More than a packet over UDP has. */
const MAX_PACKET_BYTES = 65_536;

const CLIENT_SECRET = labelBlock('client in', SECRET_BYTES);
const SERVER_SECRET = labelBlock('server in', SECRET_BYTES);
const LABELS = { quic: labelsOf('quic'), quicv2: labelsOf('quicv2') };

const hmac = new HmacKey();
const words = new Int32Array(SECRET_BYTES / 4);
const counter = new Int32Array(KEY_WORDS);

/** The frames of the packet opened last. */
const frames = new Uint8Array(MAX_PACKET_BYTES);

/** Keys of one direction. */
export class QuicInitialKeys {
  readonly key = new Int32Array(KEY_WORDS);
  readonly iv = new Int32Array(IV_WORDS);
  /** Of header protection. */
  readonly hp = new Int32Array(KEY_WORDS);

  /** @param cid the Destination Connection ID of the client's first Initial, after a Retry of its first after that. */
  constructor(secrets: QuicSecrets, cid: Uint8Array, side: 'client' | 'server') {
    hmacSha256(secrets.key, cid, cid.length, words);
    expand(side === 'client' ? CLIENT_SECRET : SERVER_SECRET);
    hmac.setWords(words);
    const labels = LABELS[secrets.label];
    take(labels.key, this.key);
    take(labels.iv, this.iv);
    take(labels.hp, this.hp);
  }

  /**
   * Opens the packet at `start` whose header was read and fits; when it begins with all of a ClientHello, not what follows: mostly
   * padding, as much as the hello. @returns what are its frames, if these are its keys: valid until the next call; undefined when it
   * is too short.
   */
  open(bytes: Uint8Array, start: number, header: QuicHeader): Uint8Array | undefined {
    const sampleAt = header.payloadAt + SAMPLE_OFFSET;
    if (sampleAt + KEY_BYTES > bytes.length || header.packetEnd > bytes.length) return undefined;
    setAesKey(this.hp);
    encryptAesBlock(bytes, sampleAt, words);
    const numberBytes = ((bytes[start]! ^ (words[0]! >>> 24)) & 3) + 1;
    const bodyAt = header.payloadAt + numberBytes;
    const length = header.packetEnd - TAG_BYTES - bodyAt;
    if (length < 0 || length > MAX_PACKET_BYTES) return undefined;
    // Truncated packet numbers of the first packets are the numbers: nobody sends 2^8 Initials.
    let packetNumber = 0;
    for (let i = 0; i < numberBytes; i++)
      packetNumber = (packetNumber << 8) | (bytes[header.payloadAt + i]! ^ byteOf(words, 1 + i));
    counter.set(this.iv);
    counter[IV_WORDS - 1] = counter[IV_WORDS - 1]! ^ packetNumber;
    counter[IV_WORDS] = FIRST_COUNTER;
    setAesKey(this.key);
    const head = Math.min(length, HEAD_BYTES);
    xorAesCounter(bytes, bodyAt, head, counter, frames, 0);
    const hello = wholeHelloEnd(frames, head);
    const stop = hello > 0 && hello < length ? hello : length;
    if (stop > head) xorAesCounter(bytes, bodyAt + head, stop - head, counter, frames, head);
    return frames.subarray(0, stop);
  }
}

const byteOf = (from: Int32Array, at: number): number => (from[at >> 2]! >>> (24 - 8 * (at & 3))) & 0xff;

/** The secret in `words` becomes the one that `label` names. */
function expand(label: Uint8Array): void {
  hmac.setWords(words);
  hmacSha256(hmac, label, label.length, words);
}

/** Of the secret in `hmac` what `label` names. */
function take(label: Uint8Array, out: Int32Array): void {
  hmacSha256(hmac, label, label.length, words);
  for (let i = 0; i < out.length; i++) out[i] = words[i]!;
}

function labelsOf(prefix: string): { readonly key: Uint8Array; readonly iv: Uint8Array; readonly hp: Uint8Array } {
  return {
    key: labelBlock(`${prefix} key`, KEY_BYTES),
    iv: labelBlock(`${prefix} iv`, IV_BYTES),
    hp: labelBlock(`${prefix} hp`, KEY_BYTES),
  };
}

/**
 * What HKDF-Expand-Label of RFC 8446 section 7.1 hashes with an empty context, for up to 32 bytes: length, label with its prefix, no
 * context, the number of the block.
 */
function labelBlock(label: string, length: number): Uint8Array {
  const name = `tls13 ${label}`;
  return Buffer.concat([Buffer.of(0, length, name.length), Buffer.from(name, 'latin1'), Buffer.of(0, 1)]);
}
