import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BROKEN, endsExactly, followChain, wholeMessages } from '@kaipo/core/wire/message-chain.js';

/** A byte of length that counts itself; 0xff is none. */
const lengthOf = (bytes: Uint8Array, at: number): number => (bytes[at] === 0xff ? -1 : bytes[at]!);
const chainOf = (...bytes: number[]): number => followChain(Uint8Array.from(bytes), 0, bytes.length, lengthOf);

describe('a chain of messages', () => {
  it('counts whole messages and says whether the last one ends with the bytes', () => {
    const exact = chainOf(2, 0, 3, 0, 0);
    assert.equal(wholeMessages(exact), 2);
    assert.equal(endsExactly(exact), true);
    const cut = chainOf(2, 0, 3, 0);
    assert.equal(wholeMessages(cut), 1);
    assert.equal(endsExactly(cut), false);
  });

  it('is broken by what is no message', () => {
    assert.equal(chainOf(2, 0, 0xff), BROKEN);
    assert.equal(endsExactly(BROKEN), false);
  });

  it('stops at a length that is not known yet', () => {
    const chain = chainOf(2, 0, 0);
    assert.equal(wholeMessages(chain), 1);
    assert.equal(endsExactly(chain), false);
  });

  it('never goes on for ever', () => {
    const many = new Uint8Array(100_000).fill(1);
    assert.equal(wholeMessages(followChain(many, 0, many.length, lengthOf)), 64);
  });
});
