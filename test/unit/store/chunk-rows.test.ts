// Reading a chunk series by series gives what reading it bucket by bucket gives, of as many columns as were asked for; wide
// columns come back as they went in, and damaged ones are a named error.
import assert from 'node:assert/strict';
import test from 'node:test';
import { rowsOfChunk } from '@kaipo/core/store/bucket-rows.js';
import { ByteSink } from '@kaipo/core/store/byte-sink.js';
import { ByteSource } from '@kaipo/core/store/byte-source.js';
import { decodeChunk, readChunkRows } from '@kaipo/core/store/chunk-decoder.js';
import { encodeChunk } from '@kaipo/core/store/chunk-encoder.js';
import { ChunkMemory } from '@kaipo/core/store/chunk-memory.js';
import { readColumn, writeWideColumn } from '@kaipo/core/store/column-codec.js';
import { RowAccumulator } from '@kaipo/core/store/row-accumulator.js';
import type { RowBlock } from '@kaipo/core/store/row-block.js';
import fc from 'fast-check';

const SLOTS = 32;
const COLUMNS = 5;
const sink = new ByteSink();
const value = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.integer({ min: 0, max: 5_000_000_000 }),
  fc.maxSafeInteger(),
  fc.constantFrom(0, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER, 2 ** 53, 0.5, -7),
);
const row = fc.record({
  id: fc.integer({ min: 0, max: 30 }),
  tag: fc.integer({ min: 0, max: 40 }),
  values: fc.array(value, { minLength: COLUMNS, maxLength: COLUMNS }),
});
const days = fc.array(fc.array(row, { maxLength: 20 }), { minLength: 1, maxLength: SLOTS });

function blockOf(rows: readonly { id: number; tag: number; values: number[] }[]): RowBlock | undefined {
  if (rows.length === 0) return undefined;
  const sums = new RowAccumulator(COLUMNS);
  sums.begin(rows.length);
  for (const { id, tag, values } of new Map(rows.map((each) => [each.id * 1000 + each.tag, each])).values()) {
    sums.addRow(id, tag, values);
  }
  return sums.finish();
}

test('a chunk reads the same by series and by bucket, whole or in part', () => {
  const memory = new ChunkMemory();
  fc.assert(
    fc.property(days, fc.nat(SLOTS), fc.nat(SLOTS), fc.integer({ min: 1, max: COLUMNS }), (given, from, to, wanted) => {
      sink.begin();
      encodeChunk(sink, given.map(blockOf), COLUMNS, true);
      const bytes = Uint8Array.from(sink.written());
      const slots = decodeChunk(bytes, COLUMNS, SLOTS);
      const expected = new Map<string, number[]>();
      for (let slot = from; slot < to; slot++) {
        const block = slots[slot];
        for (let at = 0; at < (block?.length ?? 0); at++) {
          const values = Array.from({ length: wanted }, (_, column) => block!.valueOf(column, at));
          expected.set([slot * 10, block!.idAt(at), block!.tagAt(at)].join(), values);
        }
      }
      const chunk = readChunkRows(bytes, COLUMNS, SLOTS, wanted, memory);
      const rows = rowsOfChunk(chunk, { chunkS: 0, bucketS: 10, fromS: from * 10, toS: to * 10 }, memory);
      const found = new Map<string, number[]>();
      for (let series = 0; series < (rows?.length ?? 0); series++) {
        const { startsS, bucketOf, ids, tags } = rows!;
        for (let place = rows!.from[series]!; place < rows!.to[series]!; place++) {
          const values = Array.from({ length: wanted }, (_, column) => rows!.column(column)[place]!);
          found.set([startsS[bucketOf[place]!]!, ids[series]!, tags[series]!].join(), values);
        }
      }
      assert.deepEqual(new Map([...found].sort()), new Map([...expected].sort()));
      // What was written is what was given.
      for (const [slot, rowsGiven] of given.entries()) {
        assert.equal(slots[slot]?.length ?? 0, blockOf(rowsGiven)?.length ?? 0);
      }
    }),
    { numRuns: 300 },
  );
});

test('wide columns come back as they went in', () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 200 }), (given) => {
      sink.begin();
      writeWideColumn(sink, Float64Array.from(given), 0, given.length);
      const source = new ByteSource(Uint8Array.from(sink.written()));
      const found = new Float64Array(given.length + 1);
      readColumn(source, found, given.length, 1);
      assert.deepEqual(Array.from(found.subarray(1)), given);
      assert.equal(source.left, 0);
    }),
    { numRuns: 500 },
  );
});

test('a damaged wide column is a named error, or a column', () => {
  const flip = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 50 }),
      fc.array(flip, { minLength: 1, maxLength: 5 }),
      (given, flips) => {
        sink.begin();
        writeWideColumn(sink, Float64Array.from(given), 0, given.length);
        const bytes = Uint8Array.from(sink.written());
        for (const [at, byte] of flips) bytes[at % bytes.length] = byte;
        try {
          readColumn(new ByteSource(bytes), new Float64Array(given.length), given.length, 0);
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'KAIPO_STORE_CORRUPT', String(error));
        }
      },
    ),
    { numRuns: 1000 },
  );
});
