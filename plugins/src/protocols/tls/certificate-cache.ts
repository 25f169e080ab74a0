// What was read of certificates lately: the same few servers show theirs again and again, and to read one costs more than to compare it.
// Owns: whole certificates and their facts. Must not know flows. Bound: MAX_CERTIFICATES of at most MAX_BYTES; all are forgotten when
// full, larger ones are read each time.
import { u32 } from '@kaipo/core/wire/bytes.js';
import { type CertificateFacts, readCertificate } from '@kaipo/core/wire/x509.js';

const MAX_CERTIFICATES = 256;
const MAX_BYTES = 4096;
/** The end of a certificate is its signature: few have the same by chance. That they are the same is decided by all bytes. */
const KEY_BYTES = 4;

interface Known {
  readonly bytes: Buffer;
  readonly facts: CertificateFacts;
}

export class CertificateCache {
  readonly #known = new Map<number, Known>();

  /** As `readCertificate`. What it gives is shared: not to be changed. */
  read(bytes: Uint8Array, start: number, end: number): Readonly<CertificateFacts> | undefined {
    if (end - start > MAX_BYTES || end - start < KEY_BYTES) return readCertificate(bytes, start, end);
    const key = u32(bytes, end - KEY_BYTES);
    const known = this.#known.get(key);
    if (known !== undefined && known.bytes.compare(bytes, start, end) === 0) return known.facts;
    const facts = readCertificate(bytes, start, end);
    if (facts === undefined) return undefined;
    // Nobody changes it, and whoever makes its texts safe needs to do that once.
    Object.freeze(facts);
    if (this.#known.size >= MAX_CERTIFICATES) this.#known.clear();
    this.#known.set(key, { bytes: Buffer.from(bytes.subarray(start, end)), facts });
    return facts;
  }
}
