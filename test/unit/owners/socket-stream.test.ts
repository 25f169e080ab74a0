// The reader of the stream of kaipo-sockets: golden bytes, and any bytes at all.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import * as contract from '@kaipo/capture-helper/contract/sockets.js';
import { type SocketRecord, SocketStream } from '@kaipo/core/owners/diag/socket-stream.js';
import fc from 'fast-check';
import { REPOSITORY } from '../../fixtures/pcap-case.js';
import { CLOSED, countRecord, helloRecord, LOST, SNAPSHOT, socketRecord } from '../../fixtures/socket-records.js';

const plain = (row: SocketRecord) => ({ ...row, localIp: row.localIp, remoteIp: row.remoteIp });

function read(...pieces: readonly Uint8Array[]): { stream: SocketStream; said: unknown[] } {
  const said: unknown[] = [];
  const stream = new SocketStream({
    onSocket: (row) => said.push(['socket', plain(row)]),
    onClosed: (row) => said.push(['closed', plain(row)]),
    onSnapshot: (isComplete) => said.push(['snapshot', isComplete]),
    onLost: (times) => said.push(['lost', times]),
  });
  for (const piece of pieces) stream.push(piece);
  return { stream, said };
}

/** A record as kaipo-sockets 0.1.0 wrote it on Linux 6.18: 77,777 bytes up, 1,234,567 down, the other side closed first. */
const RECORDED = Buffer.from(
  '0304070000000000d611000000000000000000000a83edaf7f0000010000000000000000000000007f0000010000000000000000000000000000000000000000' +
    'd12f0100000000000000000000000000d32f01000000000088d6120000000000',
  'hex',
);
const ROW = {
  cookie: 4566,
  state: 7,
  flags: 0,
  inode: 0,
  uid: 0,
  localPort: 33_546,
  remotePort: 45_037,
  receiveQueue: 0,
  bytesSent: 77_777,
  bytesSentAgain: 0,
  bytesAcked: 77_779,
  bytesReceived: 1_234_568,
  localIp: '127.0.0.1',
  remoteIp: '127.0.0.1',
};

test('a record of the real program', () => {
  const { stream, said } = read(helloRecord(), RECORDED);
  assert.equal(stream.failure, undefined);
  assert.deepEqual(said, [['closed', ROW]]);
});

test('every kind of record, in pieces of any length', () => {
  const bytes = Buffer.concat([
    helloRecord(),
    socketRecord({ inode: 99, uid: 1000, sent: 5, received: 6 }),
    socketRecord({
      kind: CLOSED,
      family: 6,
      local: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 1, 2, 3],
      remote: [0x20, 1, 13, 184],
    }),
    countRecord(LOST, 3),
    countRecord(SNAPSHOT, 2, 0),
    countRecord(SNAPSHOT, 2, 1),
  ]);
  const whole = read(bytes);
  assert.equal(whole.stream.failure, undefined);
  assert.deepEqual(
    whole.said.map((entry) => (entry as unknown[])[0]),
    ['socket', 'closed', 'lost', 'snapshot', 'snapshot'],
  );
  const [, closed] = whole.said as [string, typeof ROW][];
  assert.deepEqual([closed?.[1].localIp, closed?.[1].remoteIp], ['10.1.2.3', '2001:db8::']);
  assert.deepEqual(whole.said.slice(2), [
    ['lost', 3],
    ['snapshot', false],
    ['snapshot', true],
  ]);
  for (const size of [1, 7, 95, 96, 97, 500]) {
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
    assert.deepEqual(read(...pieces).said, whole.said, `pieces of ${size}`);
  }
});

test('what breaks the contract ends the stream, and nothing after it is used', () => {
  for (const [name, bytes] of Object.entries({
    'no hello': socketRecord({}),
    'another magic': helloRecord(1),
    'a family that is none': Buffer.concat([helloRecord(), socketRecord({ family: 5 })]),
    'a state that is none': Buffer.concat([helloRecord(), socketRecord({ state: 14 })]),
    'no cookie': Buffer.concat([helloRecord(), socketRecord({ cookie: 0 })]),
    'more bytes than a number holds': Buffer.concat([helloRecord(), socketRecord({ sent: 1n << 53n })]),
    'an unknown kind': Buffer.concat([helloRecord(), countRecord(77, 0)]),
    'a second hello': Buffer.concat([helloRecord(), helloRecord()]),
  })) {
    const { stream, said } = read(bytes, socketRecord({}));
    assert.notEqual(stream.failure, undefined, name);
    assert.deepEqual(said, [], name);
  }
});

test('any bytes: never raises, and what is told is possible', () => {
  const record = fc.oneof(
    fc.uint8Array({ minLength: 0, maxLength: 200 }),
    fc.uint8Array({ minLength: 96, maxLength: 96 }).map((bytes) => Uint8Array.from([2, 4, 1, ...bytes.subarray(3)])),
    fc.constant(Uint8Array.from(socketRecord({ sent: 1, received: 2 }))),
  );
  fc.assert(
    fc.property(fc.array(record, { maxLength: 12 }), fc.boolean(), (pieces, hasHello) => {
      const { said } = read(...(hasHello ? [helloRecord()] : []), ...pieces);
      for (const [what, value] of said as [string, unknown][]) {
        if (what !== 'socket' && what !== 'closed') continue;
        const row = value as typeof ROW;
        for (const count of [row.cookie, row.bytesSent, row.bytesSentAgain, row.bytesAcked, row.bytesReceived])
          assert.ok(Number.isSafeInteger(count) && count >= 0);
        assert.match(row.localIp, /^[0-9a-f.:]+$/);
      }
    }),
  );
});

test('the program and its reader have the same numbers', () => {
  const header = readFileSync(join(REPOSITORY, 'capture-helper/native/sockets/kaipo-sockets.h'), 'utf8');
  const defined = Object.fromEntries(
    [...header.matchAll(/^#define ([A-Z_]+) (0x[0-9a-f]+|\d+)$/gm)].map(([, name, value]) => [name, Number(value)]),
  );
  assert.deepEqual(defined, { ...contract });
});
