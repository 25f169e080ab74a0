// What sockets moved: every byte once, never a negative one, whatever is told twice, late or not at all.
import assert from 'node:assert/strict';
import test from 'node:test';
import { SocketLedger } from '@kaipo/core/owners/diag/socket-ledger.js';
import { SocketStream } from '@kaipo/core/owners/diag/socket-stream.js';
import fc from 'fast-check';
import {
  CLOSED,
  countRecord,
  helloRecord,
  LOST,
  SNAPSHOT,
  type SocketFields,
  socketRecord,
} from '../../fixtures/socket-records.js';

class Followed {
  readonly ledger = new SocketLedger();
  #stream = this.#open();

  #open(): SocketStream {
    const stream = new SocketStream(this.ledger);
    stream.push(helloRecord());
    return stream;
  }

  restart(): this {
    this.ledger.streamStarted();
    this.#stream = this.#open();
    return this;
  }

  /** The rows, then the end of a snapshot. */
  snapshot(...rows: readonly SocketFields[]): this {
    for (const row of rows) this.#stream.push(socketRecord(row));
    this.#stream.push(countRecord(SNAPSHOT, rows.length));
    return this;
  }

  push(...records: readonly Uint8Array[]): this {
    for (const record of records) this.#stream.push(record);
    assert.equal(this.#stream.failure, undefined);
    return this;
  }

  closed(fields: SocketFields): this {
    return this.push(socketRecord({ kind: CLOSED, state: 7, ...fields }));
  }

  /** [cookie, sent, received] */
  take(): number[][] {
    return this.ledger.take().map(({ socket, txBytes, rxBytes }) => [socket.cookie, txBytes, rxBytes]);
  }
}

test('what was before the first snapshot is not counted, what comes after is, once', () => {
  const followed = new Followed().snapshot({ cookie: 1, sent: 1000, received: 2000 });
  assert.deepEqual(followed.take(), []);
  followed.snapshot({ cookie: 1, sent: 1010, received: 2000 }, { cookie: 2, sent: 5, received: 6 });
  assert.deepEqual(followed.take(), [
    [1, 10, 0],
    [2, 5, 6],
  ]);
  assert.deepEqual(followed.take(), []);
  followed.closed({ cookie: 1, sent: 1010, received: 2005, acked: 1012 }).closed({ cookie: 2, sent: 5, received: 6 });
  // The FIN that came last is no payload.
  assert.deepEqual(followed.take(), [[1, 0, 4]]);
});

test('a socket between two snapshots has its final counts; one that ended before the first snapshot has none', () => {
  const followed = new Followed().closed({ cookie: 8, sent: 100, received: 100 }).snapshot();
  followed.closed({ cookie: 9, sent: 77_777, acked: 77_779, received: 1_234_568 });
  assert.deepEqual(followed.take(), [[9, 77_777, 1_234_567]]);
  assert.equal([...followed.ledger.live()].length, 0);
});

test('what was sent again is not counted again', () => {
  const followed = new Followed().snapshot().snapshot({ cookie: 3, sent: 1500, sentAgain: 500 });
  assert.deepEqual(followed.take(), [[3, 1000, 0]]);
});

test('a cookie that has ended never lives again, and ends once', () => {
  const followed = new Followed().snapshot().closed({ cookie: 4, sent: 10 });
  assert.deepEqual(followed.take(), [[4, 10, 0]]);
  followed.snapshot({ cookie: 4, sent: 9 }).closed({ cookie: 4, sent: 10 });
  assert.deepEqual(followed.take(), []);
});

test('a count that goes back is an old one', () => {
  const followed = new Followed().snapshot().snapshot({ cookie: 5, sent: 10 }).snapshot({ cookie: 5, sent: 4 });
  assert.deepEqual(followed.take(), [[5, 10, 0]]);
  followed.snapshot({ cookie: 5, sent: 11 });
  assert.deepEqual(followed.take(), [[5, 1, 0]]);
});

test('a first snapshot that is not whole counts nothing; a later one that is not makes nothing go', () => {
  const followed = new Followed().push(socketRecord({ cookie: 1, sent: 50 }), countRecord(SNAPSHOT, 1, 0));
  followed.snapshot({ cookie: 1, sent: 60 }, { cookie: 2, sent: 70 });
  assert.deepEqual(followed.take(), [[1, 10, 0]]);
  for (let i = 0; i < 5; i++) followed.push(countRecord(SNAPSHOT, 0, 0));
  assert.equal([...followed.ledger.live()].length, 2);
  followed.snapshot().snapshot().snapshot();
  assert.equal([...followed.ledger.live()].length, 0);
  assert.equal(followed.ledger.vanished, 2);
});

test('another program goes on where the last one stopped', () => {
  const followed = new Followed().snapshot({ cookie: 1, sent: 50 }).push(countRecord(LOST, 2));
  followed.restart().push(countRecord(LOST, 1));
  followed.snapshot({ cookie: 1, sent: 60 }, { cookie: 2, sent: 7 });
  assert.deepEqual(followed.take(), [
    [1, 10, 0],
    [2, 7, 0],
  ]);
  assert.equal(followed.ledger.lost, 3);
});

test('a connection that was cut with its counts keeps what was known; listeners move nothing', () => {
  const followed = new Followed()
    .snapshot()
    .snapshot({ cookie: 1, sent: 50, received: 5 }, { cookie: 2, state: 10, localPort: 80, remotePort: 0, sent: 4096 });
  followed.closed({ cookie: 1, remotePort: 0 }).closed({ cookie: 2, remotePort: 0, sent: 4096 });
  assert.deepEqual(followed.take(), [[1, 50, 5]]);
});

test('the FIN of the other side, as the kernel counts it at the end of a connection', () => {
  const cases: readonly (readonly [string, SocketFields, number])[] = [
    ['the other side closed first', { acked: 2 }, 99],
    ['it was reset', { acked: 1 }, 100],
    ['it was accepted, and the other side closed first', { acked: 1, flags: 8 }, 99],
    ['we closed first, the FIN is still to come', { acked: 2, flags: 1 }, 100],
    ['we closed first, both FINs came', { acked: 2, flags: 2 }, 99],
    ['the FIN came when nobody read any more', { acked: 0, receiveQueue: 1 }, 99],
    ['nothing was received at all', { acked: 2, received: 0 }, 0],
  ];
  for (const [name, fields, received] of cases) {
    const followed = new Followed().snapshot().closed({ received: 100, ...fields });
    assert.equal(followed.ledger.take()[0]?.rxBytes, received, name);
  }
  const seen = new Followed().snapshot().snapshot({ state: 8, received: 100 }).closed({ received: 100 });
  assert.deepEqual(seen.take(), [[7, 0, 99]]);
});

test('the listener of a port tells that a connection was accepted', () => {
  const followed = new Followed().snapshot({ cookie: 1, state: 10, localPort: 80, remotePort: 0, inode: 5, uid: 33 });
  followed.closed({ cookie: 2, localPort: 80, remotePort: 50_000, sent: 4, acked: 5, received: 11 });
  const [movement] = followed.ledger.take();
  assert.deepEqual([movement?.socket.isAccepted, movement?.txBytes, movement?.rxBytes], [true, 4, 10]);
  assert.equal(followed.ledger.listenerOf(80)?.uid, 33);
});

test('property: sums of deltas are what the last counts say, in any order of takes', () => {
  const step = fc.record({
    cookie: fc.integer({ min: 1, max: 4 }),
    sent: fc.nat(1000),
    received: fc.nat(1000),
    what: fc.constantFrom('row', 'closed', 'snapshot', 'take', 'lost'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const followed = new Followed().snapshot();
      const counted = new Map<number, number[]>();
      const most = new Map<number, number[]>();
      const ended = new Set<number>();
      const add = (): void => {
        for (const [cookie, tx, rx] of followed.take() as [number, number, number][]) {
          assert.ok(tx >= 0 && rx >= 0);
          const sums = counted.get(cookie) ?? [0, 0];
          counted.set(cookie, [sums[0]! + tx, sums[1]! + rx]);
        }
      };
      for (const { cookie, sent, received, what } of steps) {
        const fields = { cookie, sent, received, acked: sent };
        if (what === 'take') add();
        else if (what === 'snapshot') followed.push(countRecord(SNAPSHOT, 0, 0));
        else if (what === 'lost') followed.push(countRecord(LOST, sent));
        else {
          if (what === 'row') followed.push(socketRecord(fields));
          else followed.closed(fields);
          if (ended.has(cookie)) continue;
          const [tx = 0, rx = 0] = most.get(cookie) ?? [];
          most.set(cookie, [Math.max(tx, sent), Math.max(rx, received)]);
          if (what === 'closed') ended.add(cookie);
        }
      }
      add();
      for (const [cookie, [tx, rx]] of most) assert.deepEqual(counted.get(cookie) ?? [0, 0], [tx, rx]);
    }),
  );
});
