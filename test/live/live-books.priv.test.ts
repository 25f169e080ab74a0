// The books on a real wire: what the store keeps of each interface agrees with the kernel's counters to the byte, what is missing has the
// right reason, and when all is quiet nothing is left over.
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import type { StoreView } from '@kaipo/core/store/store.js';
import { udpFrame, Wires } from '../helper/netns.js';
import { LiveProgram, noCapture, type Tick } from './live-program.js';

const FOR_EVER = [0, 4e15] as const;

interface Recorded {
  /** Bytes by "interface category reason". */
  readonly books: Readonly<Record<string, number>>;
  /** Bytes, packets and flows by scope and kind. */
  readonly scopes: Readonly<Record<string, Record<'app' | 'unknown' | 'protocol' | 'host', [number, number, number]>>>;
}

function recorded(dir: string): Recorded {
  const store = openStore({ dir, readOnly: true });
  return store.view((view) => ({ books: booksOf(view), scopes: scopesOf(view) }));
}

function booksOf(view: StoreView): Record<string, number> {
  const books: Record<string, number> = {};
  view.readBooks(1, ...FOR_EVER, (_, rows) => {
    for (const row of rows) {
      const key = `${row.interface} ${row.category} ${row.reason}`;
      books[key] = (books[key] ?? 0) + row.bytes;
    }
    return true;
  });
  return Object.fromEntries(Object.entries(books).filter(([, bytes]) => bytes !== 0));
}

function scopesOf(view: StoreView): Recorded['scopes'] {
  const scopes: Record<string, Record<'app' | 'unknown' | 'protocol' | 'host', [number, number, number]>> = {};
  for (const kind of ['app', 'unknown', 'protocol', 'host'] as const) {
    view.readSeries(kind, 1, ...FOR_EVER, (_, block) => {
      for (let row = 0; row < block.length; row++) {
        const { interface: name, zone } = view.scopeOf(block.scopeAt(row));
        const key = `${name} ${zone}`;
        scopes[key] ??= { app: [0, 0, 0], unknown: [0, 0, 0], protocol: [0, 0, 0], host: [0, 0, 0] };
        const sums = scopes[key][kind];
        sums[0] += block.txBytes[row]! + block.rxBytes[row]!;
        sums[1] += block.txPackets[row]! + block.rxPackets[row]!;
        sums[2] += block.flows[row]!;
      }
      return true;
    });
  }
  return scopes;
}

/** A store that is gone after the test. */
function storeDir(t: test.TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'kaipo-books-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

function startLive(
  t: test.TestContext,
  wires: Wires,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): LiveProgram {
  const live = new LiveProgram(['ip', 'netns', 'exec', wires.near], args, env);
  t.after(() => live.child.kill('SIGKILL'));
  return live;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null) await once(child, 'exit');
}

const isQuiet = (tick: Tick | undefined): boolean =>
  tick !== undefined && tick.books.kernelBytes === 0 && tick.books.inFlightBytes === 0 && tick.capture.received === 0;

/** Nothing moves, nothing comes late, nothing is written off any more. */
async function untilQuiet(live: LiveProgram): Promise<void> {
  await live.until('a quiet end', () => {
    const last = live.ticks.slice(-5);
    return (
      last.length === 5 && last.every((tick) => isQuiet(tick)) && live.sum((tick) => tick.books.inFlightBytes) === 0
    );
  });
}

function helperPid(live: LiveProgram): number {
  const children = readFileSync(`/proc/${live.child.pid}/task/${live.child.pid}/children`, 'utf8').trim().split(' ');
  const pid = children.map(Number).find((each) => {
    const words = readFileSync(`/proc/${each}/cmdline`, 'utf8');
    return words.includes('kaipo-capture') && !words.includes('--standby');
  });
  assert.ok(pid !== undefined, 'no capture helper runs');
  return pid;
}

test('two interfaces: the books of each are its own, and applications and the unknown are the protocols in every scope', {
  skip: noCapture,
  timeout: 60_000,
}, async (t) => {
  const wires = new Wires(3);
  t.after(() => wires.close());
  const dir = storeDir(t);
  const live = startLive(t, wires, ['-i', 'a0', '-i', 'a1', '--interval', '0.25', '--store', dir]);
  await live.until('the first tick', () => live.ticks.length > 0);
  wires.ping(0, 7);
  wires.ping(2, 3);
  await wires.replay(1, [udpFrame(1, 100), udpFrame(1, 200, 53), arpFrame(1)], 1000, 20);
  await untilQuiet(live);
  assert.equal(await live.interrupt(), 130);

  const { books, scopes } = recorded(dir);
  const [a0, a1, a2] = [0, 1, 2].map((i) => wires.counters(i).rxBytes + wires.counters(i).txBytes);
  assert.ok(a0! > 0 && a1! > 0 && a2! > 0);
  assert.equal(books['a0 kernel none'], a0);
  // Of ping and of the kernel that answers it, where there are events; else of nobody.
  assert.equal(books['a0 attributed none'] ?? books['a0 unknown no-ports'], a0);
  assert.equal(books['a1 kernel none'], a1);
  // Neither end is an address of this host: it only passes.
  assert.equal(books['a1 attributed none'], 20 * (142 + 242));
  assert.equal(books['a1 unknown not-a-flow'], 20 * 42);
  // What is not captured is counted all the same.
  assert.equal(books['a2 kernel none'], a2);
  assert.equal(books['a2 not-captured not-selected'], a2);
  assert.deepEqual(
    Object.keys(books).filter((key) => /in-flight|unexplained|capture-gap/.test(key)),
    [],
  );
  assert.deepEqual(Object.keys(scopes).sort(), ['a0 lan', 'a1 lan']);
  for (const { app, unknown, protocol } of Object.values(scopes)) {
    assert.deepEqual(
      app.map((sum, i) => sum + unknown[i]!),
      protocol,
    );
  }
  assert.equal(scopes['a0 lan']?.host[0], a0);
});

test('a full ring: what is missing was dropped by the kernel, and nothing is left over', {
  skip: noCapture,
  timeout: 90_000,
}, async (t) => {
  const wires = new Wires();
  t.after(() => wires.close());
  const dir = storeDir(t);
  const args = ['-i', 'a0', '--ring-mib', '8', '--interval', '0.5', '--store', dir];
  const live = startLive(t, wires, args);
  await live.until('the first tick', () => live.ticks.length > 0);
  const frames = Array.from({ length: 500 }, (_, i) => udpFrame(0, 18 + ((i * 7) % 1200), 1000 + i));
  const replay = wires.startReplay(0, frames, 30_000, 200);
  await live.until('the first packets', () => live.captured().delivered > 0);
  live.child.kill('SIGSTOP');
  await ended(replay);
  live.child.kill('SIGCONT');
  await untilQuiet(live);
  assert.equal(await live.interrupt(), 130);

  const { rxBytes, txBytes } = wires.counters(0);
  const captured = live.captured();
  const lost = live.notCaptured();
  t.diagnostic(JSON.stringify({ captured, lost, kernel: rxBytes + txBytes }));
  assert.ok(captured.droppedByKernel > 0, 'an 8 MiB ring cannot hold it all');
  assert.equal(
    live.sum((tick) => tick.books.kernelBytes),
    rxBytes + txBytes,
  );
  assert.deepEqual(Object.keys(lost), ['ring-full']);
  const arrived = live.sum((tick) => tick.books.attributedBytes + tick.books.unknownBytes);
  assert.equal(arrived + lost['ring-full']!, rxBytes + txBytes);
  const { books } = recorded(dir);
  assert.equal(books['a0 not-captured ring-full'], lost['ring-full']);
  assert.equal(books['a0 in-flight none'], undefined);
});

test('a killed helper: what moved meanwhile is a gap, and nothing is left over', {
  skip: noCapture,
  timeout: 60_000,
}, async (t) => {
  const wires = new Wires();
  t.after(() => wires.close());
  const dir = storeDir(t);
  const live = startLive(t, wires, ['-i', 'a0', '--interval', '0.25', '--store', dir]);
  await live.until('the first tick', () => live.ticks.length > 0);
  const frames = Array.from({ length: 200 }, (_, i) => udpFrame(0, 18 + i, 1000 + i));
  const replay = wires.startReplay(0, frames, 10_000, 100);
  await live.until('the first packets', () => live.captured().delivered > 0);
  process.kill(helperPid(live), 'SIGKILL');
  await live.until('the gap', () => live.ticks.some((tick) => tick.gaps === 1));
  await ended(replay);
  await untilQuiet(live);
  assert.equal(await live.interrupt(), 130);

  const { rxBytes, txBytes } = wires.counters(0);
  const lost = live.notCaptured();
  t.diagnostic(JSON.stringify({ captured: live.captured(), lost, kernel: rxBytes + txBytes }));
  assert.deepEqual(Object.keys(lost), ['capture-gap']);
  const arrived = live.sum((tick) => tick.books.attributedBytes + tick.books.unknownBytes);
  assert.equal(arrived + lost['capture-gap']!, rxBytes + txBytes);
  assert.equal(recorded(dir).books['a0 not-captured capture-gap'], lost['capture-gap']);
});

test('counters only: all is counted, and what moved while nobody recorded is caught up once', {
  skip: noCapture,
  timeout: 60_000,
}, async (t) => {
  const wires = new Wires();
  t.after(() => wires.close());
  const dir = storeDir(t);
  for (let run = 0; run < 3; run++) {
    const live = startLive(t, wires, ['--helper', 'none', '--interval', '0.25', '--store', dir]);
    await live.until('the first tick', () => live.ticks.length > 0);
    wires.ping(0, 5);
    const counted = (run + 1) * 5 * 2 * 98 + run * 3 * 2 * 98;
    await live.until('the packets', () => live.sum((tick) => tick.books.kernelBytes) >= 5 * 2 * 98);
    assert.equal(await live.interrupt(), 130);
    const { books } = recorded(dir);
    assert.equal(books['a0 kernel none'], counted);
    assert.equal(books['a0 not-captured counters-only'], (run + 1) * 5 * 2 * 98);
    assert.equal(books['a0 not-captured recorder-down'], run === 0 ? undefined : run * 3 * 2 * 98);
    wires.ping(0, 3);
  }
});

test('usage-only: the books close, and no address, name, protocol or flow is in the store', {
  skip: noCapture,
  timeout: 60_000,
}, async (t) => {
  const wires = new Wires();
  t.after(() => wires.close());
  const dir = storeDir(t);
  const live = startLive(t, wires, ['-i', 'a0', '--interval', '0.25', '--store', dir], {
    ...process.env,
    KAIPO_PRIVACY_MODE: 'usage-only',
  });
  await live.until('the first tick', () => live.ticks.length > 0);
  wires.ping(0, 5);
  await wires.replay(0, [udpFrame(0, 100)], 100, 5);
  await live.until('the packets', () => live.captured().delivered >= 15);
  assert.equal(await live.interrupt(), 130);
  const { books, scopes } = recorded(dir);
  const { rxBytes, txBytes } = wires.counters(0);
  assert.deepEqual(books, { 'a0 kernel none': rxBytes + txBytes, 'a0 unknown none': rxBytes + txBytes });
  assert.deepEqual(scopes, {});
  assert.equal(openStore({ dir, readOnly: true }).info().flows, 0);
});

/** A request nobody answers: a frame that belongs to no flow. */
function arpFrame(i: number): Buffer {
  const frame = Buffer.alloc(42);
  Buffer.from([2, 0, 0, 0, i, 0x0a, 2, 0, 0, 0, i, 0x0b, 8, 6, 0, 1, 8, 0, 6, 4, 0, 2]).copy(frame);
  Buffer.from([2, 0, 0, 0, i, 0x0b, 10, 77, i, 2, 2, 0, 0, 0, i, 0x0a, 10, 77, i, 1]).copy(frame, 22);
  return frame;
}
