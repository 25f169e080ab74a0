// Chunks as bytes: what goes in comes out, and bytes that are no chunk are refused without taking memory.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ByteSink } from '@kaipo/core/store/byte-sink.js';
import { decodeChunk } from '@kaipo/core/store/chunk-decoder.js';
import { encodeChunk } from '@kaipo/core/store/chunk-encoder.js';
import type { ChunkSlots } from '@kaipo/core/store/chunk-layout.js';
import { RowAccumulator } from '@kaipo/core/store/row-accumulator.js';
import type { RowBlock } from '@kaipo/core/store/row-block.js';
import fc from 'fast-check';

const SLOTS = 60;
const value = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 3 }) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 2_000_000_000 }) },
  { weight: 2, arbitrary: fc.maxSafeInteger() },
  { weight: 1, arbitrary: fc.constantFrom(2 ** 53, 2 ** 31, 2 ** 32 - 1, 127, 128, 16_383, 16_384, 0.5, -1e300) },
);
const row = fc.record({
  id: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 262_143 })),
  tag: fc.oneof(fc.constant(16), fc.integer({ min: 0, max: 65_535 })),
  values: fc.array(value, { minLength: 5, maxLength: 5 }),
});
const chunk = fc.array(fc.tuple(fc.integer({ min: 0, max: SLOTS - 1 }), fc.array(row, { maxLength: 12 })), {
  maxLength: 20,
});

const sink = new ByteSink();

function encoded(slots: ChunkSlots, columns = 5): Uint8Array {
  sink.begin();
  encodeChunk(sink, slots, columns);
  return Uint8Array.from(sink.written());
}

function slotsOf(buckets: readonly [number, { id: number; tag: number; values: number[] }[]][]): ChunkSlots {
  const slots: ChunkSlots = new Array<RowBlock | undefined>(SLOTS).fill(undefined);
  for (const [slot, rows] of buckets) {
    if (rows.length === 0) continue;
    const sums = new RowAccumulator(5);
    sums.begin(rows.length);
    const seen = new Set<number>();
    for (const { id, tag, values } of rows) {
      if (!seen.has(id * 65_536 + tag)) sums.addRow(id, tag, values);
      seen.add(id * 65_536 + tag);
    }
    slots[slot] = sums.finish();
  }
  return slots;
}

function plain(slots: ChunkSlots): unknown {
  return slots.map((block) => {
    if (block === undefined) return undefined;
    return Array.from({ length: block.length }, (_, at) => {
      const values = Array.from({ length: 5 }, (__, column) => block.valueOf(column, at));
      return { id: block.idAt(at), tag: block.tagAt(at), values };
    }).sort((left, right) => left.id - right.id || left.tag - right.tag);
  });
}

test('any chunk comes back as it went in', () => {
  fc.assert(
    fc.property(chunk, (buckets) => {
      const slots = slotsOf(buckets);
      assert.deepEqual(plain(decodeChunk(encoded(slots), 5, SLOTS)), plain(slots));
    }),
    { numRuns: 500, includeErrorInReport: true },
  );
});

test('damaged bytes are a named error, or a chunk; never anything else', () => {
  fc.assert(
    fc.property(
      chunk,
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: -20, max: 20 }),
      (buckets, flips, longer) => {
        const whole = encoded(slotsOf(buckets));
        const bytes = new Uint8Array(Math.max(0, whole.length + longer));
        bytes.set(whole.subarray(0, bytes.length));
        for (const [at, byte] of flips) if (bytes.length > 0) bytes[at % bytes.length] = byte;
        try {
          decodeChunk(bytes, 5, SLOTS);
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'KAIPO_STORE_CORRUPT', String(error));
        }
      },
    ),
    { numRuns: 2000, includeErrorInReport: true },
  );
});

test('a length that is not there takes no memory', () => {
  // Layout, columns, one bucket, a billion series.
  const bytes = Uint8Array.of(1, 5, 1, 0, 0x80, 0x94, 0xeb, 0xdc, 0x03, 0, 0, 0);
  const before = process.memoryUsage().arrayBuffers;
  assert.throws(() => decodeChunk(bytes, 5, SLOTS), { code: 'KAIPO_STORE_CORRUPT' });
  assert.ok(process.memoryUsage().arrayBuffers - before < 10_000_000);
});

test('a column of one value costs next to nothing', () => {
  const rows = Array.from({ length: 50 }, (_, id) => ({ id, tag: 16, values: [1500, 0, 1, 0, 0] }));
  const buckets = Array.from({ length: 60 }, (_, slot): [number, typeof rows] => [slot, rows]);
  assert.ok(encoded(slotsOf(buckets)).length < 250);
});
