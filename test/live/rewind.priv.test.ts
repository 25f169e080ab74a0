// The past is what the live screen showed: real traffic on a wire is recorded by the real program while its ticks are kept; then every
// recorded moment is looked at again, beside the running recorder, and says the same.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { HistoryRewind } from '@kaipo/cli/live/history-rewind.js';
import { tickRecord } from '@kaipo/cli/tui/tick-record.js';
import { Wires } from '../helper/netns.js';
import { KAIPO, LiveProgram, noCapture, type Tick } from './live-program.js';

const S = 1_000_000;
const SERVER = `require('node:http').createServer((q, a) => a.end('x'.repeat(Number(q.url.slice(1)))))
  .listen(8080, '10.77.0.2', () => console.log('ready'))`;
/** One that goes on over one connection, beside curls that come and go; now and then nothing moves for a second and a half. */
const SYNC = `const http = require('node:http'); const agent = new http.Agent({ keepAlive: true });
setInterval(() => http.get({ host: '10.77.0.2', port: 8080, path: '/30000', agent }, (a) => a.resume()), 150);`;
const LOOP =
  'while :; do for i in 1 2 3 4 5; do curl -s -o /dev/null http://10.77.0.2:8080/5000; done; sleep 1.5; done';
const SECONDS = 14;

interface PastTick extends Tick {
  readonly past: { from: number; to: number; resolutionSeconds: number; recorded: boolean };
  readonly protocols: readonly Named[];
}
type Named = {
  readonly name: string;
  readonly txBytes: number;
  readonly rxBytes: number;
  readonly txPackets: number;
  readonly rxPackets: number;
};
type Sums = Record<string, number[]>;

/** Rows of several ticks as sums by name; rows in which nothing moved say nothing. */
function sums<Row extends object>(
  ticks: readonly Tick[],
  rowsOf: (tick: Tick) => readonly Row[] | undefined,
  keyOf: (row: Row) => string,
): Sums {
  const found: Sums = {};
  for (const row of ticks.flatMap((tick) => rowsOf(tick) ?? [])) {
    const { txBytes, rxBytes, txPackets, rxPackets } = row as unknown as Named;
    const values = [txBytes, rxBytes, txPackets, rxPackets];
    if (values.some((value) => value > 0))
      found[keyOf(row)] = values.map((value, i) => value + (found[keyOf(row)]?.[i] ?? 0));
  }
  return Object.fromEntries(Object.entries(found).sort());
}

function reasons(ticks: readonly Tick[], of: 'unknownReasons' | 'notCapturedReasons'): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { books } of ticks)
    for (const [reason, bytes] of Object.entries(books[of] ?? {})) found[reason] = (found[reason] ?? 0) + bytes;
  return Object.fromEntries(
    Object.entries(found)
      .filter(([, bytes]) => bytes !== 0)
      .sort(),
  );
}

const add = (ticks: readonly Tick[], pick: (tick: Tick) => number): number =>
  ticks.reduce((sum, tick) => sum + pick(tick), 0);
const startUs = (tick: Tick): number =>
  Math.round((tick.ts - (tick as unknown as { intervalSeconds: number }).intervalSeconds) * S);

test('every recorded moment, looked at again, is what the live screen showed', {
  skip: noCapture,
  timeout: 120_000,
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kaipo-rewind-'));
  const store = join(folder, 'store');
  const wires = new Wires();
  const started: ReturnType<typeof spawn>[] = [];
  const begin = (netns: string, ...argv: string[]) => {
    const child = spawn('ip', ['netns', 'exec', netns, ...argv], {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    started.push(child);
    return child;
  };
  const env = { ...process.env, XDG_RUNTIME_DIR: folder, RUNTIME_DIRECTORY: '' };
  const live = new LiveProgram(
    ['ip', 'netns', 'exec', wires.near],
    ['-i', 'a0', '--interval', '0.7', '--store', store],
    env,
  );
  const rewind = new HistoryRewind({ dir: store }, { interfaces: ['a0'] });
  t.after(async () => {
    await rewind.close();
    for (const { pid } of started) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    live.child.kill('SIGKILL');
    await live.exited;
    wires.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await live.until('the first tick', () => live.ticks.length > 0);
  const server = begin(wires.far, process.execPath, '-e', SERVER);
  await new Promise((resolve) => server.stdout!.once('data', resolve));
  begin(wires.near, process.execPath, '-e', SYNC);
  begin(wires.near, '/bin/bash', '-c', LOOP);
  wires.ping(0, 5);
  await live.until('enough ticks', () => live.ticks.length > SECONDS / 0.7);
  // Owners that are found late mend what was recorded some intervals before: these are over by then.
  const shown = live.ticks.slice(0, -6);
  await rewind.refresh(5000);

  const seconds = new Map<number, Tick[]>();
  for (const tick of shown) {
    const second = Math.floor(startUs(tick) / S);
    seconds.set(second, [...(seconds.get(second) ?? []), tick]);
  }
  assert.ok(seconds.size >= 8);
  let mended = 0;
  for (const [second, ticks] of [...seconds].slice(0, -1)) {
    const { snapshot, label, isEdge } = rewind.show(second * S, 5);
    const past = [tickRecord(snapshot) as PastTick];
    assert.equal(past[0]!.past.from, second);
    assert.ok(past[0]!.past.recorded && past[0]!.past.resolutionSeconds === 1 && !isEdge);
    assert.match(label, / at \w{3} \d{1,2} \w{3} \d\d:\d\d:\d\d$/);
    assert.ok(
      Math.abs(
        snapshot.intervalUs -
          add(ticks, (tick) => (tick as unknown as { intervalSeconds: number }).intervalSeconds * S),
      ) < 10,
    );
    for (const what of ['interfaces', 'protocols', 'hosts'] as const) {
      const rowsOf = (tick: Tick) => (tick as PastTick)[what] as readonly { name?: string; ip?: string }[] | undefined;
      const keyOf = (row: { name?: string; ip?: string }): string => row.ip ?? row.name!;
      assert.deepEqual(sums(past, rowsOf, keyOf), sums(ticks, rowsOf, keyOf), `${what} of ${label}`);
    }
    for (const of of ['received', 'delivered', 'droppedByKernel', 'droppedByHelper'] as const)
      assert.equal(
        past[0]!.capture[of],
        add(ticks, (tick) => tick.capture[of]),
        `${of} of ${label}`,
      );
    for (const of of ['kernelBytes', 'notCapturedBytes', 'inFlightBytes'] as const)
      assert.equal(
        past[0]!.books[of],
        add(ticks, (tick) => tick.books[of]),
        `${of} of ${label}`,
      );
    assert.deepEqual(reasons(past, 'notCapturedReasons'), reasons(ticks, 'notCapturedReasons'), label);
    // What was unknown then and has an owner now: as many bytes more in the applications as are less in the unknown, else the same.
    const later = add(ticks, ({ books }) => books.unknownBytes) - past[0]!.books.unknownBytes;
    assert.ok(later >= 0, label);
    assert.equal(past[0]!.books.attributedBytes - add(ticks, ({ books }) => books.attributedBytes), later, label);
    if (later === 0) assert.deepEqual(reasons(past, 'unknownReasons'), reasons(ticks, 'unknownReasons'), label);
    mended += later === 0 ? 0 : 1;
    const apps = [past, ticks].map((of) => sums(of, (tick) => tick.apps, appKey));
    const bytes = apps.map((of) => Object.values(of).reduce((sum, [tx = 0, rx = 0]) => sum + tx + rx, 0));
    assert.equal(bytes[0]! - bytes[1]!, later, `applications of ${label}`);
    if (later === 0) assert.deepEqual(apps[0], apps[1], `applications of ${label}`);
    assert.equal(past[0]!.mode, ticks.at(-1)!.mode, label);
  }
  t.diagnostic(`${seconds.size} seconds, ${mended} of them mended later`);
  assert.ok(mended < seconds.size / 2);

  const at = String([...seconds.keys()][3]);
  const args = [KAIPO, 'live', '--at', at, '--store', store, '-i', 'a0'];
  const asked = spawnSync(process.execPath, [...args, '--format', 'ndjson'], { encoding: 'utf8', env });
  assert.equal(asked.status, 0, asked.stderr);
  assert.deepEqual(JSON.parse(asked.stdout).past.from, Number(at));
  const plain = spawnSync(process.execPath, [...args, '--plain'], { encoding: 'utf8', env });
  assert.equal(plain.status, 0, plain.stderr);
  assert.match(plain.stdout, /^1(?:\.\d)? s at .*\n {2}interfaces .*\n {2}a0 \(captured\)/);
});

function appKey(row: Tick['apps'][number]): string {
  const { app, user, unit, container } = row as unknown as Record<string, string | undefined>;
  return `${app} ${user ?? ''} ${container ?? unit ?? ''}`;
}
