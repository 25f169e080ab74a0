// The join: who a flow belongs to by what the kernel told, and by when.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { FlowOwner } from '@kaipo/core/api/events.js';
import { addressBytes } from '../../fixtures/bytes.js';
import {
  CLONE_THREAD,
  CLOSE,
  ESTABLISHED,
  FIN_WAIT1,
  IN_SOFTIRQ,
  LAST_ACK,
  LISTEN,
  SYN_RECV,
  SYN_SENT,
  ToldOwners,
} from './told-owners.js';

const ENDS = { local: '10.0.0.1', localPort: 40_000, remote: '192.0.2.9', remotePort: 443 };
const ENDS6 = { local: '2001:db8::1', localPort: 40_000, remote: '2001:db8::9', remotePort: 443 };
const SERVED = { local: '10.0.0.1', localPort: 8080, remote: '192.0.2.9', remotePort: 50_000 };

const short = (owner: FlowOwner | undefined): string | undefined =>
  owner && `${owner.app} ${owner.pid} ${owner.quality}`;

test('connect: the program that asked for it, over both families', () => {
  for (const ends of [ENDS, ENDS6]) {
    const told = new ToldOwners().starts(100, '/usr/bin/curl').connects(100, 7, ends).round();
    const { startUs, ...owner } = told.owner(ends)!;
    const parents = [{ app: 'pid 1', pid: 1 }];
    assert.deepEqual(owner, { app: 'curl', pid: 100, exe: '/usr/bin/curl', parents, quality: 'event' });
    assert.ok(startUs !== undefined && startUs > 0);
    assert.equal(told.owner({ ...ends, localPort: 40_001 }), undefined);
    assert.equal(told.owner({ ...ends, remotePort: 444 }), undefined);
    assert.equal(told.owner({ ...ends, remote: ends.remote.replace(/9$/, '8') }), undefined);
    assert.equal(told.owner(ends, { transport: 'sctp' }), undefined);
  }
});

test('a connection that was refused, and one that nobody has answered yet', () => {
  const told = new ToldOwners().starts(100, '/usr/bin/curl').state(100, 7, CLOSE, SYN_SENT, { ...ENDS, localPort: 0 });
  told.round();
  assert.equal(short(told.owner(ENDS)), 'curl 100 event');
  assert.equal(told.owner(ENDS, { isOutgoing: false }), undefined, 'who was asked did not ask');
  told.state(0, 7, SYN_SENT, CLOSE, ENDS, IN_SOFTIRQ).round();
  assert.equal(short(told.owner(ENDS, { agoUs: 3 })), 'curl 100 event');
});

test('two that ask the same server at the same time: nobody can tell before there is an answer', () => {
  const told = new ToldOwners().starts(100, '/usr/bin/curl').starts(200, '/usr/bin/wget');
  for (const pid of [100, 200]) told.state(pid, pid, CLOSE, SYN_SENT, { ...ENDS, localPort: 0 });
  told.round();
  assert.equal(told.owner(ENDS), undefined);
  told.state(0, 200, SYN_SENT, ESTABLISHED, ENDS, IN_SOFTIRQ).round();
  assert.equal(short(told.owner(ENDS)), 'wget 200 event');
});

test('accept: first whoever listens, then whoever is seen with the socket', () => {
  const told = new ToldOwners().starts(100, '/usr/sbin/nginx').event('task_newtask', 100, { pid: 101 });
  told.listens(100, 5, '0.0.0.0', 8080).accepts(6, SERVED).round();
  assert.equal(short(told.owner(SERVED, { isOutgoing: false })), 'nginx 100 listener');
  told.state(101, 6, ESTABLISHED, FIN_WAIT1, SERVED).round();
  assert.equal(short(told.owner(SERVED, { isOutgoing: false, agoUs: 2 })), 'nginx 101 event');
  // Another one that has not been accepted yet: a packet of it was seen.
  assert.equal(short(told.owner({ ...SERVED, remotePort: 50_001 }, { isOutgoing: false })), 'nginx 100 listener');
});

test('accept: the listener on this address comes before the one on any, and none is nobody', () => {
  const told = new ToldOwners().starts(100, '/bin/any').starts(200, '/bin/one');
  told.listens(100, 1, '0.0.0.0', 8080).listens(200, 2, '10.0.0.1', 8080).accepts(3, SERVED);
  const other = { ...SERVED, local: '10.0.0.2' };
  const stray = { ...SERVED, localPort: 9090 };
  told.accepts(4, other).accepts(5, stray).round();
  assert.equal(short(told.owner(SERVED, { isOutgoing: false })), 'one 200 listener');
  assert.equal(short(told.owner(other, { isOutgoing: false })), 'any 100 listener');
  assert.equal(told.owner(stray, { isOutgoing: false }), undefined);
  told.state(300, 5, ESTABLISHED, LAST_ACK, stray).round();
  assert.equal(told.owner(stray, { isOutgoing: false })?.pid, 300);
});

test('a listener on IPv6 that is asked over IPv4', () => {
  const told = new ToldOwners().starts(100, '/bin/both').listens(100, 1, '::', 8080);
  const [saddr_v6, daddr_v6] = [addressBytes('::ffff:0a00:1'), addressBytes('::ffff:c000:209')];
  told.event(
    'inet_sock_set_state',
    0,
    {
      skaddr: 2,
      oldstate: SYN_RECV,
      newstate: ESTABLISHED,
      sport: 8080,
      dport: 50_000,
      family: 10,
      protocol: 6,
      saddr_v6,
      daddr_v6,
    },
    { flags: IN_SOFTIRQ },
  );
  told.round();
  assert.equal(short(told.owner(SERVED, { isOutgoing: false })), 'both 100 listener');
});

test('fork, exec, threads and ends: whose task is whose', () => {
  const told = new ToldOwners().starts(100, '/usr/bin/bash');
  const at = (localPort: number) => ({ ...ENDS, localPort });
  // A child is what its parent is, until it starts a program.
  told.event('task_newtask', 100, { pid: 101 }).connects(101, 1, at(1));
  told.event('sched_process_exec', 101, { filename: '/usr/bin/curl', pid: 101, old_pid: 101 }).connects(101, 2, at(2));
  // A thread is its process, also after it has ended.
  told.event('task_newtask', 101, { pid: 150, clone_flags: CLONE_THREAD }).connects(150, 3, at(3));
  told.event('sched_process_exit', 150, { pid: 150 }).connects(101, 4, at(4));
  // A thread that starts a program: the process goes on under the number it had.
  told.event('task_newtask', 101, { pid: 151, clone_flags: CLONE_THREAD });
  told.event('sched_process_exec', 101, { filename: '/usr/bin/wget', pid: 101, old_pid: 151 }).connects(101, 5, at(5));
  told.round();
  const owners = [1, 2, 3, 4, 5].map((port) => told.owner(at(port), { agoUs: 0 }));
  assert.deepEqual(
    owners.map((owner) => owner?.pid),
    [101, 101, 101, 101, 101],
  );
  assert.equal(owners[4]?.app, 'wget');
});

test('a pid that comes back is another process, and its old flows stay the old ones', () => {
  const told = new ToldOwners().starts(100, '/bin/first').connects(100, 1, ENDS).exits(100).wait(500_000);
  const later = { ...ENDS, localPort: 41_000 };
  told.starts(100, '/bin/second').connects(100, 2, later).round();
  assert.equal(short(told.owner(ENDS, { agoUs: 500_000, lastedUs: 10 })), 'first 100 event');
  assert.equal(short(told.owner(later)), 'second 100 event');
});

test('a port that comes back is decided by time', () => {
  const told = new ToldOwners();
  const beginsUs: number[] = [];
  for (let i = 0; i < 20; i++) {
    const pid = 100 + i;
    told.starts(pid, `/bin/program${i}`).connects(pid, 1, ENDS);
    beginsUs.push(told.nowUs);
    told.wait(5000).state(pid, 1, ESTABLISHED, CLOSE, ENDS).exits(pid).wait(5000);
  }
  told.round();
  for (const [i, beginUs] of beginsUs.entries())
    assert.equal(
      short(told.owner(ENDS, { agoUs: told.nowUs - beginUs, lastedUs: 4000 })),
      `program${i} ${100 + i} event`,
    );
  assert.equal(
    told.owner(ENDS, { agoUs: told.nowUs - beginsUs[0]! + 50_000, lastedUs: 10 }),
    undefined,
    'before all of them',
  );
});

test('UDP: whoever sends, towards one and towards many', () => {
  const many = { ...ENDS, local: '0.0.0.0', localPort: 5353 };
  const told = new ToldOwners()
    .starts(100, '/bin/resolver')
    .sends(100, many)
    .starts(200, '/bin/caller')
    .sends(200, ENDS);
  told.round();
  assert.equal(short(told.owner(ENDS, { transport: 'udp' })), 'caller 200 event');
  assert.equal(short(told.owner(many, { transport: 'udp' })), 'resolver 100 event');
  // Answered from elsewhere: only the port says whose it is.
  assert.equal(
    short(
      told.owner(
        { ...many, local: '10.0.0.1', remote: '198.51.100.1', remotePort: 9 },
        { transport: 'udp', isOutgoing: false },
      ),
    ),
    'resolver 100 event',
  );
  assert.equal(told.owner({ ...many, localPort: 5354 }, { transport: 'udp' }), undefined);
});

test('UDP: two that use one port at the same time are nobody, one after the other they are not', () => {
  const far = { ...ENDS, remote: '198.51.100.1', remotePort: 9 };
  const told = new ToldOwners()
    .starts(100, '/bin/first')
    .starts(200, '/bin/second')
    .sends(100, ENDS)
    .sends(200, { ...ENDS, remotePort: 444 });
  told.round();
  assert.equal(told.owner(far, { transport: 'udp', isOutgoing: false, agoUs: 10 }), undefined);
  told
    .exits(100)
    .wait(100_000)
    .sends(200, { ...ENDS, remotePort: 445 })
    .round();
  assert.equal(short(told.owner(far, { transport: 'udp', isOutgoing: false })), 'second 200 event');
});

test('what has no ports: whoever sends it there', () => {
  const icmp = { local: '10.0.0.1', remote: '192.0.2.9' };
  const told = new ToldOwners()
    .starts(100, '/bin/ping')
    .sends(100, { ...icmp, localPort: 0, remotePort: 0 }, 1)
    .round();
  assert.equal(short(told.owner(icmp, { transport: 'icmp' })), 'ping 100 inferred');
  assert.equal(told.owner({ ...icmp, remote: '192.0.2.8' }, { transport: 'icmp' }), undefined);
  assert.equal(
    short(
      new ToldOwners()
        .starts(7, '/bin/x')
        .sends(7, { ...icmp, localPort: 0, remotePort: 0 }, 253)
        .round()
        .owner(icmp, { transport: '253' }),
    ),
    'x 7 inferred',
  );
});

test('frames a program made itself: by moment and length, if it was the only one', () => {
  const told = new ToldOwners().starts(100, '/bin/maker').length('sock_send_length', 100, 17, 0, 100).round();
  assert.equal(short(told.owner(ENDS, { transport: 'udp', meanSentBytes: 100 })), 'maker 100 inferred');
  assert.equal(
    short(told.owner(ENDS, { transport: 'udp', meanSentBytes: 114 })),
    'maker 100 inferred',
    'without its link header',
  );
  assert.equal(told.owner(ENDS, { transport: 'udp', meanSentBytes: 101 }), undefined);
  assert.equal(told.owner(ENDS, { transport: 'udp', agoUs: -50_000 }), undefined);
  told.starts(200, '/bin/other').length('sock_send_length', 200, 17, 0, 100).round();
  assert.equal(told.owner(ENDS, { transport: 'udp', meanSentBytes: 100 }), undefined);
  told.length('sock_send_length', 200, 17, 0, -11).round();
});

test('behind address translation the pair of ends says it, with less certainty', () => {
  const inside = { ...ENDS, local: '172.17.0.2' };
  const told = new ToldOwners().starts(100, '/bin/inner').connects(100, 1, inside).round();
  assert.equal(short(told.owner(inside)), 'inner 100 event');
  assert.equal(short(told.owner(ENDS)), 'inner 100 nat-joined');
  told.starts(200, '/bin/outer').connects(200, 2, ENDS).round();
  assert.equal(short(told.owner(ENDS)), 'outer 200 event', 'the right address comes first');
});

test('behind address translation that changed the port: the only one who turned to the same end just then', () => {
  const outside = { ...ENDS, local: '10.0.0.1', localPort: 61_000 };
  const inside = { ...ENDS, local: '172.17.0.2' };
  const told = new ToldOwners().starts(100, '/bin/inner').connects(100, 1, inside).round();
  assert.equal(short(told.owner(outside)), 'inner 100 nat-joined');
  const two = new ToldOwners().starts(100, '/bin/inner').starts(200, '/bin/other');
  two
    .connects(100, 1, inside)
    .connects(200, 2, { ...inside, local: '172.17.0.3' })
    .round();
  assert.equal(two.owner(outside), undefined, 'two could have been it');
});

test('sockets from before the events are whose /proc said they are, until they close', () => {
  const row = {
    transport: 'tcp',
    localIp: '10.0.0.1',
    localPort: 40_000,
    remoteIp: '192.0.2.9',
    remotePort: 443,
    listening: false,
  } as const;
  const listener = { ...row, localIp: '*', localPort: 8080, remoteIp: '*', remotePort: 0, listening: true } as const;
  const told = new ToldOwners({
    fallback: {
      counters: {
        refreshes: 0,
        lastMs: 0,
        maxMs: 0,
        sockets: 0,
        refusedSockets: 0,
        unownedSockets: 0,
        deniedProcesses: 0,
      },
      refresh: () => undefined,
      lookup: () => undefined,
      visitSockets: (visit) => {
        visit(row, 100);
        visit(listener, 200);
      },
    },
  });
  told.accepts(3, SERVED).round();
  assert.deepEqual([told.owner(ENDS)?.pid, told.owner(ENDS)?.quality], [100, 'proc-snapshot']);
  assert.deepEqual(
    [told.owner(SERVED, { isOutgoing: false })?.pid, told.owner(SERVED, { isOutgoing: false })?.quality],
    [200, 'listener'],
  );
  told.state(100, 9, ESTABLISHED, CLOSE, ENDS).wait(10_000).round();
  assert.equal(told.owner(ENDS), undefined);
});

test('events of several CPUs are told in the order of time', () => {
  const told = new ToldOwners().starts(100, '/usr/bin/curl');
  const values = {
    skaddr: 7,
    family: 2,
    protocol: 6,
    daddr: addressBytes('192.0.2.9'),
    saddr: addressBytes('10.0.0.1'),
    dport: 443,
  };
  told.event('inet_sock_set_state', 100, { ...values, oldstate: CLOSE, newstate: SYN_SENT }, { cpu: 3 });
  told.event(
    'inet_sock_set_state',
    0,
    { ...values, oldstate: SYN_SENT, newstate: ESTABLISHED, sport: 40_000 },
    { cpu: 1, flags: IN_SOFTIRQ },
  );
  told.round();
  assert.equal(short(told.owner(ENDS)), 'curl 100 event');
  assert.deepEqual(
    { ...told.owners.eventCounters, claims: 0 },
    { events: 4, pages: 3, damagedPages: 0, strayRecords: 0, lost: 0, claims: 0, evictedClaims: 0 },
  );
});

test('a socket that listens again after it closed is found by time', () => {
  const told = new ToldOwners().starts(100, '/bin/old').listens(100, 1, '0.0.0.0', 8080);
  told
    .state(100, 1, LISTEN, CLOSE, { ...SERVED, local: '0.0.0.0', remote: '0.0.0.0', remotePort: 0 })
    .exits(100)
    .wait(1000);
  told.starts(200, '/bin/new').listens(200, 2, '0.0.0.0', 8080).accepts(3, SERVED).round();
  assert.equal(short(told.owner(SERVED, { isOutgoing: false })), 'new 200 listener');
});
