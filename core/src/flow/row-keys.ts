// The flow keys of the next rows of a batch, and their hashes: all of them before the first is looked up, so that the processor waits
// for the memory of many flows at once. Owns: which of two ends is side A, and the seed. Bound: ROWS_AHEAD rows, taken once.
/** @hot */
import type { FrameBatch } from '../frame/frame-batch.js';
import { i32 } from '../wire/bytes.js';
import { KEY_ADDRESS, KEY_META, KEY_PORTS, REST_WORDS, SIDE_A, SIDE_B } from './flow-columns.js';
import { finish, mix } from './flow-hash.js';

/** Their keys and the rows of their flows are well within the nearest cache. */
export const ROWS_AHEAD = 128;
/** Words a row of `words` has: as the key column, but nothing between two keys. */
export const ROW_WORDS = 4;
/** Turns the order of signed words into that of unsigned ones. */
const SIGN = 0x8000_0000;

export class RowKeys {
  /** Word for word what the key column holds, and what `keyRest` holds where the row is IPv6. */
  readonly words = new Int32Array(ROWS_AHEAD * ROW_WORDS);
  readonly rest = new Int32Array(ROWS_AHEAD * REST_WORDS);
  readonly hashes = new Int32Array(ROWS_AHEAD);

  readonly #byInterface: boolean;
  readonly #seed = (Math.random() * 0xffffffff) | 0;

  /** `byInterface`: the same ends on two interfaces are two keys. */
  constructor(byInterface: boolean) {
    this.#byInterface = byInterface;
  }

  /** Keys of `count` rows from `from`, at most ROWS_AHEAD; sets flowSide. Of rows without an IP header nothing is said. */
  load(batch: FrameBatch, from: number, count: number): void {
    for (let index = 0; index < count; index++) {
      const row = from + index;
      const version = batch.ipVersion[row]!;
      if (version === 4) this.#loadV4(batch, row, index);
      else if (version !== 0) this.#loadV6(batch, row, index);
    }
  }

  #loadV4(batch: FrameBatch, row: number, index: number): void {
    const { bytes } = batch;
    const src = i32(bytes, batch.srcAddr[row]!);
    const dst = i32(bytes, batch.dstAddr[row]!);
    const srcPort = batch.srcPort[row]!;
    const dstPort = batch.dstPort[row]!;
    const isFromA = src === dst ? srcPort <= dstPort : (src ^ SIGN) < (dst ^ SIGN);
    const ports = isFromA ? (srcPort << 16) | dstPort : (dstPort << 16) | srcPort;
    const meta = this.#meta(batch, row, 4);
    const a = isFromA ? src : dst;
    const b = isFromA ? dst : src;
    this.#store(index, ports, meta, a, b);
    batch.flowSide[row] = isFromA ? SIDE_A : SIDE_B;
    this.hashes[index] = finish(mix(mix(mix(this.#seed, a ^ meta), b), ports));
  }

  #loadV6(batch: FrameBatch, row: number, index: number): void {
    const { bytes } = batch;
    const src = batch.srcAddr[row]!;
    const dst = batch.dstAddr[row]!;
    const srcPort = batch.srcPort[row]!;
    const dstPort = batch.dstPort[row]!;
    let order = 0;
    for (let at = 0; at < 16 && order === 0; at += 4) {
      const left = i32(bytes, src + at) ^ SIGN;
      const right = i32(bytes, dst + at) ^ SIGN;
      order = left === right ? 0 : left < right ? -1 : 1;
    }
    if (order === 0) order = srcPort - dstPort;
    const isFromA = order <= 0;
    const ports = isFromA ? (srcPort << 16) | dstPort : (dstPort << 16) | srcPort;
    const meta = this.#meta(batch, row, 6);
    const a = isFromA ? src : dst;
    const b = isFromA ? dst : src;
    this.#store(index, ports, meta, i32(bytes, a), i32(bytes, b));
    let hash = mix(mix(mix(this.#seed, i32(bytes, a) ^ meta), i32(bytes, b)), ports);
    const rest = index * REST_WORDS;
    for (let word = 0; word < REST_WORDS; word++) {
      const value = i32(bytes, word < 3 ? a + 4 + word * 4 : b - 8 + word * 4);
      this.rest[rest + word] = value;
      hash = mix(hash, value);
    }
    batch.flowSide[row] = isFromA ? SIDE_A : SIDE_B;
    this.hashes[index] = finish(hash);
  }

  #meta(batch: FrameBatch, row: number, version: number): number {
    const port = this.#byInterface ? batch.interfaceId[row]! << 16 : 0;
    return batch.ipProto[row]! | (version << 8) | port;
  }

  #store(index: number, ports: number, meta: number, a: number, b: number): void {
    const { words } = this;
    const at = index * ROW_WORDS;
    words[at + KEY_PORTS] = ports;
    words[at + KEY_META] = meta;
    words[at + KEY_ADDRESS] = a;
    words[at + KEY_ADDRESS + 1] = b;
  }

  isV6(index: number): boolean {
    return (this.words[index * ROW_WORDS + KEY_META]! & 0x0200) !== 0;
  }

  /** Hash of addresses, protocol and a fragment id: all that fragments of one datagram have in common. */
  hashAddresses(index: number, fragmentId: number): number {
    const at = index * ROW_WORDS;
    let hash = mix(this.#seed, this.words[at + KEY_META]! ^ fragmentId);
    hash = mix(mix(hash, this.words[at + KEY_ADDRESS]!), this.words[at + KEY_ADDRESS + 1]!);
    if (this.isV6(index)) {
      for (let word = 0; word < REST_WORDS; word++) hash = mix(hash, this.rest[index * REST_WORDS + word]!);
    }
    return finish(hash);
  }
}
