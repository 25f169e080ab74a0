import assert from 'node:assert/strict';
import test from 'node:test';
import { base64Text, plainUser } from '@kaipo/core/wire/base64-text.js';
import { asciiBytes, latin1Text } from '@kaipo/core/wire/match.js';
import {
  agreesWith,
  agreesWithWord,
  indexOfWord,
  isWholeReply,
  lineStop,
  lineTextEnd,
  mayBecomeReply,
  replyCodeAt,
  takeLines,
  wordAt,
  wordList,
} from '@kaipo/core/wire/text-lines.js';
import fc from 'fast-check';

const EHLO = asciiBytes('EHLO');

test('agreement: not, as far as it goes, wholly', () => {
  assert.deepEqual(
    ['E', 'EHL', 'EHLO x', 'EHX', 'x', ''].map((text) => agreesWith(asciiBytes(text), 0, text.length, EHLO)),
    [1, 1, 2, 0, 0, 1],
  );
  assert.equal(agreesWithWord(asciiBytes('eHlO'), 0, 4, asciiBytes('ehlo')), 2);
});

test('reply codes', () => {
  const code = (text: string): number => replyCodeAt(asciiBytes(text), 0, text.length);
  assert.deepEqual(
    ['220 x', '220-x', '220\r\n', '020 x', '620 x', '22 x', '220', '220x'].map(code),
    [220, 220, 220, -1, -1, -1, -1, -1],
  );
  assert.equal(isWholeReply(asciiBytes('220 hi\r\n'), 0, 8), true);
  assert.equal(isWholeReply(asciiBytes('220 hi\n'), 0, 7), false);
  assert.deepEqual(
    ['2', '22', '220', '220 hello', '220 hello\r\n', '2x', ''].map((text) =>
      mayBecomeReply(asciiBytes(text), 0, text.length),
    ),
    [true, true, true, true, false, false, false],
  );
});

test('words end at a space or the end of the line', () => {
  const words = wordList('user', 'auth plain');
  const at = (text: string): number => wordAt(asciiBytes(text), 0, text.length, words);
  assert.deepEqual(['USER joe', 'user', 'USERS', 'Auth Plain abc', 'auth', ''].map(at), [0, 0, -1, 1, -1, -1]);
  assert.equal(indexOfWord(asciiBytes('mx ESMTP'), 0, 8, asciiBytes('smtp')), 4);
});

test('whole lines are taken, the rest waits, one may stop', () => {
  const lines: string[] = [];
  const taker = {
    line(bytes: Uint8Array, start: number, end: number): number {
      lines.push(latin1Text(bytes, start, end));
      return lines.at(-1) === 'stop' ? 1 : lines.at(-1) === 'done' ? -1 : 0;
    },
  };
  const take = (text: string): number => takeLines(taker, asciiBytes(text), 0, text.length, true);
  assert.equal(take('a\r\nb\nc'), 5);
  assert.equal(take('stop\r\nx\r\n'), 6);
  assert.equal(take('done\r\n'), -1);
  assert.deepEqual(lines, ['a', 'b', 'stop', 'done']);
  assert.equal(take('x'.repeat(5_000)), 5_000, 'a line without an end is let go');
});

test('the user of SASL PLAIN, never more', () => {
  assert.equal(plainUser(Buffer.from('\0joe\0secret')), 'joe');
  assert.equal(plainUser(Buffer.from('admin\0joe\0secret')), 'joe');
  assert.equal(plainUser(Buffer.from('joe')), '');
  assert.equal(base64Text(asciiBytes('am9l'), 0, 4), 'joe');
  assert.equal(base64Text(new Uint8Array(600).fill(0x61), 0, 600), '');
});

test('whatever bytes: what is found lies inside', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const stop = lineStop(bytes, 0, bytes.length);
      assert.ok(stop === -1 || (stop > 0 && stop <= bytes.length && bytes[stop - 1] === 10));
      if (stop > 0) assert.ok(lineTextEnd(bytes, 0, stop) < stop);
      const used = takeLines({ line: () => 0 }, bytes, 0, bytes.length, true);
      assert.ok(used >= 0 && used <= bytes.length);
    }),
  );
});
