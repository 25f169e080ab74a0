// The rung without any privilege: a user who may not capture sees what their applications moved over TCP, to the byte, and the books close.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import test, { type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { canRead } from '../helper/launch-test-user.js';
import { notRoot, Wires } from '../helper/netns.js';
import { KAIPO, LiveProgram } from './live-program.js';

const UP = 77_777;
const DOWN = 1_234_567;
const SHORT_UP = 1_001;
const SHORT_DOWN = 20_003;
const SHORT = 8;
const PROGRAM = fileURLToPath(new URL('../../../capture-helper/build/kaipo-sockets', import.meta.url));
const skip =
  notRoot || (canRead('nobody', KAIPO) && canRead('nobody', PROGRAM) ? false : 'nobody cannot read this checkout');

/** In a namespace, as a user without any privilege. */
const asNobody = (netns: string): string[] => [
  ...['ip', 'netns', 'exec', netns],
  ...['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'],
];

/** Answers the first 8 bytes of a connection: how many come up, how many are wanted down; closes first. */
const SERVER = `require('net').createServer((socket) => {
  let got = 0, up = Infinity, down = 0;
  socket.on('error', () => {});
  socket.on('data', (data) => {
    if (up === Infinity) { up = data.readUInt32LE(0); down = data.readUInt32LE(4); }
    got += data.length;
    if (got >= up) { up = Infinity; socket.end(Buffer.alloc(down)); }
  });
}).listen(7000, '10.77.0.2', () => console.log('ready'));`;

/** A line "UP DOWN [hold]" on stdin is one connection; a line comes back when it is over, or with hold when all is there. */
const CLIENT = `const held = [];
require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const [up, down, hold] = line.split(' ');
  const socket = require('net').connect({ port: 7000, host: '10.77.0.2', allowHalfOpen: hold === 'hold' });
  const request = Buffer.alloc(Number(up));
  request.writeUInt32LE(Number(up), 0); request.writeUInt32LE(Number(down), 4);
  let got = 0;
  socket.on('data', (data) => { got += data.length; if (hold === 'hold' && got === Number(down)) { held.push(socket); console.log(got); } });
  if (hold !== 'hold') socket.on('close', () => console.log(got));
  socket.write(request);
});
process.stdin.on('end', () => { for (const socket of held) socket.end(); });
console.log('ready');`;

class Peer {
  readonly child: ChildProcess;
  readonly #lines: string[] = [];
  readonly #waiting: ((line: string) => void)[] = [];

  constructor(t: TestContext, command: readonly string[], script: string) {
    const [program = '', ...args] = [...command, process.execPath, '-e', script];
    this.child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], cwd: '/' });
    t.after(() => this.child.kill('SIGKILL'));
    createInterface({ input: this.child.stdout! }).on('line', (line) => {
      const next = this.#waiting.shift();
      if (next === undefined) this.#lines.push(line);
      else next(line);
    });
  }

  async line(): Promise<string> {
    return this.#lines.shift() ?? new Promise((resolve) => this.#waiting.push(resolve));
  }

  async ask(line: string): Promise<string> {
    this.child.stdin?.write(`${line}\n`);
    return this.line();
  }
}

interface Scene {
  readonly wires: Wires;
  readonly dir: string;
  readonly live: LiveProgram;
  readonly client: Peer;
}

async function scene(t: TestContext, env: NodeJS.ProcessEnv = {}): Promise<Scene> {
  const wires = new Wires();
  t.after(() => wires.close());
  const dir = mkdtempSync(join(tmpdir(), 'kaipo-sockets-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  chmodSync(dir, 0o777);
  const server = new Peer(t, ['ip', 'netns', 'exec', wires.far], SERVER);
  const client = new Peer(t, asNobody(wires.near), CLIENT);
  assert.deepEqual([await server.line(), await client.line()], ['ready', 'ready']);
  const store = join(dir, 'store');
  const args = ['--interval', '0.25', '--store', store];
  const live = new LiveProgram(asNobody(wires.near), args, { PATH: process.env['PATH'], HOME: dir, ...env });
  t.after(() => live.child.kill('SIGKILL'));
  // The first snapshot is there when a listener of an own user could be: two seconds of ticks are more than it takes.
  await live.until('ticks with sockets', () => live.ticks.length >= 8);
  return { wires, dir: store, live, client };
}

/** The answer of a command of kaipo about the store, as JSON. */
function ask(dir: string, ...args: string[]): { status: number | null; answer: Record<string, unknown> } {
  const result = spawnSync(process.execPath, [KAIPO, ...args, '--store', dir, '--format', 'json'], {
    encoding: 'utf8',
  });
  return { status: result.status, answer: JSON.parse(result.stdout) as Record<string, unknown> };
}

const payload = (live: LiveProgram, side: 'txBytes' | 'rxBytes'): number =>
  live.sum((tick) => (tick.hosts ?? []).reduce((sum, host) => sum + (host.ip === '10.77.0.2' ? host[side] : 0), 0));

test('a user without privileges: TCP payload by application to the byte, and books that close', {
  skip,
  timeout: 90_000,
}, async (t) => {
  const { wires, dir, live, client } = await scene(t);
  assert.equal(await client.ask(`${UP} ${DOWN} hold`), String(DOWN));
  const app = basename(process.execPath);
  const ofApp = (side: 'txBytes' | 'rxBytes'): number =>
    live.sum((tick) => tick.apps.reduce((sum, row) => sum + (row.app === app ? row[side] : 0), 0));
  await live.until('the long connection, of its application', () => ofApp('rxBytes') >= DOWN && ofApp('txBytes') >= UP);
  for (let i = 0; i < SHORT; i++) assert.equal(await client.ask(`${SHORT_UP} ${SHORT_DOWN}`), String(SHORT_DOWN));
  await live.until('the short ones', () => payload(live, 'rxBytes') >= DOWN + SHORT * SHORT_DOWN);
  client.child.stdin?.end();
  const last = live.ticks.length;
  await live.until('some more ticks', () => live.ticks.length > last + 10);
  assert.equal(await live.interrupt(), 130);

  // A short connection that a snapshot met by chance has its application too.
  const met = (ofApp('txBytes') - UP) / SHORT_UP;
  assert.ok(Number.isInteger(met) && met >= 0 && met < SHORT, `${met} short connections were met`);
  assert.equal(ofApp('rxBytes'), DOWN + met * SHORT_DOWN);
  assert.deepEqual(
    [payload(live, 'txBytes'), payload(live, 'rxBytes')],
    [UP + SHORT * SHORT_UP, DOWN + SHORT * SHORT_DOWN],
  );
  for (const tick of live.ticks) {
    assert.equal(tick.mode, 'counters');
    const { kernelBytes, attributedBytes, unknownBytes, notCapturedBytes, inFlightBytes } = tick.books;
    assert.equal(kernelBytes, attributedBytes + unknownBytes + notCapturedBytes + inFlightBytes);
  }
  const { rxBytes, txBytes } = wires.counters(0);
  const owned = UP + DOWN + met * (SHORT_UP + SHORT_DOWN);
  const moved = UP + DOWN + SHORT * (SHORT_UP + SHORT_DOWN);
  const { status, answer } = ask(dir, 'audit', '--bound', '0');
  t.diagnostic(JSON.stringify(answer['total']));
  assert.equal(status, 0);
  const total = answer['total'] as Record<string, number> & Record<'unknown' | 'notCaptured', Record<string, number>>;
  assert.equal(total['attributedBytes'], owned);
  assert.deepEqual(total.unknown, { 'short-lived': moved - owned });
  assert.equal(total['kernelBytes'], moved + total.notCaptured['counters-only']!);
  assert.ok(total['kernelBytes'] <= rxBytes + txBytes);
  const rows = ask(dir, 'apps').answer['rows'] as Record<string, unknown>[];
  assert.deepEqual(
    rows.map((row) => [row['app'], row['user'], row['txBytes'], row['rxBytes'], row['quality']]),
    [[app, 'nobody', ofApp('txBytes'), ofApp('rxBytes'), { 'proc-snapshot': owned }]],
  );
});

const WITHIN = `const server = require('net').createServer((socket) => socket.resume().on('end', () => server.close()));
server.listen(0, '127.0.0.1', () => require('net').connect(server.address().port, '127.0.0.1').end(Buffer.alloc(54321)));`;

test('a connection within the host has both ends of its bytes, on the books of no interface', {
  skip,
  timeout: 60_000,
}, async (t) => {
  const { wires, dir, live } = await scene(t);
  const [program = '', ...args] = [...asNobody(wires.near), process.execPath, '-e', WITHIN];
  assert.equal(spawnSync(program, args, { cwd: '/' }).status, 0);
  const sum = (side: 'txBytes' | 'rxBytes'): number =>
    live.sum((tick) =>
      (tick.hosts ?? []).reduce((bytes, host) => bytes + (host.ip === '127.0.0.1' ? host[side] : 0), 0),
    );
  await live.until('both ends', () => sum('txBytes') >= 54_321 && sum('rxBytes') >= 54_321);
  assert.equal(await live.interrupt(), 130);
  assert.deepEqual([sum('txBytes'), sum('rxBytes')], [54_321, 54_321]);
  const { status, answer } = ask(dir, 'audit', '--bound', '0');
  const total = answer['total'] as Record<string, number>;
  assert.deepEqual([status, total['elsewhereBytes'], total['attributedBytes']], [0, 108_642, 0]);
  const apps = ask(dir, 'apps').answer as { notCounted: { bytes: number } };
  assert.equal(apps.notCounted.bytes, 108_642);
});

test('the program has no privilege, no descriptor it does not need, and goes with its reader', {
  skip,
  timeout: 60_000,
}, async (t) => {
  // Started by root it becomes nobody.
  const child = spawn(PROGRAM, [], { stdio: ['ignore', 'pipe', 'inherit'], cwd: '/' });
  t.after(() => child.kill('SIGKILL'));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const status = readFileSync(`/proc/${child.pid}/status`, 'latin1');
  for (const line of ['Uid:\t65534\t65534\t65534\t65534', 'NoNewPrivs:\t1', 'Seccomp:\t2', 'Groups:\t '])
    assert.ok(status.includes(`\n${line}`), `${line}\n${status}`);
  for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
    assert.match(status, new RegExp(`\n${set}:\t0+\n`));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.stdout.destroy();
  assert.equal(await ended, 0);
});

test('usage-only: applications are shown, not recorded', { skip, timeout: 60_000 }, async (t) => {
  const { dir, live, client } = await scene(t, { KAIPO_PRIVACY_MODE: 'usage-only' });
  await client.ask(`${UP} ${DOWN} hold`);
  await live.until('the application', () => live.ticks.some((tick) => tick.apps.some((row) => row.rxBytes > 0)));
  assert.equal(await live.interrupt(), 130);
  assert.deepEqual(ask(dir, 'apps').answer['rows'], []);
  const { status, answer } = ask(dir, 'audit', '--bound', '0');
  assert.equal(status, 0);
  assert.equal((answer['total'] as Record<string, number>)['attributedBytes'], 0);
});
