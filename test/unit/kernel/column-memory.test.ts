// Columns over memory that is given: the same bytes seen twice, nothing over another column, and exactly as large as asked for.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FlowColumns } from '@kaipo/core/flow/flow-columns.js';
import { FlowHealthColumns } from '@kaipo/core/flow/flow-health.js';
import { FrameBatch } from '@kaipo/core/frame/frame-batch.js';
import { ColumnMemory, columnBytes } from '@kaipo/core/kernel/column-memory.js';

type Column = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;

/** The columns of a set; of two views of the same rows the first. */
function columnsOf(set: object): [name: string, column: Column][] {
  const all = Object.entries(set).filter((entry): entry is [string, Column] => ArrayBuffer.isView(entry[1]));
  const isSame = (a: Column, b: Column): boolean => a.buffer === b.buffer && a.byteOffset === b.byteOffset;
  return all.filter(
    ([name, column], index) => name !== 'bytes' && !all.slice(0, index).some(([, before]) => isSame(before, column)),
  );
}

const ARENA = new Uint8Array(16);
const SETS: Readonly<Record<string, (memory?: ColumnMemory) => object>> = {
  'a batch': (memory) => new FrameBatch(ARENA, 5, memory),
  'the flow columns': (memory) => new FlowColumns(5, memory),
  'the health columns': (memory) => new FlowHealthColumns(5, memory),
};

describe('columns over memory that is given', () => {
  for (const [name, build] of Object.entries(SETS)) {
    it(`${name}: as long as in memory of their own, one after the other, within the bytes that were named`, () => {
      const bytes = columnBytes(build);
      const shared = new SharedArrayBuffer(bytes);
      const placed = columnsOf(build(new ColumnMemory(shared)));
      const own = columnsOf(build());
      assert.deepEqual(
        placed.map(([column, { length }]) => [column, length]),
        own.map(([column, { length }]) => [column, length]),
      );
      let end = 0;
      for (const [column, view] of placed.sort((a, b) => a[1].byteOffset - b[1].byteOffset)) {
        assert.equal(view.buffer, shared, column);
        assert.ok(view.byteOffset >= end, column);
        end = view.byteOffset + view.byteLength;
      }
      assert.ok(end <= bytes && bytes - end < 64);
    });

    it(`${name}: what one writes the other reads`, () => {
      const shared = new SharedArrayBuffer(columnBytes(build));
      const written = columnsOf(build(new ColumnMemory(shared)));
      const read = columnsOf(build(new ColumnMemory(shared)));
      for (const [index, [, column]] of written.entries()) column.fill(index + 1);
      for (const [index, [column, view]] of read.entries())
        assert.ok(
          view.every((value) => value === index + 1),
          column,
        );
    });
  }

  it('several sets in one buffer begin where the one before has ended', () => {
    const memory = new ColumnMemory(new ArrayBuffer(4096), 100 * 8);
    const first = memory.float64(3);
    const second = memory.uint8(1);
    const third = memory.uint32(2);
    assert.deepEqual(
      [first, second, third].map(({ byteOffset }) => byteOffset - 800),
      [0, 64, 128],
    );
    assert.equal(memory.end - 800, 192);
  });

  it('a buffer that is too small is an error at once', () => {
    assert.throws(() => new FlowColumns(5, new ColumnMemory(new ArrayBuffer(100))), RangeError);
  });
});
