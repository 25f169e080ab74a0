// Segments without room to wait: holes are given up and told, nothing is said twice, and all memory comes back.
import assert from 'node:assert/strict';
import test from 'node:test';
import { BufferPool } from '@kaipo/core/engine/inspect/buffer-pool.js';
import { InspectionColumns } from '@kaipo/core/engine/inspect/inspection-columns.js';
import { SegmentOrder } from '@kaipo/core/engine/inspect/segment-order.js';
import { latin1Text } from '@kaipo/core/wire/match.js';
import { ascii } from '../../fixtures/bytes.js';

function ordered(poolBytes: number): { add: (seq: number, text: string) => void; heard: string[]; pool: BufferPool } {
  const heard: string[] = [];
  const pool = new BufferPool(poolBytes);
  const columns = new InspectionColumns(4);
  columns.begin(1);
  const order = new SegmentOrder(columns, pool, {
    onStream: (_flow, _index, bytes, start, end) => heard.push(latin1Text(bytes, start, end)),
    onMissing: (_flow, _index, missing) => heard.push(`-${missing}`),
    wants: () => true,
  });
  order.synchronize(2, 99);
  return { add: (seq, text) => order.add(1, 2, seq, ascii(text), 0, text.length, 0), heard, pool };
}

test('with room for one early segment the next one gives the holes up', () => {
  const { add, heard, pool } = ordered(2048);
  add(100, 'a');
  add(103, 'd');
  add(106, 'g');
  add(107, 'h');
  assert.deepEqual(heard, ['a', '-2', 'd', '-2', 'g', 'h']);
  assert.equal(pool.usedBytes, 0);
  assert.equal(pool.refused, 1);
});

test('without any room the stream goes on all the same', () => {
  const { add, heard } = ordered(0);
  add(100, 'a');
  add(103, 'd');
  add(104, 'e');
  add(101, 'late');
  assert.deepEqual(heard, ['a', '-2', 'd', 'e']);
});

test('far too far ahead: the stream begins anew there, what waited is told first', () => {
  const { add, heard } = ordered(1 << 20);
  add(100, 'a');
  add(102, 'c');
  add(100 + (1 << 25), 'z');
  assert.deepEqual(heard, ['a', '-1', 'c', `-${(1 << 25) - 3}`, 'z']);
});
