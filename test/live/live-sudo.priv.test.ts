// `sudo kaipo live` with the real sudo and the real program: packets are captured, and no process that sees them is root.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { canRead, hasTools, makeUser, run } from '../helper/launch-test-user.js';
import { KAIPO, LiveProgram, noCapture } from './live-program.js';

const USER = 'kplivesudo';
const SUDOERS = `/etc/sudoers.d/${USER}`;
const skip = noCapture || (hasTools('sudo', 'runuser', 'useradd') ? false : 'needs sudo, runuser and useradd');

/** Process ids below `pid`, itself left out. */
function descendants(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean)
    .map(Number);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

test('under sudo neither the analyzer nor a helper is root, and the store belongs to the user', {
  skip,
  timeout: 60_000,
}, async (t) => {
  const removeUser = makeUser(USER);
  t.after(() => {
    rmSync(SUDOERS, { force: true });
    removeUser();
  });
  if (!canRead(USER, KAIPO)) return t.skip('this checkout is closed to other users');
  writeFileSync(SUDOERS, `${USER} ALL=(root) NOPASSWD: ALL\n`, { mode: 0o440 });
  const uid = Number(run('id', '-u', USER));
  const live = new LiveProgram(
    ['runuser', '-u', USER, '--', 'sudo', '-n'],
    ['-i', 'lo', '--store', `/home/${USER}/history`],
  );
  t.after(() => live.child.kill('SIGKILL'));
  await live.until('a tick with capture', () => live.ticks.some((tick) => tick.mode.startsWith('capture')));
  const programs = descendants(live.child.pid as number).filter((pid) =>
    /kaipo/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8')),
  );
  const seen = { analyzer: 0, helper: 0 };
  for (const pid of programs) {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    if (command.startsWith('sudo')) continue;
    const isHelper = command.includes('kaipo-capture');
    seen[isHelper ? 'helper' : 'analyzer'] += 1;
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      const status = readFileSync(`/proc/${pid}/task/${task}/status`, 'utf8');
      assert.doesNotMatch(status, /^Uid:.*\t0(\t|$)/m, command);
      // What removes the helper's tracefs instance when it is gone has the one capability that takes: CAP_DAC_OVERRIDE.
      const isJanitor = /^Name:\tkaipo-janitor$/m.test(status);
      assert.match(status, isJanitor ? /^CapEff:\t0{15}2$/m : /^CapEff:\t0{16}$/m, command);
      if (!isHelper) assert.match(status, new RegExp(`^Uid:\t${uid}\t${uid}\t${uid}\t${uid}$`, 'm'), command);
    }
  }
  assert.equal(seen.analyzer, 1);
  assert.ok(seen.helper >= 1);
  const analyzer = programs.find(
    (pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0] === process.execPath,
  );
  process.kill(analyzer as number, 'SIGINT');
  assert.equal(await live.exited, 130);
  assert.equal(run('stat', '-c', '%u %a', `/home/${USER}/history`).trim(), `${uid} 700`);
});
