import assert from 'node:assert/strict';
import test from 'node:test';
import {
  isSocks4a,
  SOCKS_CUT,
  SOCKS_NOT,
  socks4ReplyEnd,
  socks4RequestEnd,
  socks5GreetingEnd,
  socks5LoginEnd,
  socks5MessageEnd,
} from '@kaipo/core/wire/socks.js';
import fc from 'fast-check';

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');

const WHOLE: readonly (readonly [string, (bytes: Uint8Array, start: number, end: number) => number])[] = [
  ['050100', socks5GreetingEnd],
  ['05020002', socks5GreetingEnd],
  ['05010001 c0000201 0050', (bytes, start, end) => socks5MessageEnd(bytes, start, end, false)],
  ['05010003 03 612e62 01bb', (bytes, start, end) => socks5MessageEnd(bytes, start, end, false)],
  [`05000004 ${'00'.repeat(16)} 0000`, (bytes, start, end) => socks5MessageEnd(bytes, start, end, true)],
  ['01 03 6a6f65 02 7878', socks5LoginEnd],
  ['0401 0050 c0000201 6a6f65 00', socks4RequestEnd],
  ['0401 0050 00000001 00 612e62 00', socks4RequestEnd],
  ['005a 0050 c0000201', socks4ReplyEnd],
];

test('every message ends where it should, and cut anywhere more is asked for', () => {
  for (const [text, endOf] of WHOLE) {
    const bytes = hex(text);
    assert.equal(endOf(bytes, 0, bytes.length), bytes.length, text);
    for (let length = 0; length < bytes.length; length++)
      assert.equal(endOf(bytes, 0, length), SOCKS_CUT, `${text} cut at ${length}`);
  }
});

test('other versions, unknown methods, commands and kinds of address are none', () => {
  const not = (text: string, endOf: (bytes: Uint8Array, start: number, end: number) => number): void =>
    assert.equal(endOf(hex(text), 0, hex(text).length), SOCKS_NOT, text);
  not('040100', socks5GreetingEnd);
  not('0500', socks5GreetingEnd);
  not('050120', socks5GreetingEnd);
  not('05040001c00002010050', (bytes, start, end) => socks5MessageEnd(bytes, start, end, false));
  not('05010002c00002010050', (bytes, start, end) => socks5MessageEnd(bytes, start, end, false));
  not('0403 0050 c0000201 00', socks4RequestEnd);
  not('0401 0050 c0000201 01 00', socks4RequestEnd);
  not('0060 0050 c0000201', socks4ReplyEnd);
});

test('4a is told by its address', () => {
  assert.equal(isSocks4a(hex('0401005000000001'), 0), true);
  assert.equal(isSocks4a(hex('04010050c0000201'), 0), false);
});

test('whatever bytes: an end inside, or a reason', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom(0, 4, 5, 1),
      fc.nat(WHOLE.length - 1),
      (bytes, first, which) => {
        if (bytes.length > 0) bytes[0] = first;
        const end = WHOLE[which]![1](bytes, 0, bytes.length);
        assert.ok(end === SOCKS_NOT || end === SOCKS_CUT || (end > 0 && end <= bytes.length));
      },
    ),
  );
});
