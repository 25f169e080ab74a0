// Where events tell of sockets, the tables of sockets are read when a flow asks for what these did not tell, and not otherwise.
import assert from 'node:assert/strict';
import test from 'node:test';
import { EventOwners } from '@kaipo/core/owners/events/event-owners.js';
import { TracedProcesses } from '@kaipo/core/owners/events/traced-processes.js';
import { ProcProcesses } from '@kaipo/core/owners/proc-processes.js';
import type { SocketOwners } from '@kaipo/core/owners/socket-owners.js';
import { nobody, ToldOwners } from './told-owners.js';

const ENDS = { local: '10.0.0.1', localPort: 40_000, remote: '192.0.2.9', remotePort: 443 };

/** Tables with one socket, on port 40,000. */
function countedTables(): { readonly tables: SocketOwners; readonly readAt: number[] } {
  const readAt: number[] = [];
  const tables: SocketOwners = {
    ...nobody,
    refresh: (nowUs) => void readAt.push(nowUs),
    hasPort: (_, port) => port === 40_000,
    lookup: (_, __, localPort) => {
      assert.equal(localPort, 40_000, 'a port that no socket has is not looked up');
      return { app: 'server', quality: 'proc-snapshot' };
    },
  };
  return { tables, readAt };
}

test('without a question nothing is read, and with many it is read once', () => {
  const { tables, readAt } = countedTables();
  const told = new ToldOwners({ fallback: tables });
  told.owners.refresh(1);
  assert.equal(told.owner(ENDS, { isForwarded: true })?.app, 'server');
  assert.deepEqual(readAt, [], 'what is forwarded has no socket here');
  assert.equal(told.owner(ENDS)?.app, 'server');
  assert.equal(told.owner({ ...ENDS, localPort: 40_001 }), undefined);
  assert.deepEqual(readAt, [1]);
  told.owners.refresh(2);
  told.owner({ ...ENDS, localPort: 40_001 });
  assert.deepEqual(readAt, [1, 2]);
});

test('a flow that events tell of does not ask the tables', () => {
  const { tables, readAt } = countedTables();
  const told = new ToldOwners({ fallback: tables }).starts(100, '/usr/bin/curl').connects(100, 7, ENDS).round();
  told.owners.refresh(1);
  assert.equal(told.owner(ENDS)?.app, 'curl');
  assert.deepEqual(readAt, []);
});

test('without events they are read as often as somebody asks to', () => {
  const { tables, readAt } = countedTables();
  const owners = new EventOwners(new TracedProcesses(new ProcProcesses('/nonexistent'), '/nonexistent'), tables);
  owners.refresh(1);
  owners.refresh(2);
  assert.deepEqual(readAt, [1, 2]);
});
