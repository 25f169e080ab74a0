// Values encrypted on their way to the file, AES-256-GCM one by one: tag byte, nonce, ciphertext, authentication tag. The key of
// a value is authenticated with it, so that blocks cannot change places. Owns that layout; must not know what a block means.
// Bound: random nonces are safe for 2^32 values (NIST SP 800-38D 8.3), at ten values a second thirteen years; a copy with a new
// key (store-backup.ts) starts again. Not prevented: putting back an older value of the same key.
import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';
import { KaipoError } from '../kernel/errors.js';
import type { BlockEntry, BlockReader, BlockWriter, RangeOptions } from './block-access.js';
import type { EncryptionKeys } from './encryption-key.js';
import { FORMAT_KEY, type StoreKey, WRITER_KEY } from './store-keys.js';

const TAG_SEALED = 0x20;
const NONCE_BYTES = 12;
const AUTH_BYTES = 16;
const SEALED_FROM = 1 + NONCE_BYTES;
const CIPHER = 'aes-256-gcm';
const OPTIONS = { authTagLength: AUTH_BYTES };

/** Read before there is a key: how the store is made, and who writes it. */
const PLAIN_KEYS = new Set([encodeKey(FORMAT_KEY), encodeKey(WRITER_KEY)]);

/** The same text for the same key only: elements are numbers and strings. */
function encodeKey(key: StoreKey): string {
  return JSON.stringify(key);
}

export class SealedBlocks implements BlockReader, BlockWriter {
  readonly #file: BlockReader & BlockWriter;
  readonly #keys: EncryptionKeys;

  constructor(file: BlockReader & BlockWriter, keys: EncryptionKeys) {
    this.#file = file;
    this.#keys = keys;
  }

  get(key: StoreKey): Uint8Array | undefined {
    const value = this.#file.get(key);
    return value === undefined ? undefined : this.open(key, value);
  }

  *range(start: StoreKey, end: StoreKey, options?: RangeOptions): Generator<BlockEntry> {
    for (const { key, value } of this.#file.range(start, end, options)) yield { key, value: this.open(key, value) };
  }

  keys(start: StoreKey, end: StoreKey, limit: number): StoreKey[] {
    return this.#file.keys(start, end, limit);
  }

  put(key: StoreKey, value: Uint8Array): void {
    this.#file.put(key, this.#seal(key, value));
  }

  remove(key: StoreKey): void {
    this.#file.remove(key);
  }

  digestName(text: string): string {
    return this.#keys.digest(text);
  }

  #seal(key: StoreKey, value: Uint8Array): Uint8Array {
    const text = encodeKey(key);
    if (PLAIN_KEYS.has(text)) return value;
    const sealed = Buffer.allocUnsafe(SEALED_FROM + value.length + AUTH_BYTES);
    sealed[0] = TAG_SEALED;
    const nonce = randomFillSync(sealed.subarray(1, SEALED_FROM));
    const cipher = createCipheriv(CIPHER, this.#keys.values, nonce);
    cipher.setAAD(Buffer.from(text));
    sealed.set(cipher.update(value), SEALED_FROM);
    cipher.final();
    sealed.set(cipher.getAuthTag(), SEALED_FROM + value.length);
    return sealed;
  }

  /** The value of an entry as it lies in the file. Raises KAIPO_STORE_CORRUPT when it was changed. */
  open(key: StoreKey, sealed: Uint8Array): Uint8Array {
    const text = encodeKey(key);
    if (PLAIN_KEYS.has(text)) return sealed;
    if (sealed[0] !== TAG_SEALED || sealed.length < SEALED_FROM + AUTH_BYTES) {
      throw new KaipoError('KAIPO_STORE_CORRUPT', 'a block of the encrypted store is not encrypted');
    }
    const end = sealed.length - AUTH_BYTES;
    const decipher = createDecipheriv(CIPHER, this.#keys.values, sealed.subarray(1, SEALED_FROM), OPTIONS);
    decipher.setAAD(Buffer.from(text));
    decipher.setAuthTag(sealed.subarray(end));
    const value = decipher.update(sealed.subarray(SEALED_FROM, end));
    try {
      decipher.final();
    } catch (cause) {
      throw new KaipoError(
        'KAIPO_STORE_CORRUPT',
        'a block of the store was changed after it was encrypted',
        undefined,
        {
          cause,
        },
      );
    }
    return value;
  }
}
