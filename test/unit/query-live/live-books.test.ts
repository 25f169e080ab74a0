// The books: kernel = attributed + unknown + notCaptured + inFlight in every interval, and over all of them nothing is left over.
import assert from 'node:assert/strict';
import test from 'node:test';
import { BooksKeeper } from '@kaipo/core/query/live-books.js';
import type { LiveBooks } from '@kaipo/core/query/live-snapshot.js';
import { below, seededRandom } from '../../fixtures/seeded-random.js';

const holds = (books: LiveBooks): void =>
  assert.equal(
    books.kernelBytes,
    books.attributedBytes + books.unknownBytes + books.notCapturedBytes + books.inFlightBytes,
  );

test('all captured, all attributed: nothing is left over', () => {
  const books = new BooksKeeper().close({
    kernelBytes: 1000,
    capturedBytes: 1000,
    capturedPackets: 10,
    droppedPackets: 0,
    attributedBytes: 1000,
  });
  assert.deepEqual(books, {
    kernelBytes: 1000,
    attributedBytes: 1000,
    unknownBytes: 0,
    notCapturedBytes: 0,
    inFlightBytes: 0,
  });
});

test('what the kernel counted first is in flight, and is taken back when it arrives', () => {
  const keeper = new BooksKeeper();
  const first = keeper.close({
    kernelBytes: 1000,
    capturedBytes: 600,
    capturedPackets: 6,
    droppedPackets: 0,
    attributedBytes: 100,
  });
  assert.deepEqual([first.unknownBytes, first.inFlightBytes, first.notCapturedBytes], [500, 400, 0]);
  const second = keeper.close({
    kernelBytes: 0,
    capturedBytes: 400,
    capturedPackets: 4,
    droppedPackets: 0,
    attributedBytes: 400,
  });
  assert.deepEqual([second.inFlightBytes, second.notCapturedBytes], [-400, 0]);
  holds(first);
  holds(second);
});

test('what never arrives is not captured, with and without a drop counter', () => {
  const dropped = new BooksKeeper().close({
    kernelBytes: 1000,
    capturedBytes: 500,
    capturedPackets: 5,
    droppedPackets: 5,
    attributedBytes: 0,
  });
  assert.equal(dropped.notCapturedBytes, 500);
  const keeper = new BooksKeeper();
  keeper.close({ kernelBytes: 1000, capturedBytes: 0, capturedPackets: 0, droppedPackets: 0, attributedBytes: 0 });
  const later = keeper.close({
    kernelBytes: 0,
    capturedBytes: 0,
    capturedPackets: 0,
    droppedPackets: 0,
    attributedBytes: 0,
  });
  assert.equal(later.notCapturedBytes, 1000);
});

test('without capture all is not captured, and nothing stays in flight', () => {
  const keeper = new BooksKeeper();
  keeper.close({ kernelBytes: 500, capturedBytes: 0, capturedPackets: 0, droppedPackets: 0, attributedBytes: 0 });
  const books = keeper.closeWithoutCapture(700);
  holds(books);
  assert.deepEqual([books.notCapturedBytes, books.inFlightBytes], [700, 0]);
});

test('any sequence of intervals closes, each and together', () => {
  const random = seededRandom(3);
  const keeper = new BooksKeeper();
  const sums = { kernel: 0, captured: 0, notCaptured: 0, inFlight: 0 };
  for (let interval = 0; interval < 5000; interval++) {
    const capturedBytes = below(random, 3) === 0 ? 0 : below(random, 1_000_000);
    const kernelBytes = Math.max(0, capturedBytes + below(random, 200_000) - 100_000);
    const books = keeper.close({
      kernelBytes,
      capturedBytes,
      capturedPackets: Math.ceil(capturedBytes / 900),
      droppedPackets: below(random, 4) === 0 ? below(random, 100) : 0,
      attributedBytes: below(random, capturedBytes + 1),
    });
    holds(books);
    assert.ok(books.notCapturedBytes >= 0 && books.unknownBytes >= 0);
    sums.kernel += kernelBytes;
    sums.captured += capturedBytes;
    sums.notCaptured += books.notCapturedBytes;
    sums.inFlight += books.inFlightBytes;
  }
  assert.equal(sums.kernel, sums.captured + sums.notCaptured + sums.inFlight);
});
