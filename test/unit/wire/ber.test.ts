import assert from 'node:assert/strict';
import test from 'node:test';
import { berChild, berContentAt, berEnd, berEndOf, berFind, berUint } from '@kaipo/core/wire/ber.js';
import fc from 'fast-check';

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');

test('lengths of one to five bytes', () => {
  assert.deepEqual([berContentAt(hex('3003020105'), 0, 5), berEnd(hex('3003020105'), 0, 5)], [2, 5]);
  assert.deepEqual([berContentAt(hex('308180'), 0, 3), berEnd(hex('308180'), 0, 3)], [3, 131]);
  assert.equal(berEnd(hex('30 84 00010000'), 0, 6), 6 + 65_536);
});

test('indefinite, longer than four bytes, cut, and tags of several bytes are none', () => {
  for (const text of ['3080', '3085 0000000001', '3082 01', '30', '', '1f81 01'])
    assert.equal(berEnd(hex(text), 0, hex(text).length), -1, text);
});

test('numbers', () => {
  const uint = (text: string): number => berUint(hex(text), 0, hex(text).length);
  assert.deepEqual(['020105', '02020100', '0205 00ffffffff'].map(uint), [5, 256, 0xffffffff]);
  assert.deepEqual(
    ['020180', '0200', '0206 000000000001', '0205 0100000000', '040105', '0202 01'].map(uint),
    Array(6).fill(-1),
  );
});

test('elements inside elements', () => {
  const bytes = hex('300a a003020105 a103020107');
  assert.equal(berChild(bytes, 0, bytes.length, 0xa1), 7);
  assert.equal(berChild(bytes, 0, bytes.length, 0xa2), -1);
  assert.equal(berFind(bytes, 2, bytes.length, 0xa0), 2);
  assert.equal(berEndOf(bytes, 2, bytes.length, 0xa0), 7);
  assert.equal(berEndOf(bytes, 2, 6, 0xa0), -1);
});

test('whatever bytes: answers are inside, or -1, or an end that is told', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const content = berContentAt(bytes, 0, bytes.length);
      assert.ok(content === -1 || (content >= 2 && content <= bytes.length));
      assert.ok(berEndOf(bytes, 0, bytes.length, bytes[0] ?? 0) <= bytes.length);
      assert.ok(berChild(bytes, 0, bytes.length, 0x30) < Math.max(bytes.length, 1));
      assert.ok(berUint(bytes, 0, bytes.length) <= 0xffffffff);
    }),
  );
});
