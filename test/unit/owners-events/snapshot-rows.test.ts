// Rows of processes from before the drop: as they are written, and whatever else may come.
import assert from 'node:assert/strict';
import test from 'node:test';
import { parseSnapshotRows } from '@kaipo/core/owners/events/snapshot-rows.js';
import { ascii, joined, zeros } from '../../fixtures/bytes.js';
import { below, randomBytes, seededRandom } from '../../fixtures/seeded-random.js';

function row(pid: number, net: number, start: bigint, exe: string, inodes: readonly bigint[]): Uint8Array {
  const head = new DataView(new ArrayBuffer(24));
  const name = ascii(exe);
  head.setUint32(0, pid, true);
  head.setUint32(4, net, true);
  head.setBigUint64(8, start, true);
  head.setUint32(16, name.length, true);
  head.setUint32(20, inodes.length, true);
  return joined(
    new Uint8Array(head.buffer),
    name,
    zeros(-name.length & 7),
    new Uint8Array(BigUint64Array.from(inodes).buffer),
  );
}

test('processes with and without a program and sockets', () => {
  const bytes = joined(
    row(1, 4_026_531_840, 5n, '/usr/lib/systemd/systemd', [10n, 2n ** 33n]),
    row(2, 0, 0n, '', []),
    row(4_194_303, 4_026_531_841, 2n ** 40n, '/opt/päth (deleted)', [7n]),
  );
  assert.deepEqual(parseSnapshotRows(bytes), [
    { pid: 1, net: 4_026_531_840, startTicks: 5, exe: '/usr/lib/systemd/systemd', socketInodes: [10, 2 ** 33] },
    { pid: 2, net: 0, startTicks: 0, exe: undefined, socketInodes: [] },
    { pid: 4_194_303, net: 4_026_531_841, startTicks: 2 ** 40, exe: '/opt/päth', socketInodes: [7] },
  ]);
});

test('a row that does not fit ends the block', () => {
  const good = row(1, 2, 3n, '/bin/a', [4n]);
  const next = row(5, 6, 7n, '/bin/b', [8n]);
  assert.equal(parseSnapshotRows(joined(good, next.subarray(0, next.length - 1))).length, 1);
  for (const [at, value] of [
    [16, 0xffff_ffff],
    [20, 0xffff_ffff],
    [16, 10_000],
  ] as const) {
    const wrong = next.slice();
    new DataView(wrong.buffer).setUint32(at, value, true);
    assert.equal(parseSnapshotRows(joined(good, wrong)).length, 1);
  }
});

test('any bytes: no exception, and no more rows than fit', () => {
  const random = seededRandom(7);
  for (let run = 0; run < 2000; run++) {
    const bytes = randomBytes(random, below(random, 400));
    for (let at = 16; at + 8 <= bytes.length; at += 24 + 8 * below(random, 3))
      if (random() < 0.7) bytes.set([below(random, 30), 0, 0, 0, below(random, 5), 0, 0, 0], at);
    assert.ok(parseSnapshotRows(bytes).length <= bytes.length / 24);
  }
});
