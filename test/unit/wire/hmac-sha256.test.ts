// HMAC-SHA256 against the one of node:crypto, at every length it takes.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import test from 'node:test';
import { hmacSha256 } from '@kaipo/core/wire/hmac-sha256.js';
import { randomBytes, seededRandom } from '../../fixtures/seeded-random.js';

test('agrees with node:crypto for every length of key and text, and refuses longer ones', () => {
  const random = seededRandom(1);
  for (let length = 0; length <= 192; length++) {
    const key = randomBytes(random, length % 65);
    const text = randomBytes(random, length);
    assert.deepEqual(hmacSha256(key, text), createHmac('sha256', key).update(text).digest());
  }
  assert.throws(() => hmacSha256(new Uint8Array(65), new Uint8Array(1)), RangeError);
  assert.throws(() => hmacSha256(new Uint8Array(1), new Uint8Array(193)), RangeError);
});
