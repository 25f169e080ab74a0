// AES-128 against the one of node:crypto.
import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import test from 'node:test';
import { encryptAesBlock, setAesKey, xorAesCounter } from '@kaipo/core/wire/aes128.js';
import { randomBytes, seededRandom } from '../../fixtures/seeded-random.js';

test('agrees with node:crypto: a block', () => {
  const random = seededRandom(1);
  const out = new Int32Array(4);
  for (let round = 0; round < 300; round++) {
    const key = Buffer.from(randomBytes(random, 16));
    const text = randomBytes(random, 16 + (round % 5));
    const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
    const expected = cipher.update(text.subarray(round % 5));
    setAesKey(Int32Array.from([0, 4, 8, 12], (at) => key.readInt32BE(at)));
    encryptAesBlock(text, round % 5, out);
    assert.deepEqual(
      [...out],
      [0, 4, 8, 12].map((at) => expected.readInt32BE(at)),
    );
  }
});

test('agrees with node:crypto: counter mode of any length', () => {
  const random = seededRandom(2);
  const words = (bytes: Buffer) => Int32Array.from([0, 4, 8, 12], (at) => bytes.readInt32BE(at));
  const out = new Uint8Array(300);
  for (let length = 0; length < 260; length += 7) {
    const key = Buffer.from(randomBytes(random, 16));
    const counter = Buffer.from(randomBytes(random, 16));
    counter[12] = 0;
    const text = randomBytes(random, length + 3);
    setAesKey(words(key));
    // In two pieces: the counter goes on.
    const first = Math.min(length, 16 * (length % 4));
    const next = words(counter);
    xorAesCounter(text, 3, first, next, out, 0);
    xorAesCounter(text, 3 + first, length - first, next, out, first);
    const expected = createCipheriv('aes-128-ctr', key, counter).update(text.subarray(3));
    assert.deepEqual(Buffer.from(out.subarray(0, length)), expected);
  }
});
