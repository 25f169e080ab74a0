// `kaipo live` beside a recorder: shows what it measures, notices when it goes, and finds it again.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { findRecorder } from '@kaipo/cli/live/recorder-control.js';
import { DaemonProgram, KAIPO } from '../soak/daemon-program.js';
import { LiveProgram, type Tick } from './live-program.js';

const ENV = { ...process.env, XDG_RUNTIME_DIR: '', RUNTIME_DIRECTORY: '' };

interface Place {
  readonly store: string;
  begin(): Promise<DaemonProgram>;
  live(...args: string[]): LiveProgram;
}

function place(t: TestContext): Place {
  const folder = mkdtempSync(join(tmpdir(), 'kaipo-attach-'));
  const [store, config] = [join(folder, 'store'), join(folder, 'kaipo.toml')];
  writeFileSync(config, '[monitoring]\npoll_interval = 0.2\nbatch_write_interval = 1\n');
  const children: { child: { kill(signal: NodeJS.Signals): boolean }; exited: Promise<unknown> }[] = [];
  t.after(async () => {
    for (const { child, exited } of children) {
      child.kill('SIGKILL');
      await exited;
    }
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    store,
    begin: async () => {
      const daemon = new DaemonProgram(['--helper', 'none', '--store', store, '--config', config], [], ENV);
      children.push(daemon);
      await daemon.ready();
      return daemon;
    },
    live: (...args) => {
      const live = new LiveProgram([], ['--store', store, '--config', config, ...args], ENV);
      children.push(live);
      return live;
    },
  };
}

const recordingOf = (tick: Tick): { state: string; detail?: string } =>
  (tick as unknown as { recording: { state: string; detail?: string } }).recording;
const isFrom = (tick: Tick | undefined, pid: number): boolean =>
  tick !== undefined && recordingOf(tick).detail?.includes(`process ${pid}`) === true;

test('live shows the recorder of its store, and does not record itself', { timeout: 60_000 }, async (t) => {
  const at = place(t);
  const daemon = await at.begin();
  const live = at.live();
  await live.until('ticks of the recorder', () => live.ticks.filter((tick) => isFrom(tick, daemon.pid)).length >= 3);
  assert.ok(live.ticks.every((tick) => isFrom(tick, daemon.pid)));
  assert.equal((await findRecorder({ dir: at.store }))?.pid, daemon.pid);
  const plain = spawnSync(process.execPath, [KAIPO, 'live', '--plain', '--store', at.store, '--duration', '1'], {
    encoding: 'utf8',
    env: ENV,
    timeout: 20_000,
  });
  assert.equal(plain.status, 0, plain.stderr);
  assert.equal(plain.stdout.match(new RegExp(`recorded by process ${daemon.pid}`, 'g'))?.length, 1);
  assert.equal(await live.interrupt(), 130);
});

test('the recorder is killed: said at once, the view goes on, and finds the next recorder', {
  timeout: 60_000,
}, async (t) => {
  const at = place(t);
  const first = await at.begin();
  const live = at.live('--interval', '0.2');
  await live.until('a tick of the recorder', () => isFrom(live.ticks[0], first.pid));
  const seen = live.ticks.length;
  await first.end('SIGKILL');
  await live.until('the word', () => live.stderr.includes(`process ${first.pid}, is gone`));
  const own = await live.until('a tick of its own', () =>
    live.ticks.slice(seen).find((tick) => recordingOf(tick).state === 'off'),
  );
  assert.ok(own.notices?.some(({ text }) => text.includes('goes on by itself')));
  assert.equal(await findRecorder({ dir: at.store }), undefined);
  const second = await at.begin();
  await live.until('a tick of the next recorder', () => isFrom(live.ticks.at(-1), second.pid));
  assert.equal(await second.end('SIGTERM'), 143);
  await live.until('the word', () => live.stderr.includes(`process ${second.pid}, was stopped`));
  assert.equal(await live.interrupt(), 130);
});

test('options of a capture, and --no-record, mean an own view that records nothing', { timeout: 60_000 }, async (t) => {
  const at = place(t);
  const daemon = await at.begin();
  const live = at.live('--no-record', '--interval', '0.2');
  await live.until('ticks', () => live.ticks.length >= 2);
  assert.ok(live.ticks.every((tick) => recordingOf(tick).state === 'off'));
  assert.equal(await live.interrupt(), 130);
  assert.equal(await daemon.end(), 143);
});

test('a live that records is a recorder too: another one attaches to it', { timeout: 60_000 }, async (t) => {
  const at = place(t);
  const first = at.live('--interval', '0.2');
  await first.until('a tick', () => first.ticks.length > 0);
  assert.equal(recordingOf(first.ticks[0] as Tick).state, 'recording');
  const second = at.live();
  await second.until('ticks', () => second.ticks.length >= 2 && isFrom(second.ticks[0], first.child.pid ?? 0));
  assert.equal(await second.interrupt(), 130);
  assert.equal(await first.interrupt(), 130);
});
