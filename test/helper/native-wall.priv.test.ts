// What the native helper gives up, seen from outside: /proc, strace, and attempts to start it wrongly.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import * as contract from '@kaipo/capture-helper/contract/index.js';
import { exitOf } from '../contract/helper-stream.contract.js';
import { killStarted, NATIVE_DIRECTORY, NATIVE_HELPER, notBuilt, startInNamespace } from './native-helper.js';
import { notRoot, udpFrame, Wires } from './netns.js';
import { StreamReader, until } from './stream-reader.js';

const PRIVILEGES = contract.CUSTOM_PRIVILEGES;

describe('the wall of the native helper', { skip: notRoot || notBuilt }, () => {
  let wires: Wires;
  let directory: string;
  before(() => {
    wires = new Wires(1);
    directory = mkdtempSync(join(tmpdir(), 'kaipo-wall-'));
    chmodSync(directory, 0o777);
  });
  after(() => {
    killStarted();
    wires.close();
    rmSync(directory, { recursive: true, force: true });
  });

  test('no capability, no way back, a seccomp filter, no group, one thread, no stray descriptor', async () => {
    const helper = startInNamespace(wires.near, ['-i', 'a0']);
    const reader = new StreamReader(helper.stream);
    await until('the report', () => reader.notices(PRIVILEGES).length === 1);
    const status = readFileSync(`/proc/${helper.process.pid}/status`, 'utf8');
    const value = (key: string) => new RegExp(`^${key}:[ \\t]*(.*?)[ \\t]*$`, 'm').exec(status)?.[1];
    for (const key of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
      assert.equal(value(key), '0000000000000000', key);
    assert.equal(value('NoNewPrivs'), '1');
    assert.equal(value('Seccomp'), '2');
    assert.equal(value('Threads'), '1');
    assert.equal(value('Groups'), '');
    assert.doesNotMatch(`${value('Uid')}\t${value('Gid')}`, /(^|\t)0(\t|$)/);
    const report = reader.notices(PRIVILEGES)[0]!;
    const expected = {
      uid: value('Uid')?.split('\t')[0],
      capBnd: value('CapBnd'),
      seccomp: '2',
      noNewPrivs: 'true',
      events: 'false',
    };
    for (const [key, text] of Object.entries(expected)) assert.equal(report.get(key), text, key);
    assert.equal(
      spawnSync('ls', [`/proc/${helper.process.pid}/fd`], { encoding: 'utf8' }).stdout.split('\n').length - 1,
      5,
    );
    helper.stream.destroy();
    await exitOf(helper.process, 2_000);
  });

  test('strace: after the drop only libpcap is opened, after seccomp nothing', async () => {
    const trace = join(directory, 'trace');
    const helper = startInNamespace(wires.near, ['-i', 'a0', '--filter', 'udp'], ['strace', '-f', '-o', trace]);
    const reader = new StreamReader(helper.stream);
    await until('the report', () => reader.notices(PRIVILEGES).length === 1, 10_000);
    await wires.replay(0, [udpFrame(0, 30)], 500, 600);
    await until('packets', () => reader.packets.length === 600);
    helper.stream.end();
    assert.equal(await exitOf(helper.process, 5_000), 0);
    const calls = readFileSync(trace, 'utf8')
      .split('\n')
      .map((line) => line.replace(/^\d+\s+/, ''));
    const at = (what: RegExp) => calls.findIndex((line) => what.test(line));
    const dropped = at(/^setresuid\(65534/);
    const capless = at(/^capset\(/);
    const doors = calls.flatMap((line, i) => (/^(prctl\(PR_SET_SECCOMP|seccomp\()/.test(line) ? [i] : []));
    assert.equal(doors.length, 2, 'an outer and an inner door');
    const [outer, door] = doors as [number, number];
    assert.ok(capless < outer && outer < at(/PACKET_RX_RING/), 'the outer door is closed before anything is set up');
    assert.ok(
      at(/^socket\(AF_PACKET/) > 0 && at(/^socket\(AF_PACKET/) < dropped && dropped < capless && capless < door,
    );
    assert.ok(at(/PACKET_RX_RING/) > capless && at(/PACKET_RX_RING/) < door, 'the ring is set up by nobody');
    const between = calls.slice(capless, door);
    assert.deepEqual(
      between.filter((line) => /^(socket|execve|connect|clone|fork|accept|ptrace)/.test(line)),
      [],
    );
    const opened = between.filter((line) => /^open/.test(line)).map((line) => /"([^"]*)"/.exec(line)?.[1] ?? line);
    const allowed =
      /^\/proc\/self\/status$|^\/etc\/ld\.so\.|\/lib[\w+-]+\.so(\.\d+)*$|^\/sys\/devices\/system\/cpu|^\/proc\/sys\/|^\/etc\/nsswitch/;
    assert.deepEqual(
      opened.filter((path) => !allowed.test(path)),
      [],
    );
    const later = new Set(calls.slice(door + 1).map((line) => line.split('(')[0]));
    for (const call of later) {
      assert.match(
        call!,
        /^(ppoll|write|getsockopt|setsockopt|ioctl|getsockname|pread64|close|clock_gettime|exit_group|\+\+\+ .*|)$/,
        call,
      );
    }
  });

  test('a spare started with --standby captures nothing until its stdin ends', async () => {
    const helper = startInNamespace(wires.near, ['-i', 'a0', '--standby']);
    const reader = new StreamReader(helper.stream);
    const status = () => readFileSync(`/proc/${helper.process.pid}/status`, 'utf8');
    await until('the drop', () => /^NoNewPrivs:\t1$/m.test(status()));
    assert.match(status(), /^CapPrm:\t0+$/m);
    await wires.replay(0, [udpFrame(0, 30)], 500, 20);
    assert.equal(reader.types.length, 0);
    helper.process.stdin?.end();
    await until('the report', () => reader.notices(PRIVILEGES).length === 1);
    await wires.replay(0, [udpFrame(0, 31)], 500, 20);
    await until('packets', () => reader.packets.length === 20);
    assert.ok(reader.packets.every((packet) => packet.data.length === 73));
    helper.stream.end();
    assert.equal(await exitOf(helper.process, 5_000), 0);
  });

  test('a spare takes over what is left when an interface went away meanwhile', async () => {
    const own = new Wires(2);
    try {
      const helper = startInNamespace(own.near, ['-i', 'a0', '-i', 'a1', '--standby']);
      const reader = new StreamReader(helper.stream);
      const status = () => readFileSync(`/proc/${helper.process.pid}/status`, 'utf8');
      await until('the drop', () => /^NoNewPrivs:\t1$/m.test(status()));
      own.link('del', 'a0');
      helper.process.stdin?.end();
      await until('gone', () =>
        reader.notices(contract.CUSTOM_INTERFACE).some((values) => values.get('name') === 'a0'),
      );
      await own.replay(1, [udpFrame(1, 30)], 500, 20);
      await until('packets of the other', () => reader.packetsOf[1] === 20);
      helper.stream.end();
      assert.equal(await exitOf(helper.process, 5_000), 0);
      assert.deepEqual(
        reader.lastStatistics().map((row) => [row.received, row.delivered]),
        [
          [0, 0],
          [20, 20],
        ],
      );
    } finally {
      own.close();
    }
  });

  test('a spare takes no command, and goes when its analyzer goes', async () => {
    const commanded = startInNamespace(wires.near, ['-i', 'a0', '--standby']);
    commanded.process.stdin?.write('capture eth1\n');
    assert.equal(await exitOf(commanded.process, 2_000), 64);
    const left = startInNamespace(wires.near, ['-i', 'a0', '--standby']);
    left.stream.destroy();
    assert.equal(await exitOf(left.process, 2_000), 0);
  });

  test('wrong starts get an answer', () => {
    const start = (args: string[], env: NodeJS.ProcessEnv = {}) => {
      const command = ['netns', 'exec', wires.near, NATIVE_HELPER, ...args];
      const result = spawnSync('ip', command, {
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], ...env },
        timeout: 5_000,
      });
      return `${result.status} ${result.stderr.trim()}`;
    };
    assert.match(start([]), /^64 usage:/);
    assert.match(start(['-i', '../etc']), /^64 kaipo-capture: -i: '\.\.\/etc' is not a name/);
    assert.match(start(['-i', 'a0', '-i', 'a0']), /^64 .*twice/);
    assert.match(start(['-i', 'a0', '--snaplen', '63']), /^64 .*64\.\.262144/);
    assert.match(start(['-i', 'a0', '--ring-mib', '1e3']), /^64 .*not a number/);
    assert.match(start(['-i', 'a0', '--fd', '77']), /^64 .*not a descriptor/);
    assert.match(start(['-i', 'a0', '--user', 'root']), /^77 .*root/);
    assert.match(start(['-i', 'a0', '--filter', 'x'.repeat(4097)]), /^64 .*longer/);
    assert.match(start(['-i', 'a0', '--filter', 'udp\nor tcp']), /^64 .*printable/);
    assert.match(start(['-i', 'a0', '--filter', 'vlan 5']), /^65 .*vlan/);
    assert.match(start(['--read', '/etc/shadow']), /^64 .*no such option/);
    assert.match(start(['-i', 'a0'], { LD_LIBRARY_PATH: '/tmp' }), /^64 .*clean environment/);
  });

  test('without privilege: exit 77 and what to do', () => {
    const copy = join(directory, 'plain');
    spawnSync('cp', [NATIVE_HELPER, copy]);
    chmodSync(copy, 0o755);
    const result = spawnSync(copy, ['-i', 'lo'], { encoding: 'utf8', uid: 65534, gid: 65534, env: {}, timeout: 5_000 });
    assert.equal(result.status, 77, result.stderr);
    assert.match(result.stderr, /lo: CAP_NET_RAW is missing: run `sudo kaipo setup`/);
  });

  test('--install: a group may capture, nobody else, and the program still ends with nothing', async (t) => {
    const program = join(directory, 'kaipo-capture');
    const installed = spawnSync(NATIVE_HELPER, ['--install', program, '--group', 'nogroup'], {
      encoding: 'utf8',
      env: {},
    });
    if (/Operation not supported/.test(installed.stderr)) return t.skip('the file system keeps no capabilities');
    assert.equal(installed.status, 0, installed.stderr);
    const { mode, uid, gid } = statSync(program);
    assert.deepEqual([mode & 0o7777, uid, gid], [0o750, 0, 65534]);
    // On loopback of this machine: entering a namespace takes root, and this is about not being root.
    const member = { uid: 1, gid: 65534, env: {}, timeout: 1_000 };
    const result = spawnSync(program, ['-i', 'lo', '--filter', 'udp port 1'], member);
    const report = result.stdout.toString('latin1');
    assert.match(
      report,
      /\nuid=65534\n.*capPrm=0{16}\n.*capBnd=0{16}\n.*seccomp=2\nnoNewPrivs=true\n/s,
      String(result.stderr),
    );
    const stranger = spawnSync(program, ['--version'], { uid: 1, gid: 1, env: {} });
    assert.match(String(stranger.error), /EACCES/);
    return undefined;
  });

  test('the numbers in the C header are the numbers of the contract', () => {
    const header = readFileSync(join(NATIVE_DIRECTORY, 'kaipo-capture.h'), 'utf8');
    const numbers = new Map(
      Object.entries(contract).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
    );
    let compared = 0;
    for (const [, name, text] of header.matchAll(/^#define (\w+) (0x[0-9a-f]+|\d+)$/gm)) {
      const value = numbers.get(name!);
      if (value === undefined) continue;
      assert.equal(Number(text), value, name);
      compared += 1;
    }
    assert.ok(compared >= 9, `${compared} compared`);
  });
});
