// The books of one interface: kernel = attributed + unknown + notCaptured + inFlight in every interval, to the byte, with the right
// reasons; and when all is quiet nothing is in flight.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BooksKeeper, type ClosedBooks, type IntervalSums } from '@kaipo/core/query/live-books.js';
import fc from 'fast-check';

const QUIET: IntervalSums = {
  intervalUs: 1e6,
  coverage: 'running',
  kernelBytes: 0,
  attributedBytes: 0,
  unknown: {},
  capturedPackets: 0,
  droppedByKernel: 0,
  droppedByHelper: 0,
  reports: 1,
};

/** 100 bytes a packet, captured or counted. */
const interval = (kernelPackets: number, capturedPackets: number, more: Partial<IntervalSums> = {}): IntervalSums => ({
  ...QUIET,
  kernelBytes: kernelPackets * 100,
  attributedBytes: capturedPackets * 100,
  capturedPackets,
  ...more,
});

const sum = (reasons: object): number => Object.values(reasons).reduce((total, bytes) => total + bytes, 0);

function holds(books: ClosedBooks): void {
  const { kernelBytes, attributedBytes, unknown, notCaptured, inFlightBytes } = books;
  assert.equal(kernelBytes, attributedBytes + sum(unknown) + sum(notCaptured) + inFlightBytes);
  for (const bytes of [...Object.values(unknown), ...Object.values(notCaptured)]) {
    assert.ok(Number.isInteger(bytes) && bytes > 0, `${bytes} bytes`);
  }
  assert.ok(Number.isInteger(inFlightBytes));
}

function run(keeper: BooksKeeper, ...intervals: readonly IntervalSums[]): ClosedBooks[] {
  return intervals.map((sums) => {
    const books = keeper.close(sums);
    holds(books);
    return books;
  });
}

function total(closed: readonly ClosedBooks[]): { inFlight: number; lost: Record<string, number> } {
  const lost: Record<string, number> = {};
  for (const { notCaptured } of closed)
    for (const [reason, bytes] of Object.entries(notCaptured)) lost[reason] = (lost[reason] ?? 0) + bytes;
  return { inFlight: closed.reduce((bytes, books) => bytes + books.inFlightBytes, 0), lost };
}

describe('the books of one interface', () => {
  it('sockets tell their payload a little later than the counters: what they never tell is counters-only', () => {
    const sockets = { coverage: 'sockets' } as const;
    const closed = run(
      new BooksKeeper(),
      interval(10, 2, sockets),
      interval(0, 6, sockets),
      interval(0, 0, sockets),
      interval(5, 0, sockets),
      interval(0, 0, { coverage: 'counters-only', reports: 0 }),
    );
    assert.deepEqual(total(closed), { inFlight: 0, lost: { 'counters-only': 700 } });
    assert.deepEqual(closed[0]?.notCaptured, {});
    assert.deepEqual(closed[2]?.notCaptured, { 'counters-only': 200 });
  });

  it('all captured: nothing is left over', () => {
    const [books] = run(new BooksKeeper(), interval(10, 4, { unknown: { 'no-socket': 500, 'no-ports': 100 } }));
    assert.deepEqual(books, {
      kernelBytes: 1000,
      attributedBytes: 400,
      unknown: { 'no-socket': 500, 'no-ports': 100 },
      notCaptured: {},
      inFlightBytes: 0,
    });
  });

  it('what the kernel counted first is in flight, and is taken back when it arrives', () => {
    const closed = run(new BooksKeeper(), interval(10, 6), interval(0, 4));
    assert.deepEqual(
      closed.map(({ inFlightBytes }) => inFlightBytes),
      [400, -400],
    );
    assert.deepEqual(total(closed).lost, {});
  });

  it('waits for the helper to say what it did, not for time to pass', () => {
    const silent = { ...QUIET, reports: 0 };
    const stalled = { ...silent, intervalUs: 60e6 };
    const closed = run(new BooksKeeper(), interval(10, 6, { reports: 5 }), silent, stalled, QUIET);
    assert.deepEqual(total(closed), { inFlight: 400, lost: {} });
    // Nobody read for a minute: what the helper said meanwhile is read at once, and the packets behind it a moment later.
    const late = run(new BooksKeeper(), interval(10, 6), { ...stalled, reports: 60 }, interval(0, 4));
    assert.deepEqual(total(late), { inFlight: 0, lost: {} });
    const dead = run(new BooksKeeper(), interval(10, 6), ...Array<IntervalSums>(10).fill(silent));
    assert.deepEqual(total(dead), { inFlight: 0, lost: { unexplained: 400 } });
  });

  it('drops explain what never arrives, whatever its size was', () => {
    const closed = run(new BooksKeeper(), interval(10, 5, { droppedByKernel: 4 }), QUIET, QUIET);
    assert.deepEqual(total(closed), { inFlight: 0, lost: { 'ring-full': 500 } });
    const helper = run(new BooksKeeper(), interval(10, 5, { droppedByHelper: 5 }), QUIET, QUIET);
    assert.deepEqual(total(helper), { inFlight: 0, lost: { 'helper-slow': 500 } });
  });

  it('one drop does not explain a thousand missing packets', () => {
    const closed = run(new BooksKeeper(), interval(1010, 10, { droppedByKernel: 1 }), QUIET, QUIET);
    assert.deepEqual(total(closed).lost, { 'ring-full': 200, unexplained: 99_800 });
  });

  it('drops of long ago explain nothing', () => {
    const closed = run(
      new BooksKeeper(),
      interval(10, 5, { droppedByKernel: 500 }),
      QUIET,
      QUIET,
      interval(10, 5),
      QUIET,
      QUIET,
    );
    assert.deepEqual(total(closed).lost, { 'ring-full': 500, unexplained: 500 });
  });

  it('a broken capture: at once when it is still broken, after the fact when it is back', () => {
    const broken = run(new BooksKeeper(), interval(10, 6), interval(10, 0, { coverage: 'broken' }));
    assert.deepEqual(broken[1]?.notCaptured, { 'capture-gap': 1400 });
    const back = run(new BooksKeeper(), interval(10, 10), interval(10, 6, { coverage: 'restarted' }), QUIET, QUIET);
    assert.deepEqual(back[1]?.inFlightBytes, 400);
    assert.deepEqual(back[3]?.notCaptured, { 'capture-gap': 400 });
    const busy = run(
      new BooksKeeper(),
      interval(10, 6, { coverage: 'restarted' }),
      ...Array<IntervalSums>(9).fill(interval(10, 10)),
      interval(5, 0),
      QUIET,
      QUIET,
    );
    assert.deepEqual(total(busy), { inFlight: 0, lost: { 'capture-gap': 400, unexplained: 500 } });
  });

  it('not captured at all says why, and nothing stays in flight', () => {
    for (const coverage of ['counters-only', 'not-selected'] as const) {
      const [books] = run(new BooksKeeper(), interval(7, 0, { coverage }));
      assert.deepEqual([books?.notCaptured, books?.inFlightBytes], [{ [coverage]: 700 }, 0]);
    }
  });

  it('captured before it is counted: taken back when the counters follow', () => {
    const closed = run(new BooksKeeper(), interval(0, 10), interval(0, 10), interval(20, 0), QUIET, QUIET);
    assert.deepEqual(total(closed), { inFlight: 0, lost: {} });
  });

  it('captured and never counted is forgotten: it does not hide what is lost later', () => {
    const keeper = new BooksKeeper();
    run(keeper, interval(0, 10), ...Array(12).fill(QUIET));
    assert.ok(keeper.isBalanced);
    assert.deepEqual(total(run(keeper, interval(5, 0), QUIET, QUIET)).lost, { unexplained: 500 });
  });
});

const count = fc.integer({ min: 0, max: 2_000_000 });
const anyInterval: fc.Arbitrary<IntervalSums> = fc.record({
  intervalUs: fc.integer({ min: 0, max: 5_000_000 }),
  coverage: fc.constantFrom('running', 'running', 'restarted', 'broken', 'counters-only', 'not-selected'),
  kernelBytes: count,
  attributedBytes: count,
  unknown: fc.record(
    { 'no-socket': fc.integer({ min: 1, max: 1e6 }), 'not-a-flow': fc.integer({ min: 1, max: 1e4 }) },
    { requiredKeys: [] },
  ),
  capturedPackets: fc.integer({ min: 0, max: 3000 }),
  droppedByKernel: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3000 })),
  droppedByHelper: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3000 })),
  reports: fc.integer({ min: 0, max: 3 }),
});

describe('any sequence of intervals', () => {
  it('closes to the byte, each of them, and comes to rest', () => {
    fc.assert(
      fc.property(fc.array(anyInterval, { maxLength: 60 }), (intervals) => {
        const keeper = new BooksKeeper();
        run(keeper, ...intervals);
        const quiet = run(keeper, ...Array<IntervalSums>(30).fill(QUIET));
        assert.ok(keeper.isBalanced, 'nothing is missing and nothing too much');
        assert.equal(quiet.at(-1)?.inFlightBytes, 0);
      }),
      { numRuns: 500 },
    );
  });

  it('what was counted is captured or lost: over all intervals nothing is in flight', () => {
    const bytes = fc.record({
      intervalUs: fc.constantFrom(0.25e6, 1e6, 3e6),
      lost: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1e6 })),
      arrived: fc.integer({ min: 0, max: 1e6 }),
      late: fc.integer({ min: 0, max: 1e5 }),
      dropped: fc.integer({ min: 0, max: 100 }),
      coverage: fc.constantFrom('running' as const, 'running' as const, 'restarted' as const),
    });
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 40 }), (moves) => {
        const keeper = new BooksKeeper();
        let late = 0;
        const closed = moves.map((move) => {
          const attributedBytes = late + move.arrived;
          // What is late comes with the next interval.
          late = move === moves.at(-1) ? 0 : move.late;
          return run(keeper, {
            ...QUIET,
            intervalUs: move.intervalUs,
            coverage: move.coverage,
            kernelBytes: move.arrived + move.lost + late,
            attributedBytes,
            capturedPackets: Math.ceil(attributedBytes / 800),
            droppedByKernel: move.dropped,
          })[0]!;
        });
        closed.push(...run(keeper, QUIET, QUIET));
        const { inFlight, lost } = total(closed);
        assert.equal(inFlight, 0);
        assert.equal(
          sum(lost),
          moves.reduce((all, move) => all + move.lost, 0),
        );
      }),
      { numRuns: 500 },
    );
  });
});
