// The Huffman code of HPACK. Owns: the code, and decoding into bytes. Bound: the room the caller gives.
// RFC 7541 section 5.2 and appendix B. The code is canonical, codes of one length go up with the symbol: the lengths are all it takes.

/** Bits of the code of each byte, 0 to 255. The end-of-string symbol has 30 ones and must not be sent. */
const CODE_BITS = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28,
  28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6,
  5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23,
  22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22,
  23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26,
  20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27,
  27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27,
  27, 27, 27, 26,
];
const LONGEST_CODE = 30;

/** By node and bit: the next node, or -1 - symbol at a leaf. Node 0 is the root; 0 as a child means that there is none. */
const CHILDREN = codeTree();

function codeTree(): Int16Array {
  const children = new Int16Array(2 * 1024);
  let nodes = 1;
  let code = 0;
  for (let bits = 1; bits <= LONGEST_CODE; bits++) {
    code *= 2;
    for (let symbol = 0; symbol < CODE_BITS.length; symbol++) {
      if (CODE_BITS[symbol] !== bits) continue;
      let node = 0;
      for (let bit = bits - 1; bit > 0; bit--) {
        const slot = node * 2 + (Math.floor(code / 2 ** bit) & 1);
        if (children[slot] === 0) children[slot] = nodes++;
        node = children[slot]!;
      }
      children[node * 2 + (code & 1)] = -1 - symbol;
      code += 1;
    }
  }
  return children;
}

/** Not a Huffman text. */
export const HUFFMAN_BAD = -1;

/**
 * Decodes [start, end) into `out`; what does not fit is decoded and left out.
 * @returns how many bytes the text has, or HUFFMAN_BAD.
 */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number, out: Uint8Array): number {
  let length = 0;
  let node = 0;
  /** Bits since the last symbol, and whether all of them were ones: the padding at the end. */
  let pending = 0;
  let allOnes = true;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    for (let shift = 7; shift >= 0; shift--) {
      const bit = (byte >> shift) & 1;
      const next = CHILDREN[node * 2 + bit]!;
      if (next < 0) {
        if (length < out.length) out[length] = -1 - next;
        length += 1;
        node = 0;
        pending = 0;
        allOnes = true;
      } else {
        if (next === 0) return HUFFMAN_BAD;
        node = next;
        pending += 1;
        allOnes &&= bit === 1;
      }
    }
  }
  return pending < 8 && allOnes ? length : HUFFMAN_BAD;
}
