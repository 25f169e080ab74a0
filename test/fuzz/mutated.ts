// Payloads with something wrong: seeded mutations of payloads that were right. Owns: the kinds of damage.
import { below, type Random, randomBytes } from '../fixtures/seeded-random.js';

/** Values at which length checks break, as bytes, words and double words. */
const EDGES = [
  0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 254, 255, 256, 1023, 4095, 16_384, 32_767, 65_535,
];

/** One of `seeds` with one to four things wrong; now and then bytes that are nobody's. From one byte to 4 KiB: nobody is shown nothing. */
export function mutated(seeds: readonly Uint8Array[], random: Random): Uint8Array {
  if (seeds.length === 0 || below(random, 50) === 0) return randomBytes(random, 1 + below(random, 300));
  let bytes: Uint8Array = seeds[below(random, seeds.length)]!.slice(0, 4096);
  for (let count = 1 + below(random, 4); count > 0; count--) bytes = mutatedOnce(bytes, seeds, random);
  return bytes.length === 0 ? randomBytes(random, 1) : bytes;
}

function mutatedOnce(bytes: Uint8Array, seeds: readonly Uint8Array[], random: Random): Uint8Array {
  const at = below(random, bytes.length + 1);
  const edge = EDGES[below(random, EDGES.length)]!;
  switch (below(random, 10)) {
    case 0:
      if (at < bytes.length) bytes[at] = bytes[at]! ^ (1 << below(random, 8));
      return bytes;
    case 1:
      if (at < bytes.length) bytes[at] = below(random, 256);
      return bytes;
    case 2:
      if (at < bytes.length) bytes[at] = edge;
      return bytes;
    case 3:
    case 4:
      put(bytes, at, edge, 2, below(random, 2) === 0);
      return bytes;
    case 5:
      put(bytes, at, below(random, 3) === 0 ? 0xffffffff : edge, 4, below(random, 2) === 0);
      return bytes;
    case 6:
      return bytes.slice(0, at);
    case 7:
      return joined(bytes, randomBytes(random, below(random, 64)));
    case 8: {
      // A piece again, or a piece less.
      const end = Math.min(bytes.length, at + below(random, 32));
      return below(random, 2) === 0
        ? joined(bytes.subarray(0, end), bytes.subarray(at))
        : joined(bytes.subarray(0, at), bytes.subarray(end));
    }
    default: {
      const other = seeds[below(random, seeds.length)]!;
      return joined(bytes.subarray(0, at), other.subarray(Math.min(other.length, at))).slice(0, 4096);
    }
  }
}

function put(bytes: Uint8Array, at: number, value: number, width: number, isLittle: boolean): void {
  for (let i = 0; i < width && at + i < bytes.length; i++)
    bytes[at + i] = (value / 256 ** (isLittle ? i : width - 1 - i)) & 0xff;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}
