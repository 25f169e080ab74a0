// SHA-256 and HMAC with it (RFC 6234, RFC 2104) of texts that fit one block: what makes the keys of a QUIC connection is some ten of
// those, and each call of node:crypto costs more than the block it hashes. What of a key does not depend on the text is done once.
// Nothing here is secret: everybody can make these keys. Bound: keys of at most 64 bytes, texts of at most MAX_TEXT_BYTES.

const STATE_WORDS = 8;
const BLOCK_WORDS = 16;
const BLOCK_BYTES = 64;
const ROUNDS = 64;
/** What a block has room for beside the bit behind the text and its length. */
export const MAX_TEXT_BYTES = 55;
const INNER = 0x36363636;
const OUTER = 0x5c5c5c5c;

/** The first 32 bits of the fractions of the roots of the first primes: square roots begin, cubic roots are the constants of the rounds. */
const BEGIN = new Int32Array(STATE_WORDS);
const CONSTANTS = new Int32Array(ROUNDS);
for (let n = 2, found = 0; found < ROUNDS; n++) {
  let divisor = 2;
  while (divisor * divisor <= n && n % divisor !== 0) divisor++;
  if (divisor * divisor <= n) continue;
  if (found < STATE_WORDS) BEGIN[found] = (Math.sqrt(n) % 1) * 2 ** 32;
  CONSTANTS[found++] = (Math.cbrt(n) % 1) * 2 ** 32;
}

const block = new Int32Array(BLOCK_WORDS);
const schedule = new Int32Array(ROUNDS);

/** Takes `block` into `state`. FIPS 180-4 section 6.2.2. */
function takeBlock(state: Int32Array): void {
  const w = schedule;
  for (let i = 0; i < BLOCK_WORDS; i++) w[i] = block[i]!;
  for (let i = BLOCK_WORDS; i < ROUNDS; i++) {
    const x = w[i - 15]!;
    const y = w[i - 2]!;
    const low = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const high = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = (w[i - 16]! + low + w[i - 7]! + high) | 0;
  }
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  let f = state[5]!;
  let g = state[6]!;
  let h = state[7]!;
  for (let i = 0; i < ROUNDS; i++) {
    const high = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const first = (h + high + ((e & f) ^ (~e & g)) + CONSTANTS[i]! + w[i]!) | 0;
    const low = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const second = (low + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  state[0] = state[0]! + a;
  state[1] = state[1]! + b;
  state[2] = state[2]! + c;
  state[3] = state[3]! + d;
  state[4] = state[4]! + e;
  state[5] = state[5]! + f;
  state[6] = state[6]! + g;
  state[7] = state[7]! + h;
}

/** A key of HMAC, ready for any number of texts. */
export class HmacKey {
  readonly inner = new Int32Array(STATE_WORDS);
  readonly outer = new Int32Array(STATE_WORDS);

  /** Up to 64 bytes. */
  set(key: Uint8Array): this {
    if (key.length > BLOCK_BYTES) throw new RangeError('HMAC with a long key');
    loadBytes(key, key.length);
    keyWords.set(block);
    this.setWords(keyWords);
    return this;
  }

  /** A result of `hmacSha256`. */
  setWords(key: Int32Array): void {
    this.#pad(key, INNER, this.inner);
    this.#pad(key, OUTER, this.outer);
  }

  #pad(key: Int32Array, padding: number, state: Int32Array): void {
    for (let i = 0; i < BLOCK_WORDS; i++) block[i] = i < key.length ? key[i]! ^ padding : padding;
    state.set(BEGIN);
    takeBlock(state);
  }
}

const keyWords = new Int32Array(BLOCK_WORDS);

/** Puts HMAC(key, text[0, length)) into `out`: eight words, the first bytes in the highest bits. */
export function hmacSha256(key: HmacKey, text: Uint8Array, length: number, out: Int32Array): void {
  if (length > MAX_TEXT_BYTES) throw new RangeError('HMAC of a long text');
  loadBytes(text, length);
  block[length >> 2] = block[length >> 2]! | (0x80 << (24 - 8 * (length & 3)));
  block[BLOCK_WORDS - 1] = (BLOCK_BYTES + length) * 8;
  out.set(key.inner);
  takeBlock(out);
  for (let i = 0; i < BLOCK_WORDS; i++) block[i] = i < STATE_WORDS ? out[i]! : 0;
  block[STATE_WORDS] = 0x80 << 24;
  block[BLOCK_WORDS - 1] = (BLOCK_BYTES + STATE_WORDS * 4) * 8;
  out.set(key.outer);
  takeBlock(out);
}

/** bytes[0, length) and zeros behind. */
function loadBytes(bytes: Uint8Array, length: number): void {
  block.fill(0);
  for (let at = 0; at < length; at++) block[at >> 2] = block[at >> 2]! | (bytes[at]! << (24 - 8 * (at & 3)));
}
