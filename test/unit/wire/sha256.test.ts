// HMAC-SHA256 against the one of node:crypto, at every length it takes.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import test from 'node:test';
import { HmacKey, hmacSha256, MAX_TEXT_BYTES } from '@kaipo/core/wire/sha256.js';
import { randomBytes, seededRandom } from '../../fixtures/seeded-random.js';

const out = new Int32Array(8);

function bytesOf(words: Int32Array): Buffer {
  const bytes = Buffer.alloc(words.length * 4);
  for (const [i, word] of words.entries()) bytes.writeInt32BE(word, i * 4);
  return bytes;
}

test('agrees with node:crypto for every length of key and text, and refuses longer ones', () => {
  const random = seededRandom(1);
  for (let length = 0; length <= 64; length++) {
    const key = randomBytes(random, length);
    const text = randomBytes(random, length % (MAX_TEXT_BYTES + 1));
    hmacSha256(new HmacKey().set(key), text, text.length, out);
    assert.deepEqual(bytesOf(out), createHmac('sha256', key).update(text).digest());
  }
  const key = new HmacKey();
  assert.throws(() => key.set(new Uint8Array(65)), RangeError);
  assert.throws(() => hmacSha256(key, new Uint8Array(99), MAX_TEXT_BYTES + 1, out), RangeError);
});

test('takes a result as the key of the next', () => {
  const first = createHmac('sha256', 'key').update('text').digest();
  hmacSha256(new HmacKey().set(Buffer.from('key')), Buffer.from('text'), 4, out);
  const key = new HmacKey();
  key.setWords(out);
  hmacSha256(key, Buffer.from('more'), 4, out);
  assert.deepEqual(bytesOf(out), createHmac('sha256', first).update('more').digest());
});
