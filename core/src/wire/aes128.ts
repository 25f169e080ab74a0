// AES with keys of 16 bytes (FIPS 197), forward and in counter mode, by tables: for Initial packets of QUIC, where to set up a cipher of
// node:crypto costs as much as thirty blocks. Nothing here is secret: everybody can make those keys, so that the time a look into a
// table takes may tell what it wants. Bound: one key at a time, the last one set.
/** @hot */
import { i32 } from './bytes.js';

const BLOCK_BYTES = 16;
const BLOCK_WORDS = 4;
const ROUNDS = 10;
const KEY_WORDS = BLOCK_WORDS * (ROUNDS + 1);

const SBOX = new Uint8Array(256);
/** SubBytes and MixColumns of the first byte of a column, and of the others. */
const MIX = new Int32Array(256);
const MIX1 = new Int32Array(256);
const MIX2 = new Int32Array(256);
const MIX3 = new Int32Array(256);

/** Times x in the field of AES. */
const twice = (value: number): number => ((value << 1) ^ ((value & 0x80) === 0 ? 0 : 0x1b)) & 0xff;
const turned = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits));
const turnedByte = (byte: number, bits: number): number => ((byte << bits) | (byte >>> (8 - bits))) & 0xff;

// 3 generates the field, 0xf6 is its inverse: p runs through all values but 0, q through their inverses.
for (let p = 1, q = 1, i = 0; i < 255; i++) {
  SBOX[p] = q ^ turnedByte(q, 1) ^ turnedByte(q, 2) ^ turnedByte(q, 3) ^ turnedByte(q, 4) ^ 0x63;
  p ^= twice(p);
  q ^= q << 1;
  q ^= q << 2;
  q = (q ^ (q << 4)) & 0xff;
  if ((q & 0x80) !== 0) q ^= 0x09;
}
SBOX[0] = 0x63;
for (let i = 0; i < 256; i++) {
  const s = SBOX[i]!;
  MIX[i] = (twice(s) << 24) | (s << 16) | (s << 8) | (twice(s) ^ s);
  MIX1[i] = turned(MIX[i]!, 8);
  MIX2[i] = turned(MIX[i]!, 16);
  MIX3[i] = turned(MIX[i]!, 24);
}

const keys = new Int32Array(KEY_WORDS);
const state = new Int32Array(BLOCK_WORDS);

/** The key of the calls that follow: four words. */
export function setAesKey(words: Int32Array): void {
  for (let i = 0; i < BLOCK_WORDS; i++) keys[i] = words[i]!;
  let round = 1;
  for (let i = BLOCK_WORDS; i < KEY_WORDS; i++) {
    let word = keys[i - 1]!;
    if ((i & 3) === 0) {
      const rotated = turned(word, 24);
      word = substituted(rotated, rotated, rotated, rotated) ^ (round << 24);
      round = twice(round);
    }
    keys[i] = keys[i - BLOCK_WORDS]! ^ word;
  }
}

/** Puts what the 16 bytes at `at` become into `out`: four words. */
export function encryptAesBlock(bytes: Uint8Array, at: number, out: Int32Array): void {
  encrypt(i32(bytes, at), i32(bytes, at + 4), i32(bytes, at + 8), i32(bytes, at + 12), out);
}

/** Counter mode: bytes[at, at + length) with what the blocks `counter`, `counter` + 1 … become, into out[to, to + length). Moves `counter` on. */
export function xorAesCounter(
  bytes: Uint8Array,
  at: number,
  length: number,
  counter: Int32Array,
  out: Uint8Array,
  to: number,
): void {
  let done = 0;
  for (; done + BLOCK_BYTES <= length; done += BLOCK_BYTES) {
    encryptNext(counter);
    for (let i = 0; i < BLOCK_WORDS; i++) {
      const word = state[i]!;
      const from = at + done + i * 4;
      const into = to + done + i * 4;
      out[into] = bytes[from]! ^ (word >>> 24);
      out[into + 1] = bytes[from + 1]! ^ (word >>> 16);
      out[into + 2] = bytes[from + 2]! ^ (word >>> 8);
      out[into + 3] = bytes[from + 3]! ^ word;
    }
  }
  if (done === length) return;
  encryptNext(counter);
  for (let i = done; i < length; i++) out[to + i] = bytes[at + i]! ^ (state[(i - done) >> 2]! >>> (24 - 8 * (i & 3)));
}

function encryptNext(counter: Int32Array): void {
  encrypt(counter[0]!, counter[1]!, counter[2]!, counter[3]!, state);
  counter[3] = counter[3]! + 1;
}

function encrypt(w: number, x: number, y: number, z: number, out: Int32Array): void {
  let a = w ^ keys[0]!;
  let b = x ^ keys[1]!;
  let c = y ^ keys[2]!;
  let d = z ^ keys[3]!;
  for (let at = BLOCK_WORDS; at < BLOCK_WORDS * ROUNDS; at += BLOCK_WORDS) {
    const nextA = mixed(a, b, c, d) ^ keys[at]!;
    const nextB = mixed(b, c, d, a) ^ keys[at + 1]!;
    const nextC = mixed(c, d, a, b) ^ keys[at + 2]!;
    d = mixed(d, a, b, c) ^ keys[at + 3]!;
    a = nextA;
    b = nextB;
    c = nextC;
  }
  // The last round has no MixColumns.
  out[0] = substituted(a, b, c, d) ^ keys[KEY_WORDS - 4]!;
  out[1] = substituted(b, c, d, a) ^ keys[KEY_WORDS - 3]!;
  out[2] = substituted(c, d, a, b) ^ keys[KEY_WORDS - 2]!;
  out[3] = substituted(d, a, b, c) ^ keys[KEY_WORDS - 1]!;
}

/** One column of SubBytes, ShiftRows and MixColumns. */
const mixed = (a: number, b: number, c: number, d: number): number =>
  MIX[a >>> 24]! ^ MIX1[(b >>> 16) & 0xff]! ^ MIX2[(c >>> 8) & 0xff]! ^ MIX3[d & 0xff]!;

/** One column of SubBytes and ShiftRows. */
const substituted = (a: number, b: number, c: number, d: number): number =>
  (SBOX[a >>> 24]! << 24) | (SBOX[(b >>> 16) & 0xff]! << 16) | (SBOX[(c >>> 8) & 0xff]! << 8) | SBOX[d & 0xff]!;
