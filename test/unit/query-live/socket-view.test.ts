// What sockets moved, by application: sums that close in each scope, and on the books of an interface only what is known to be.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { FollowedSocket, SocketMovement } from '@kaipo/core/owners/diag/socket-ledger.js';
import { capturedByInterface } from '@kaipo/core/query/captured-sums.js';
import { SocketView } from '@kaipo/core/query/socket-view.js';

let cookies = 0;

function socket(fields: Partial<FollowedSocket>): FollowedSocket {
  cookies += 1;
  return {
    cookie: cookies,
    localIp: '10.0.0.2',
    localPort: 40_000,
    remoteIp: '192.0.2.7',
    remotePort: 443,
    isListener: false,
    startUs: 1e6,
    inode: 5,
    uid: 1000,
    isAccepted: false,
    isNew: false,
    txBytes: 0,
    rxBytes: 0,
    txBytesTotal: 0,
    rxBytesTotal: 0,
    state: 1,
    round: 1,
    ...fields,
  };
}

const moved = (of: FollowedSocket, txBytes: number, rxBytes: number, isNew = false): SocketMovement => ({
  socket: of,
  txBytes,
  rxBytes,
  isNew,
});

const view = (): SocketView =>
  new SocketView({
    ownerOf: ({ uid }) =>
      uid === undefined ? undefined : { app: `app ${uid}`, user: 'me', pid: uid, quality: 'proc-snapshot' },
    zoneOf: (ip) => (ip.startsWith('127.') ? 'host' : 'internet'),
    interfaceOf: ({ localIp }) => (localIp === '10.0.0.2' ? 'eth0' : undefined),
  });

test('applications, the unowned, hosts and the protocol add up, in each scope', () => {
  const outside = socket({});
  const inside = socket({ localIp: '127.0.0.1', remoteIp: '127.0.0.1' });
  const nobodys = socket({ uid: undefined });
  const listener = socket({ isListener: true });
  const { scoped, apps, hosts, flows } = view().take(
    [moved(outside, 100, 200, true), moved(inside, 7, 8), moved(nobodys, 1, 2, true)],
    [outside, inside, listener],
  );
  assert.deepEqual(
    scoped.apps.map((row) => [row.name, row.interface, row.zone, row.txBytes, row.rxBytes, row.flows, row.quality]),
    [
      ['app 1000', 'eth0', 'internet', 100, 200, 1, 'proc-snapshot'],
      ['app 1000', undefined, 'host', 7, 8, 0, 'proc-snapshot'],
    ],
  );
  assert.deepEqual(
    scoped.unknown.map((row) => [row.name, row.interface, row.txBytes, row.rxBytes, row.flows]),
    [['short-lived', 'eth0', 1, 2, 1]],
  );
  const sum = (rows: readonly { interface?: string; txBytes: number; rxBytes: number }[], name: string | undefined) =>
    rows.filter((row) => row.interface === name).reduce((bytes, row) => bytes + row.txBytes + row.rxBytes, 0);
  for (const name of ['eth0', undefined]) {
    assert.equal(sum(scoped.apps, name) + sum(scoped.unknown, name), sum(scoped.protocols, name));
    assert.equal(sum(scoped.hosts, name), sum(scoped.protocols, name));
  }
  // Two live connections of one application; the listener is none.
  assert.deepEqual([apps[0]?.flows, hosts.length, flows.length], [2, 2, 3]);
  const books = capturedByInterface(scoped, new Map(), () => 'sockets');
  assert.deepEqual([...books.keys()], ['eth0']);
  assert.deepEqual([books.get('eth0')?.attributedBytes, books.get('eth0')?.unknown], [300, { 'short-lived': 3 }]);
});

test('the next interval begins at nothing', () => {
  const kept = view();
  const one = socket({});
  kept.take([moved(one, 5, 5, true)], [one]);
  const { scoped, apps } = kept.take([], [one]);
  assert.deepEqual([scoped.apps, scoped.hosts, scoped.protocols, scoped.unknown], [[], [], [], []]);
  assert.deepEqual([apps[0]?.txBytes, apps[0]?.txBytesTotal, apps[0]?.flows], [0, 5, 1]);
});
