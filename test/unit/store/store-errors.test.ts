// What lmdb says is told apart: a disk that is full, one that fails, and a folder that may not be touched.
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import test from 'node:test';
import { storeError } from '@kaipo/core/store/store-errors.js';

const failure = (code: number): Error => Object.assign(new Error('failed'), { code });

test('a short write is a failing disk where there is space, and ENOSPC is a full one', () => {
  const failing = storeError(tmpdir(), failure(5));
  assert.match(failing.message, /does not take what is written \(I\/O error\)/);
  assert.match(failing.fix ?? '', /dmesg/);
  const full = storeError(tmpdir(), failure(28));
  assert.match(full.message, /is full/);
  // The recorder treats both alike: it tries again.
  assert.equal(failing.code, full.code);
  assert.equal(storeError(tmpdir(), failure(13)).code, 'KAIPO_STORE_UNREADABLE');
});
