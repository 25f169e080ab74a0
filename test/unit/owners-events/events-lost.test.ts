// What may still be said when events were lost: nothing that somebody else could have changed meanwhile.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { OwnerQuestion } from '@kaipo/core/owners/socket-owners.js';
import { CLOSE, ESTABLISHED, FIN_WAIT1, ToldOwners } from './told-owners.js';

const ENDS = { local: '10.0.0.1', localPort: 40_000, remote: '192.0.2.9', remotePort: 443 };
const SERVED = { local: '10.0.0.1', localPort: 8080, remote: '192.0.2.9', remotePort: 50_000 };

const why = (told: ToldOwners, question: OwnerQuestion): string | undefined => {
  assert.equal(told.owners.lookup(question), undefined);
  return told.owners.whyUnknown(question);
};

/** A second passes, in which the kernel throws events away. */
function loses(told: ToldOwners, lost = 1000): ToldOwners {
  told.wait(1_000_000);
  told.lost += lost;
  return told.round().wait(10_000).round();
}

test('what was known before the loss says nothing about what began after it', () => {
  const told = new ToldOwners().starts(100, '/usr/bin/curl').connects(100, 7, ENDS).sends(100, ENDS).round();
  loses(told);
  for (const transport of ['tcp', 'udp'])
    assert.equal(why(told, told.question(ENDS, { transport })), 'events-lost', transport);
  assert.equal(told.owners.eventCounters.lost, 1000);
});

test('what began before the loss keeps its owner', () => {
  const told = new ToldOwners().starts(100, '/usr/bin/curl').connects(100, 7, ENDS).round();
  loses(told);
  assert.equal(told.owner(ENDS, { agoUs: 1_010_003 })?.app, 'curl');
});

test('nobody known in a time when events were lost: that is the reason, and at other times it is not', () => {
  const told = new ToldOwners().wait(1_000_000).round();
  loses(told);
  assert.equal(why(told, told.question(ENDS, { agoUs: 500_000, lastedUs: 10 })), 'events-lost');
  assert.equal(why(told, told.question(ENDS, { agoUs: 100_000, lastedUs: 200_000 })), 'events-lost');
  assert.equal(why(told, told.question(ENDS)), undefined);
  assert.equal(why(told, told.question(ENDS, { agoUs: 1_500_000, lastedUs: 10 })), undefined);
});

test('what begins anew after a loss is named again', () => {
  const told = new ToldOwners();
  loses(told).starts(100, '/usr/bin/curl').connects(100, 7, ENDS).round();
  assert.equal(told.owner(ENDS)?.app, 'curl');
});

test('a listener whose end may have been lost does not own what is accepted after it', () => {
  const told = new ToldOwners().starts(100, '/bin/old').listens(100, 1, '0.0.0.0', 8080).round();
  loses(told).accepts(2, SERVED).round();
  assert.equal(why(told, told.question(SERVED, { isOutgoing: false })), 'events-lost');
  // Whoever closes it was there.
  told.starts(200, '/bin/new').state(200, 2, ESTABLISHED, FIN_WAIT1, SERVED).round();
  assert.equal(told.owner(SERVED, { isOutgoing: false, agoUs: 4 })?.app, 'new');
});

test('a socket at the same place in the kernel may be another one', () => {
  const told = new ToldOwners().starts(100, '/bin/old').connects(100, 7, ENDS).round();
  loses(told);
  const other = { ...ENDS, localPort: 41_000 };
  told.state(0, 7, ESTABLISHED, CLOSE, other, 0x10).round();
  assert.equal(told.owner(other), undefined);
});

test('a program whose start may have been lost is not called by the name of the one before', () => {
  const told = new ToldOwners().starts(100, '/usr/bin/bash').event('task_newtask', 100, { pid: 101 }).round();
  loses(told);
  told.connects(101, 7, ENDS).round();
  assert.equal(why(told, told.question(ENDS)), 'events-lost');
  // A program that is seen to start has a name.
  const later = { ...ENDS, localPort: 41_000 };
  told.event('sched_process_exec', 101, { filename: '/usr/bin/curl', pid: 101, old_pid: 101 }).connects(101, 8, later);
  assert.equal(told.round().owner(later)?.exe, '/usr/bin/curl');
});

test('a new helper: what the old one knew has a gap behind it', () => {
  const told = new ToldOwners().starts(100, '/usr/bin/curl').connects(100, 7, ENDS).round();
  told.owners.endStream();
  told.wait(1_000_000).round();
  assert.equal(why(told, told.question(ENDS)), 'events-lost');
  assert.equal(told.owners.eventCounters.lost, 0, 'nobody counted them');
  told.lost = 7;
  told.round();
  assert.equal(told.owners.eventCounters.lost, 7);
  told.owners.endStream();
  told.lost = 3;
  told.round();
  assert.equal(told.owners.eventCounters.lost, 10, 'each helper counts from 0');
});

test('route lookups switched off: UDP is not said to be whose it was, TCP is', () => {
  const told = new ToldOwners().starts(100, '/usr/bin/curl').sends(100, ENDS).round();
  assert.equal(told.owner(ENDS, { transport: 'udp' })?.pid, 100);
  told.routesOff = true;
  told.wait(1_000_000).round();
  assert.equal(told.owners.isTurnedDown, true);
  assert.equal(why(told, told.question(ENDS, { transport: 'udp' })), 'events-lost');
  told.connects(100, 7, ENDS).round();
  assert.equal(told.owner(ENDS)?.pid, 100);
  const other = told.question({ ...ENDS, localPort: 9 });
  assert.equal(why(told, other), undefined, 'it takes nothing from TCP');
  told.routesOff = false;
  told.wait(1_000_000).round().wait(1_000_000).round().sends(100, ENDS).round();
  assert.equal(told.owner(ENDS, { transport: 'udp' })?.pid, 100);
});

test('frames a program made itself are not guessed at while sockets may have sent unseen', () => {
  const told = new ToldOwners().starts(100, '/bin/maker');
  told.routesOff = true;
  told.wait(100_000).round().length('sock_send_length', 100, 17, 0, 100);
  const question = told.question(ENDS, { transport: 'udp', meanSentBytes: 100 });
  told.wait(100_000).round();
  assert.equal(why(told, question), 'events-lost');
});

test('many losses: the bounded list of them forgets none', () => {
  const told = new ToldOwners().starts(100, '/usr/bin/curl').connects(100, 7, ENDS).round();
  for (let i = 0; i < 200; i++) loses(told);
  assert.equal(why(told, told.question(ENDS)), 'events-lost');
  assert.equal(why(told, told.question(ENDS, { agoUs: 150 * 1_000_000, lastedUs: 10 })), 'events-lost');
  assert.equal(told.owners.eventCounters.lost, 200_000);
});

interface Running {
  readonly comm: string;
  readonly exe?: string;
  readonly startTicks: number;
}

/** A /proc of one's own. */
function procWith(t: TestContext, processes: Readonly<Record<number, Running>>): (pid: number, as: Running) => string {
  const root = mkdtempSync(join(tmpdir(), 'kaipo-proc-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const put = (pid: number, { comm, exe, startTicks }: Running): string => {
    const folder = join(root, String(pid));
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    writeFileSync(join(folder, 'stat'), `${pid} (${comm}) S ${'0 '.repeat(18)}${startTicks} 0`);
    writeFileSync(join(folder, 'status'), `Name:\t${comm}\nTgid:\t${pid}\nUid:\t0\t0\t0\t0\nVmSize:\t1 kB\n`);
    if (exe !== undefined) symlinkSync(exe, join(folder, 'exe'));
    return root;
  };
  for (const [pid, as] of Object.entries(processes)) put(Number(pid), as);
  return put;
}

test('after a loss /proc says what a process is now', (t) => {
  const put = procWith(t, {});
  const root = put(100, { comm: 'daemon', exe: '/bin/daemon', startTicks: 50 });
  const told = new ToldOwners({ root });
  told.connects(100, 1, ENDS).round();
  assert.equal(told.owner(ENDS)?.exe, '/bin/daemon');
  loses(told);
  const later = { ...ENDS, localPort: 41_000 };
  told.connects(100, 2, later).round();
  assert.equal(told.owner(later)?.exe, '/bin/daemon', 'still the same');
  loses(told);
  // It has started another program, and nobody was told.
  put(100, { comm: 'other', exe: '/bin/other', startTicks: 50 });
  told.connects(100, 3, { ...later, localPort: 42_000 }).round();
  assert.equal(told.owner({ ...later, localPort: 42_000 })?.exe, '/bin/other');
  loses(told);
  // Its number is another process's by now.
  put(100, { comm: 'third', exe: '/bin/third', startTicks: 99 });
  told.connects(100, 4, { ...later, localPort: 43_000 }).round();
  assert.equal(told.owner({ ...later, localPort: 43_000 })?.exe, '/bin/third');
});

test('a program that may not be read is still the same while its name is', (t) => {
  const put = procWith(t, {});
  const root = put(100, { comm: 'a-very-long-nam', startTicks: 50 });
  const told = new ToldOwners({ root });
  const exec = { filename: '/bin/a-very-long-name', pid: 100, old_pid: 100 };
  told.event('sched_process_exec', 100, exec).round();
  loses(told).connects(100, 1, ENDS).round();
  assert.equal(told.owner(ENDS)?.exe, '/bin/a-very-long-name');
  put(100, { comm: 'short', startTicks: 50 });
  const later = { ...ENDS, localPort: 41_000 };
  loses(told).connects(100, 2, later).round();
  assert.deepEqual([told.owner(later)?.app, told.owner(later)?.exe], ['short', undefined]);
});
