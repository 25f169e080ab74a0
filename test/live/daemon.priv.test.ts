// The recorder under sudo: captures without root, and a live that attaches to it keeps no helper.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import test, { type TestContext } from 'node:test';
import { canRead, hasTools, makeUser } from '../helper/launch-test-user.js';
import { DaemonProgram } from '../soak/daemon-program.js';
import { KAIPO, LiveProgram, noCapture } from './live-program.js';

const USER = 'kpdaemonsudo';
const SUDOERS = `/etc/sudoers.d/${USER}`;
const skip = noCapture || (hasTools('sudo', 'runuser', 'useradd') ? false : 'needs sudo, runuser and useradd');
const ENV = { ...process.env, XDG_RUNTIME_DIR: '', RUNTIME_DIRECTORY: '' };
const AS_USER = ['runuser', '-u', USER, '--'];
const WITH_SUDO = [...AS_USER, 'sudo', '-n'];

function prepare(t: TestContext): string | undefined {
  const removeUser = makeUser(USER);
  t.after(() => {
    rmSync(SUDOERS, { force: true });
    removeUser();
  });
  if (!canRead(USER, KAIPO)) return undefined;
  writeFileSync(SUDOERS, `${USER} ALL=(root) NOPASSWD: ALL\n`, { mode: 0o440 });
  return `/home/${USER}/history`;
}

function descendants(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  return children.map(Number).flatMap((child) => [child, ...descendants(child)]);
}

const commandOf = (pid: number): string => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
const helpersBelow = (pid: number): number[] =>
  descendants(pid).filter((each) => /^\S*kaipo-capture /.test(commandOf(each)));

test('under sudo: the daemon captures and nobody is root; SIGTERM ends it in order', {
  skip,
  timeout: 60_000,
}, async (t) => {
  const store = prepare(t);
  if (store === undefined) return t.skip('this checkout is closed to other users');
  const daemon = new DaemonProgram(['-i', 'lo', '--store', store], WITH_SUDO, ENV);
  t.after(() => daemon.end('SIGKILL'));
  await daemon.ready();
  assert.match(daemon.stderr, /recording into \S+ \(capture/);
  const pid = Number(/pid (\d+)/.exec(daemon.stderr)?.[1]);
  for (const each of [pid, ...helpersBelow(daemon.pid)]) {
    for (const task of readdirSync(`/proc/${each}/task`))
      assert.doesNotMatch(readFileSync(`/proc/${each}/task/${task}/status`, 'utf8'), /^Uid:.*\t0(\t|$)/m);
  }
  assert.ok(helpersBelow(daemon.pid).length > 0);
  process.kill(pid, 'SIGTERM');
  assert.equal(await daemon.exited, 143);
});

test('sudo kaipo live beside a recorder: attaches, and the helpers that root started are gone', {
  skip,
  timeout: 60_000,
}, async (t) => {
  const store = prepare(t);
  if (store === undefined) return t.skip('this checkout is closed to other users');
  const daemon = new DaemonProgram(['--helper', 'none', '--store', store], AS_USER, ENV);
  t.after(() => daemon.end('SIGKILL'));
  await daemon.ready();
  const live = new LiveProgram(WITH_SUDO, ['--store', store], ENV);
  t.after(() => live.child.kill('SIGKILL'));
  const tick = await live.until('a tick', () => live.ticks[0] as unknown as { recording: { detail: string } });
  const pid = Number(/pid (\d+)/.exec(daemon.stderr)?.[1]);
  assert.match(tick.recording.detail, new RegExp(`process ${pid}`));
  await live.until('an end of the helpers', () => helpersBelow(live.child.pid as number).length === 0);
  const analyzer = descendants(live.child.pid as number).find((each) => commandOf(each).startsWith(process.execPath));
  process.kill(analyzer as number, 'SIGINT');
  assert.equal(await live.exited, 130);
  process.kill(pid, 'SIGTERM');
  assert.equal(await daemon.exited, 143);
});
