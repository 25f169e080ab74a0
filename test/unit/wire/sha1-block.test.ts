// SHA-1 of one block against the library's, for every length there is.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { MAX_WORDS, sha1Block } from '@kaipo/core/wire/sha1-block.js';
import { below, seededRandom } from '../../fixtures/seeded-random.js';

test('every length; what lies behind the text does not count', () => {
  const random = seededRandom(3);
  const text = new Int32Array(MAX_WORDS);
  const digest = new Int32Array(5);
  for (let round = 0; round < 20; round++) {
    for (let count = 0; count <= MAX_WORDS; count++) {
      const bytes = Buffer.alloc(count * 4);
      for (let i = 0; i < MAX_WORDS; i++) text[i] = below(random, 2 ** 32);
      for (let i = 0; i < count; i++) bytes.writeInt32BE(text[i]!, i * 4);
      sha1Block(text, count, digest);
      const sum = Buffer.alloc(20);
      for (let i = 0; i < 5; i++) sum.writeInt32BE(digest[i]!, i * 4);
      assert.equal(sum.toString('hex'), createHash('sha1').update(bytes).digest('hex'));
    }
  }
  assert.throws(() => sha1Block(new Int32Array(20), MAX_WORDS + 1, digest), RangeError);
});
