// Processes behind applications: rows of those that run, one row for those that ended, and nothing lost on the way.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { FlowOwner } from '@kaipo/core/api/index.js';
import { LiveProcesses } from '@kaipo/core/query/live-processes.js';
import { ownedBy, withoutProcess } from '@kaipo/core/query/owner-key.js';
import { addTraffic } from '@kaipo/core/query/traffic-table.js';
import { below, seededRandom } from '../../fixtures/seeded-random.js';

const owner = (pid: number, app = 'web', more: Partial<FlowOwner> = {}): FlowOwner => ({
  app,
  pid,
  quality: 'event',
  ...more,
});
const moved = (bytes: number) => ({
  txBytes: bytes,
  rxBytes: 0,
  txPackets: 1,
  rxPackets: 0,
  flowsStarted: 0,
  firstUs: 0,
});

function add(processes: LiveProcesses, who: FlowOwner, bytes: number, flows = 0): void {
  const row = processes.row(ownedBy(who));
  assert.ok(row);
  if (bytes > 0) addTraffic(row, moved(bytes));
  row.flows += flows;
}

const always = (): boolean => true;

test('a process is a row with what is known of it last', () => {
  const processes = new LiveProcesses();
  add(processes, owner(7, 'web', { unit: 'web.service' }), 10);
  const more = { unit: 'web.service', exe: '/usr/bin/web', startUs: 5, parents: [{ pid: 1, app: 'init' }] };
  add(processes, owner(7, 'web', more), 5, 2);
  assert.deepEqual(processes.take(always, always), [
    {
      app: 'web',
      unit: 'web.service',
      pid: 7,
      exe: '/usr/bin/web',
      startUs: 5,
      parents: [{ pid: 1, app: 'init' }],
      quality: 'event',
      txBytes: 15,
      rxBytes: 0,
      txPackets: 2,
      rxPackets: 0,
      txBytesTotal: 15,
      rxBytesTotal: 0,
      sinceUs: 0,
      flows: 2,
    },
  ]);
  const [next] = processes.take(always, always);
  assert.deepEqual([next?.txBytes, next?.flows, next?.txBytesTotal], [0, 0, 15]);
  assert.equal(processes.row(ownedBy({ app: 'forwarded', quality: 'forwarded' })), undefined);
});

test('those that ended become one row; one whose flows go on is counted once', () => {
  const processes = new LiveProcesses();
  const rows = (gone: readonly number[]): unknown[] =>
    processes
      .take(({ pid = 0 }) => !gone.includes(pid), always)
      .map((row) => [row.pid, row.ended, row.txBytes, row.txBytesTotal, row.flows]);
  for (const pid of [1, 2, 3]) add(processes, owner(pid), pid * 10, 1);
  assert.deepEqual(rows([2, 3]), [
    [1, undefined, 10, 10, 1],
    [undefined, 2, 50, 50, 2],
  ]);
  // A flow of one of them goes on, then nothing is left of either.
  add(processes, owner(3), 5, 1);
  assert.deepEqual(rows([2, 3]), [
    [1, undefined, 0, 10, 0],
    [undefined, 2, 5, 55, 1],
  ]);
  assert.deepEqual(rows([1, 2, 3]), [[undefined, 3, 0, 65, 0]]);
  assert.deepEqual(rows([]), [[undefined, 3, 0, 65, 0]]);
});

test('what ended has parents when the same process started all of it', () => {
  const processes = new LiveProcesses();
  const by = (pid: number) => ({ parents: [{ pid, app: 'bash' }] });
  const parents = (): unknown => processes.take(() => false, always)[0]?.parents;
  add(processes, owner(1, 'web', by(50)), 1);
  add(processes, owner(2, 'web', by(50)), 1, 1);
  assert.deepEqual(parents(), [{ pid: 50, app: 'bash' }]);
  add(processes, owner(3, 'web', by(50)), 1);
  assert.deepEqual(parents(), [{ pid: 50, app: 'bash' }]);
  add(processes, owner(4, 'web', by(51)), 1);
  assert.equal(parents(), undefined);
  add(processes, owner(5, 'web', by(50)), 1);
  assert.equal(parents(), undefined);
});

test('whether a process runs is asked of what is known of it last', () => {
  const processes = new LiveProcesses();
  const asked: unknown[] = [];
  const last = owner(7, 'web', { startUs: 99 });
  add(processes, owner(7), 1);
  add(processes, last, 1);
  processes.take((who) => asked.push(who) > 0, always);
  assert.deepEqual(asked, [last]);
  assert.equal(asked[0], last);
});

test('processes of an application that has no row any more are forgotten with it', () => {
  const processes = new LiveProcesses();
  add(processes, owner(1), 10);
  add(processes, owner(2), 10);
  processes.take(
    ({ pid }) => pid === 1,
    () => false,
  );
  assert.deepEqual(processes.take(always, always), []);
});

test('a storm of short processes: rows are bounded, and no byte of theirs is counted twice', () => {
  const processes = new LiveProcesses();
  const random = seededRandom(3);
  let pid = 0;
  let sent = 0;
  for (let second = 0; second < 20; second += 1) {
    for (let i = 0; i < 3000; i += 1) {
      const bytes = 1 + below(random, 100);
      add(processes, owner(++pid), bytes);
      sent += bytes;
    }
    const rows = processes.take(() => false, always);
    assert.equal(rows.length, 1);
    assert.equal(rows[0]?.ended, pid);
    assert.equal(rows[0]?.txBytesTotal, sent);
  }
  // More than there is room for run: the rest is nobody's row here, but still its application's.
  const many = new LiveProcesses();
  for (let i = 1; i <= 10_000; i += 1) add(many, owner(i), i);
  const rows = many.take(always, always);
  assert.equal(rows.length, 200);
  assert.ok(rows.every((row, at) => at === 0 || row.txBytes <= rows[at - 1]!.txBytes));
});

test('rows of applications say nothing that is true of one process only', () => {
  const whole = { app: 'web', pid: 7, user: 'me', quality: 'event' } as const;
  assert.deepEqual(withoutProcess({ ...whole, startUs: 1, parents: [{ pid: 1, app: 'init' }] }), whole);
});
