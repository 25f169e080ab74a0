// A bucket that stands alone in its chunk is written once for every resolution: the same bytes but for its place.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ByteSink } from '@kaipo/core/store/byte-sink.js';
import { decodeChunk } from '@kaipo/core/store/chunk-decoder.js';
import { encodeChunk } from '@kaipo/core/store/chunk-encoder.js';
import { RowAccumulator } from '@kaipo/core/store/row-accumulator.js';
import { RowArena } from '@kaipo/core/store/row-arena.js';
import type { RowBlock } from '@kaipo/core/store/row-block.js';

const SLOT_AT = 3;
const sink = new ByteSink();

function encodedAlone(block: RowBlock, slot: number): Uint8Array {
  const slots = new Array<RowBlock | undefined>(60).fill(undefined);
  slots[slot] = block;
  sink.begin();
  encodeChunk(sink, slots, 5);
  return Uint8Array.from(sink.written());
}

test('a bucket alone in its chunk: the same bytes in every slot, and from a copy', () => {
  const sums = new RowAccumulator(5);
  sums.begin(40);
  for (let row = 0; row < 40; row++)
    sums.addSeries((row * 17) % 40, row % 3, row, 2 ** 40 + row, row === 7 ? 0.5 : 1, 0, -row);
  const block = sums.finish(Number.POSITIVE_INFINITY, new RowArena());
  const first = encodedAlone(block, 5);
  assert.ok(block.lone !== undefined);
  const second = encodedAlone(block, 59);
  const copied = encodedAlone(block.copy(5), 59);
  assert.equal(first[SLOT_AT], 5);
  assert.equal(second[SLOT_AT], 59);
  assert.deepEqual(copied, second);
  first[SLOT_AT] = 59;
  assert.deepEqual(first, second);
  const read = decodeChunk(second, 5, 60)[59]!;
  assert.equal(read.length, 40);
  for (let row = 0; row < 40; row++) assert.equal(read.idAt(row), row);
});
