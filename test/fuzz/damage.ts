// Damage to bytes, as accidents and attackers do it: seeded, so that a run can be repeated. Works on whole blocks where the
// blocks are known, so that it also reaches what lies behind the first length check.
import { below, type Random, randomBytes } from '../fixtures/seeded-random.js';

/** Values at which length checks break. */
const EDGES = [
  0, 1, 3, 4, 11, 12, 13, 16, 255, 4096, 4097, 65_535, 65_536, 262_144, 262_145, 262_400, 0x7fffffff, 0xfffffffc,
  0xffffffff,
];

/** Blocks or records of a capture, in order, with one thing or a few wrong. */
export function damaged(parts: readonly Uint8Array[], random: Random): Uint8Array {
  let blocks: Uint8Array[] = parts.map((part) => part.slice());
  for (let count = 1 + below(random, 3); count > 0; count--) blocks = damageOnce(blocks, random);
  const bytes = Buffer.concat(blocks);
  return below(random, 6) === 0 ? bytes.subarray(0, below(random, bytes.length + 1)) : bytes;
}

function damageOnce(blocks: Uint8Array[], random: Random): Uint8Array[] {
  if (blocks.length === 0) return [randomBytes(random, below(random, 200))];
  const at = below(random, blocks.length);
  const block = blocks[at]!;
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  const word = (): number => below(random, Math.max(1, block.length >> 2)) * 4;
  const edge = (): number => (below(random, 4) === 0 ? below(random, 2 ** 32) : EDGES[below(random, EDGES.length)]!);
  switch (below(random, 9)) {
    case 0:
      flipBits(block, 1 + below(random, 8), random);
      return blocks;
    case 1:
      // An absurd length, at one end or at both, so that they agree.
      if (block.length >= 12) {
        const length = edge();
        view.setUint32(4, length, true);
        if (below(random, 2) === 0) view.setUint32(block.length - 4, length, true);
      }
      return blocks;
    case 2:
      if (block.length >= 4) view.setUint32(word(), edge(), true);
      return blocks;
    case 3:
      // Another type with the same content.
      if (block.length >= 4)
        view.setUint32(0, [1, 2, 3, 4, 5, 6, 0x0a0d0d0a, 0x0bad, 0x40000bad, 77][below(random, 10)]!, true);
      return blocks;
    case 4:
      return [...blocks.slice(0, at), block, ...blocks.slice(at)];
    case 5:
      return blocks.filter((_, index) => index !== at);
    case 6:
      return [...blocks.slice(0, at), randomBytes(random, below(random, 300)), ...blocks.slice(at)];
    case 7:
      blocks[at] = block.subarray(0, below(random, block.length + 1));
      return blocks;
    default:
      // Replayed as it was, many times.
      return [...blocks, ...Array.from({ length: 1 + below(random, 70) }, () => block)];
  }
}

function flipBits(bytes: Uint8Array, count: number, random: Random): void {
  for (let i = 0; i < count && bytes.length > 0; i++) {
    const at = below(random, bytes.length);
    bytes[at] = bytes[at]! ^ (1 << below(random, 8));
  }
}
