// `kaipo setup` for real, with a group, a user and a folder of its own: a member captures, others do not, and all is taken back.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import test from 'node:test';
import { DEFAULT_PATHS } from '@kaipo/capture-helper/launch/index.js';
import { runSetup } from '@kaipo/cli/commands/setup.js';
import { PROBE, ProbeProcess } from './launch-probe-process.js';
import { canRead, hasTools, makeUser, run } from './launch-test-user.js';

const USER = 'kllsetup';
const GROUP = 'kllsetupgrp';
const FOLDER = '/usr/local/libexec/kllsetup';
const PATH = `${FOLDER}/kaipo-capture`;
const skip =
  process.geteuid?.() !== 0
    ? 'needs root'
    : !hasTools('runuser', 'useradd', 'groupadd', 'usermod')
      ? 'needs runuser and the passwd tools'
      : !existsSync(DEFAULT_PATHS.built)
        ? 'the native helper is not built'
        : false;

test('setup installs, a member of the group captures, uninstall takes all back', { skip }, async (t) => {
  const removeUser = makeUser(USER);
  const printed: string[] = [];
  const options = { group: GROUP, path: PATH, user: USER, print: (line: string) => void printed.push(line) };
  t.after(async () => {
    await runSetup({ ...options, uninstall: true });
    rmSync(FOLDER, { recursive: true, force: true });
    removeUser();
  });
  if (!canRead(USER, PROBE)) return t.skip('this checkout is closed to other users');
  const argv = ['runuser', '-u', USER, '--', process.execPath, PROBE, 'live', '-i', 'lo', '--helper', 'native'];
  const env = { PATH: process.env['PATH'], KAIPO_TEST_INSTALLED: PATH };

  assert.equal(await runSetup({ ...options, dryRun: true }), 0);
  assert.equal(existsSync(PATH), false, '--dry-run does nothing');
  assert.deepEqual(printed.splice(0), [
    `groupadd --system ${GROUP}`,
    `install -d -m 0755 ${FOLDER}`,
    `${DEFAULT_PATHS.built} --install ${PATH} --group ${GROUP}`,
    `usermod -aG ${GROUP} ${USER}`,
  ]);

  const umask = process.umask(0o077);
  assert.equal(await runSetup(options), 0);
  process.umask(umask);
  assert.match(printed.at(-1)!, new RegExp(`newgrp ${GROUP}`));
  const installed = statSync(PATH);
  assert.equal(installed.mode & 0o7777, 0o750);
  assert.equal(installed.uid, 0);
  assert.equal(statSync(FOLDER).mode & 0o777, 0o755);
  assert.match(run('id', '-nG', USER), new RegExp(GROUP));

  const member = new ProbeProcess(argv, env);
  t.after(() => member.child.kill('SIGKILL'));
  assert.equal((await member.wait('bytes'))['first'], '0a0d0d0a');
  const { pid } = await member.wait('start');
  assert.match(readFileSync(`/proc/${pid}/status`, 'latin1'), /^CapPrm:\s+0+$/m);
  process.kill(pid, 'SIGKILL');
  assert.equal((await member.wait('start', 2, 2000))['attempt'], 2, 'a member may start it again');
  await member.wait('bytes', 2);
  await member.finish();
  assert.equal((await member.wait('end'))['reason'], 'closed');

  run('gpasswd', '-d', USER, GROUP);
  const outsider = new ProbeProcess(argv, env);
  const refused = await outsider.wait('refused');
  assert.equal(refused['exitCode'], 77);
  assert.equal(refused['name'], 'NoHelperError');
  assert.match(refused['fix'], /usermod -aG/);
  await outsider.finish();

  assert.equal(await runSetup({ ...options, uninstall: true }), 0);
  assert.equal(existsSync(FOLDER), false);
  assert.doesNotMatch(readFileSync('/etc/group', 'utf8'), new RegExp(`^${GROUP}:`, 'm'));
});
