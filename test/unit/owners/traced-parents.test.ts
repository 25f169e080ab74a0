// Parents of processes that kernel events told of: known at the fork, kept after all of them are gone, and never another's.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { TracedProcesses } from '@kaipo/core/owners/events/traced-processes.js';
import { isRunning } from '@kaipo/core/owners/is-running.js';
import { ProcProcesses } from '@kaipo/core/owners/proc-processes.js';

const CLONE_THREAD = 0x0001_0000;

/** Nothing of it is in /proc: events are all there is. */
function traced(t: TestContext): TracedProcesses {
  const root = mkdtempSync(join(tmpdir(), 'kaipo-traced-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  return new TracedProcesses(new ProcProcesses(root), root);
}

test('the chain is that of the forks, nearest first and bounded, by the programs that ran then', (t) => {
  const processes = traced(t);
  processes.exec(100, 100, '/usr/sbin/sshd', 0);
  for (const [parent, child, path] of [
    [100, 101, '/bin/bash'],
    [101, 102, '/usr/bin/make'],
    [102, 103, '/bin/sh'],
    [103, 104, '/usr/bin/evil\u001b[2J\u202e'],
    [104, 105, '/usr/bin/curl'],
  ] as const) {
    processes.newTask(parent, child, 0, child);
    processes.exec(child, child, path, child);
  }
  const curl = processes.ofTask(105);
  for (const pid of [100, 101, 102, 103, 104]) processes.exit(pid, true, 200);
  const { app, pid, parents } = processes.ownerOf(curl);
  assert.deepEqual([app, pid], ['curl', 105]);
  assert.deepEqual(parents, [
    { pid: 104, app: 'evil\ufffd[2J\ufffd' },
    { pid: 103, app: 'sh' },
    { pid: 102, app: 'make' },
    { pid: 101, app: 'bash' },
  ]);
});

test('a thread is its process; what it forks is a child of the process', (t) => {
  const processes = traced(t);
  processes.exec(100, 100, '/usr/bin/server', 0);
  processes.newTask(100, 150, CLONE_THREAD, 1);
  processes.newTask(150, 160, 0, 2);
  assert.deepEqual(processes.ownerOf(processes.ofTask(160)).parents, [{ pid: 100, app: 'server' }]);
});

test('whether it runs: until its end, or until another has its number', (t) => {
  const processes = traced(t);
  processes.newTask(1, 300, 0, 1_000_000);
  const first = processes.ofTask(300);
  assert.equal(processes.isRunning(first), true);
  processes.exit(300, true, 2_000_000);
  assert.equal(processes.isRunning(first), false);
  processes.newTask(1, 300, 0, 3_000_000);
  assert.equal(processes.isRunning(first), false);
  // Its end was lost.
  const second = processes.ofTask(300);
  processes.newTask(1, 300, 0, 4_000_000);
  assert.equal(processes.isRunning(second), false);
  assert.equal(processes.isRunning(processes.ofTask(300)), true);
});

test('the operating system says who runs', () => {
  assert.equal(isRunning(process.pid), true);
  assert.equal(isRunning(1), true);
  // Beyond the largest number a kernel gives.
  assert.equal(isRunning(2 ** 30), false);
});
