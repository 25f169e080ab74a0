// The portable helper on loopback, started the way a person would start it: the contract and what is its own.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { readdirSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import test from 'node:test';
import { findCapAddon } from '@kaipo/capture-helper/launch/helper-paths.js';
import { DEFAULT_PATHS } from '@kaipo/capture-helper/launch/index.js';
import { helperStreamContract, NO_LIMITS } from '../contract/helper-stream.contract.js';
import { type Counted, countBlocks, until } from './launch-recorder.js';

const skip =
  process.geteuid?.() !== 0
    ? 'needs root'
    : process.platform !== 'linux'
      ? 'written for Linux'
      : findCapAddon() === undefined
        ? 'the cap package is not built: apt install libpcap-dev g++ make python3 && npm rebuild cap'
        : false;

class Portable {
  readonly child: ChildProcess;
  readonly stream: Socket;
  readonly chunks: Buffer[] = [];
  stderr = '';
  exitCode: number | null | undefined;

  /** `prefix`: a command that runs the helper, with its options. */
  constructor(argv: string[], prefix: string[] = []) {
    const [program, ...rest] = [...prefix, process.execPath, DEFAULT_PATHS.portable, ...argv, '--fd', '3'];
    // `ip` and `setpriv` are found by the PATH of this process; nothing of it reaches the helper when there is no prefix.
    const env = prefix.length === 0 ? {} : { PATH: process.env['PATH'] };
    this.child = spawn(program!, rest, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'], env });
    this.stream = this.child.stdio[3] as Socket;
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.child.on('exit', (code) => {
      this.exitCode = code;
    });
  }

  read(): this {
    if (this.stream.listenerCount('data') === 0) this.stream.on('data', (chunk: Buffer) => this.chunks.push(chunk));
    return this;
  }
  get text(): string {
    return Buffer.concat(this.chunks).toString('latin1');
  }
  /** Half-closes, reads to the end. */
  async finish(): Promise<Counted> {
    this.read();
    const ended = new Promise((resolve) => this.stream.on('close', resolve));
    this.stream.end();
    await ended;
    await until('the helper ends', () => this.exitCode !== undefined);
    return countBlocks(Buffer.concat(this.chunks));
  }
}

async function send(port: number, count: number, size: number): Promise<void> {
  const socket = createSocket('udp4');
  const payload = Buffer.alloc(size, 7);
  for (let sent = 0; sent < count; sent += 1) {
    await new Promise<void>((resolve) => socket.send(payload, port, '127.0.0.1', () => resolve()));
  }
  socket.close();
}

test('portable: no privilege is left on any thread, and the stream says so', { skip }, async () => {
  const helper = new Portable(['-i', 'lo']).read();
  await until('the report', () => helper.text.includes('ringMiB='));
  const { pid } = helper.child;
  const tasks = readdirSync(`/proc/${pid}/task`);
  assert.ok(tasks.length > 1);
  for (const task of tasks) {
    const status = readFileSync(`/proc/${pid}/task/${task}/status`, 'latin1');
    assert.doesNotMatch(status, /^Uid:.*\b0\b/m);
    for (const set of ['CapEff', 'CapPrm', 'CapAmb']) assert.match(status, new RegExp(`^${set}:\\s+0+$`, 'm'));
  }
  for (const line of [
    'helper=portable',
    'timestamps=receive',
    'drops=unknown',
    'uid=65534',
    `pid=${pid}`,
    'events=false',
  ]) {
    assert.ok(helper.text.includes(`${line}\n`), line);
  }
  const counted = await helper.finish();
  assert.equal(counted.statistics.get(0)!.dropped, undefined, 'unknown is not 0');
});

test('portable: a reader that stops costs packets that are counted, not memory and not time', { skip }, async () => {
  const stalled = new Portable(['-i', 'lo', '--filter', 'udp dst port 47003', '--ring-mib', '256']);
  await until('it captures', () => stalled.stream.readableLength > 0);
  await send(47003, 12_000, 1400);
  const residentKiB = Number(
    /^RssAnon:\s+(\d+)/m.exec(readFileSync(`/proc/${stalled.child.pid}/status`, 'latin1'))![1],
  );
  assert.ok(residentKiB < 150_000, `${residentKiB} KiB`);
  const counted = await stalled.finish();
  const last = counted.statistics.get(0)!;
  assert.equal(counted.whole, true);
  assert.equal(counted.packets, last.delivered);
  assert.ok(last.received > last.delivered, `${last.received} received, ${last.delivered} delivered`);
  // What the kernel's own buffer loses on a busy machine is unknown here: most of it arrives where there is time.
  assert.ok(last.received <= 12_000 && last.received > 3000, `${last.received}`);
  assert.equal(stalled.exitCode, 0);
});

test('portable: snaplen cuts, the original length stays', { skip }, async () => {
  const helper = new Portable(['-i', 'lo', '--filter', 'udp dst port 47004', '--snaplen', '64']).read();
  await until('it captures', () => helper.chunks.length > 0);
  await send(47004, 1, 1000);
  const counted = await helper.finish();
  assert.equal(counted.packets, 1);
  const bytes = Buffer.concat(helper.chunks);
  let at = 0;
  while (bytes.readUInt32LE(at) !== 6) at += bytes.readUInt32LE(at + 4);
  assert.equal(bytes.readUInt32LE(at + 20), 64);
  assert.equal(bytes.readUInt32LE(at + 24), 1042);
  const ns = (BigInt(bytes.readUInt32LE(at + 12)) << 32n) | BigInt(bytes.readUInt32LE(at + 16));
  assert.ok(Math.abs(Number(ns / 1_000_000n) - Date.now()) < 5000, 'nanoseconds since the epoch');
});

test('portable: several interfaces in one process, each with its statistics', { skip }, async () => {
  spawnSync('ip', ['link', 'del', 'kllp0']);
  assert.equal(spawnSync('ip', ['link', 'add', 'kllp0', 'type', 'veth', 'peer', 'name', 'kllp1']).status, 0);
  try {
    for (const name of ['kllp0', 'kllp1']) spawnSync('ip', ['link', 'set', name, 'up']);
    const helper = new Portable(['-i', 'lo', '-i', 'kllp0', '-i', 'kllp1']).read();
    await until('it captures', () => helper.chunks.length > 0);
    const counted = await helper.finish();
    assert.deepEqual([...counted.statistics.keys()], [0, 1, 2]);
  } finally {
    spawnSync('ip', ['link', 'del', 'kllp0']);
  }
});

test('portable: what is refused, and with which exit code', { skip }, () => {
  const outcome = (argv: string[], env = {}) => {
    const result = spawnSync(process.execPath, [DEFAULT_PATHS.portable, ...argv], { encoding: 'utf8', env });
    assert.match(result.stderr.trim().split('\n').at(-1)!, /^kaipo-capture: \S/);
    assert.equal(result.stdout, '');
    return result.status;
  };
  assert.equal(outcome([]), 64);
  assert.equal(outcome(['-i', 'a/b']), 64);
  assert.equal(outcome(['-i', 'lo', '--snaplen', '63']), 64);
  assert.equal(outcome(['-i', 'lo', '--fd', '9']), 64);
  assert.equal(outcome(['-i', 'lo', '--standby']), 64);
  assert.equal(outcome(['-i', 'lo'], { NODE_OPTIONS: '--no-warnings' }), 64);
  assert.equal(outcome(['-i', 'lo'], { UV_USE_IO_URING: '1' }), 64);
  assert.equal(outcome(['-i', 'lo', '--filter', 'tcp prot']), 65);
  assert.equal(outcome(['-i', 'kllnone0']), 66);
  assert.equal(outcome(['-i', 'lo', '--user', 'root']), 77);
});

if (skip === false) {
  const down = 'the cap package aborts its process when an interface goes down; the supervisor starts it again';
  helperStreamContract(
    'portable',
    ({ netns, interfaces, filter, snaplen }) => {
      const argv = interfaces.flatMap((name) => ['-i', name]);
      if (filter !== undefined) argv.push('--filter', filter);
      if (snaplen !== undefined) argv.push('--snaplen', String(snaplen));
      const helper = new Portable(argv, ['ip', 'netns', 'exec', netns, 'setpriv', '--no-new-privs', '--']);
      return { process: helper.child, stream: helper.stream, stderr: () => helper.stderr };
    },
    {
      ...NO_LIMITS,
      directions: 'the cap package does not tell the direction',
      kernelDrops: 'the cap package does not tell what the kernel dropped',
      interfaceDeletion: down,
      interfaceDown: down,
    },
  );
} else {
  test('portable helper keeps the contract', { skip }, () => {});
}
