// SHA-1 of a text of whole words that fits one block (FIPS 180-4), for names, not for secrets. Owns: one block of scratch.
// A call of the library costs more than the sum itself where the text has 16 bytes and there is one for every flow.

const H0 = 0x67452301;
const H1 = 0xefcdab89 | 0;
const H2 = 0x98badcfe | 0;
const H3 = 0x10325476;
const H4 = 0xc3d2e1f0 | 0;
const K3 = 0x8f1bbcdc | 0;
const K4 = 0xca62c1d6 | 0;

/** The longest text whose end and length still fit the block. */
export const MAX_WORDS = 13;
/** One bit marks the end. */
const END = 0x80000000 | 0;

const words = new Int32Array(80);

/**
 * @param text words in network order, at least `count`.
 * @param count at most MAX_WORDS.
 * @param digest the first five words become the sum.
 */
export function sha1Block(text: Int32Array, count: number, digest: Int32Array): void {
  if (count > MAX_WORDS) throw new RangeError(`${count} words do not fit one block`);
  for (let i = 0; i < 15; i++) words[i] = i < count ? text[i]! : 0;
  words[count] = END;
  words[15] = count * 32;
  for (let i = 16; i < 80; i++) {
    const mixed = words[i - 3]! ^ words[i - 8]! ^ words[i - 14]! ^ words[i - 16]!;
    words[i] = (mixed << 1) | (mixed >>> 31);
  }
  let a = H0;
  let b = H1;
  let c = H2;
  let d = H3;
  let e = H4;
  // Four loops of twenty rounds: one with a choice in it takes half as long again.
  for (let i = 0; i < 20; i++) {
    const next = (((a << 5) | (a >>> 27)) + (d ^ (b & (c ^ d))) + ((e + words[i]! + 0x5a827999) | 0)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let i = 20; i < 40; i++) {
    const next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + ((e + words[i]! + 0x6ed9eba1) | 0)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let i = 40; i < 60; i++) {
    const next = (((a << 5) | (a >>> 27)) + ((b & c) | (d & (b | c))) + ((e + words[i]! + K3) | 0)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let i = 60; i < 80; i++) {
    const next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + ((e + words[i]! + K4) | 0)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  digest[0] = a + H0;
  digest[1] = b + H1;
  digest[2] = c + H2;
  digest[3] = d + H3;
  digest[4] = e + H4;
}
