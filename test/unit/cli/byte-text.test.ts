// Texts and numbers as bytes: sign for sign what JSON.stringify writes, and nothing is lost where the buffer is full.
import assert from 'node:assert/strict';
import test from 'node:test';
import { seconds } from '@kaipo/cli/analysis/event-records.js';
import { ascii, ByteText } from '@kaipo/core/kernel/byte-text.js';
import { seededRandom } from '../../fixtures/seeded-random.js';

function written(write: (out: ByteText) => void): string {
  const parts: Buffer[] = [];
  const out = new ByteText((bytes) => parts.push(Buffer.from(bytes)));
  write(out);
  out.flush();
  return Buffer.concat(parts).toString();
}

test('numbers', () => {
  const random = seededRandom(1);
  const values = [0, -0, 1, 9, 10, 2 ** 31 - 1, 2 ** 31, -1, 0.1, 1e21, 1e-7, Number.NaN, Number.POSITIVE_INFINITY];
  for (let power = 0; power < 60; power++) values.push(10 ** (power / 3), Math.round(random() * 2 ** power));
  for (const value of values)
    assert.equal(
      written((out) => out.number(value)),
      JSON.stringify(value),
    );
});

test('microseconds as seconds', () => {
  const random = seededRandom(2);
  const values = [0, 1, 10, 999_999, 1e6, -1, 2 ** 31 * 1e6 - 1, 2 ** 31 * 1e6 + 1, 1e-3, Number.NaN, 1e300];
  for (let i = 0; i < 100_000; i++) values.push(random() * 2 ** (i % 54));
  for (const us of values)
    assert.equal(
      written((out) => out.seconds(us)),
      JSON.stringify(seconds(us)),
      `${us} us`,
    );
});

test('texts of every sign', () => {
  for (let code = 0; code < 0x1_0000; code += code < 0x300 ? 1 : 61) {
    const text = `a${String.fromCharCode(code)}b`;
    assert.equal(
      written((out) => out.quoted(text)),
      Buffer.from(JSON.stringify(text)).toString(),
    );
    assert.equal(
      written((out) => out.text(text)),
      Buffer.from(text).toString(),
    );
  }
});

test('plain values', () => {
  const values = [{ a: undefined, b: [1, undefined, 'x', { c: true }], d: null }, {}, [], { e: {}, f: [[]] }, false];
  for (const value of values)
    assert.equal(
      written((out) => out.json(value)),
      JSON.stringify(value),
    );
});

test('what does not fit goes on in order, and a text longer than the buffer by itself', () => {
  const word = ascii('word,');
  const long = 'ä'.repeat(300_000);
  let expected = '';
  const text = written((out) => {
    for (let i = 0; i < 60_000; i++) {
      out.word(word);
      out.number(i);
      out.quoted('x"');
      out.plain('192.0.2.1');
      expected += `word,${i}"x\\""192.0.2.1`;
    }
    for (const write of [out.text, out.quoted]) write.call(out, long);
    expected += `${long}"${long}"`;
  });
  assert.equal(text, expected);
});

test('what was cleared is not handed on', () => {
  const text = written((out) => {
    out.text('gone');
    out.clear();
    out.text('here');
  });
  assert.equal(text, 'here');
});
