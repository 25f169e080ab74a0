// Answers that stand for a moment: how long, how many, how large.
import assert from 'node:assert/strict';
import test from 'node:test';
import { AnswerCache } from '@kaipo/cli/web/answer-cache.js';

test('an answer stands for its time and no longer', () => {
  const cache = new AnswerCache(1000);
  const made = cache.put('/a', '{"a":1}', 5000);
  assert.equal(cache.get('/a', 5999), made);
  assert.equal(cache.get('/a', 6000), undefined);
  assert.equal(made.bytes.toString(), '{"a":1}');
});

test('the same bytes have the same ETag, others another', () => {
  const cache = new AnswerCache(1000);
  const { etag } = cache.put('/a', 'x', 0);
  assert.equal(cache.put('/b', 'x', 0).etag, etag);
  assert.notEqual(cache.put('/a', 'y', 0).etag, etag);
  assert.match(etag, /^"[\w-]+"$/);
});

test('the oldest goes when there are too many, and is counted', () => {
  const cache = new AnswerCache(1000);
  for (let i = 0; i < 600; i++) cache.put(`/${i}`, String(i), 0);
  assert.equal(cache.size, 512);
  assert.equal(cache.evicted, 88);
  assert.equal(cache.get('/87', 1), undefined);
  assert.equal(cache.get('/88', 1)?.bytes.toString(), '88');
});

test('the oldest goes when they are too large together; one that is too large alone is not kept', () => {
  const cache = new AnswerCache(1000);
  const large = 'x'.repeat(3_000_000);
  for (let i = 0; i < 6; i++) cache.put(`/${i}`, large, 0);
  assert.equal(cache.size, 5);
  assert.equal(cache.get('/0', 1), undefined);
  const huge = cache.put('/huge', 'x'.repeat(5_000_000), 0);
  assert.equal(huge.bytes.length, 5_000_000);
  assert.equal(cache.get('/huge', 1), undefined);
  assert.equal(cache.size, 5);
});

test('an answer in the place of another leaves room for as much as before', () => {
  const cache = new AnswerCache(1000);
  const large = 'x'.repeat(3_000_000);
  for (let i = 0; i < 100; i++) cache.put('/a', large, i);
  assert.equal(cache.size, 1);
  assert.equal(cache.evicted, 0);
  cache.clear();
  assert.equal(cache.size, 0);
  for (let i = 0; i < 5; i++) cache.put(`/${i}`, large, 0);
  assert.equal(cache.size, 5);
});
