// The way through a real sudo: the helper is started as root, the analyzer becomes the user for good, spares take over.
import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { DEFAULT_PATHS, SPARE_HELPERS } from '@kaipo/capture-helper/launch/index.js';
import { PROBE, ProbeProcess } from './launch-probe-process.js';
import { isAlive, readStatus, until } from './launch-recorder.js';
import { canRead, hasTools, makeUser, run } from './launch-test-user.js';

const USER = 'kllsudo';
const SUDOERS = '/etc/sudoers.d/kllsudo';
const skip =
  process.geteuid?.() !== 0
    ? 'needs root'
    : !hasTools('sudo', 'runuser', 'useradd')
      ? 'needs sudo, runuser and useradd'
      : !existsSync(DEFAULT_PATHS.built)
        ? 'the native helper is not built'
        : false;

test('under sudo the analyzer is the user, cannot go back, captures, and spares replace killed helpers', {
  skip,
}, async (t) => {
  const removeUser = makeUser(USER);
  t.after(() => {
    rmSync(SUDOERS, { force: true });
    removeUser();
  });
  if (!canRead(USER, PROBE)) return t.skip('this checkout is closed to other users');
  writeFileSync(SUDOERS, `${USER} ALL=(root) NOPASSWD: ALL\n`, { mode: 0o440 });
  const uid = Number(run('id', '-u', USER));

  const argv = [
    'runuser',
    '-u',
    USER,
    '--',
    'sudo',
    '-n',
    process.execPath,
    PROBE,
    'live',
    '-i',
    'lo',
    '--helper',
    'native',
  ];
  const probe = new ProbeProcess(argv, { PATH: process.env['PATH'], XDG_CONFIG_HOME: '/root/.config' });
  t.after(() => probe.child.kill('SIGKILL'));
  const dropped = await probe.wait('dropped');
  assert.equal(dropped['uid'], uid);
  assert.equal(dropped['euid'], uid);
  assert.equal(dropped['groups'].includes(0), false);
  assert.deepEqual(dropped['tries'], ['EPERM', 'EPERM']);
  assert.equal(dropped['prepared'], true);
  assert.equal(dropped['spares'], SPARE_HELPERS);
  assert.deepEqual(dropped['env'], { HOME: `/home/${USER}`, USER, LOGNAME: USER });
  assert.equal(dropped['again'], 'this process is not root');
  assert.equal(dropped['report'].user.before.euid, 0);
  assert.match(readStatus(dropped['pid']), new RegExp(`^Uid:\\s+${uid}\\s+${uid}\\s+${uid}\\s+${uid}$`, 'm'));
  assert.match(readStatus(dropped['pid']), /^CapPrm:\s+0+$/m);

  for (let round = 1; round <= SPARE_HELPERS + 1; round += 1) {
    const start = await probe.wait('start', round);
    assert.equal(start['helper'], 'native');
    assert.equal((await probe.wait('bytes', round, 3000))['first'], '0a0d0d0a');
    assert.doesNotMatch(readStatus(start['pid']), /^Uid:.*\b0\b/m);
    process.kill(start['pid'], 'SIGKILL');
    await probe.wait('gap', round);
  }
  const end = await probe.wait('end');
  assert.equal(end['reason'], 'failed');
  assert.equal(end['fix'], 'sudo kaipo live');
  assert.equal(end['exitCode'], 77);
  assert.match(end['message'], /killed by SIGKILL; it cannot be started again/);
  await probe.finish();
});

test('under sudo an orderly end leaves no process', { skip }, async (t) => {
  const removeUser = makeUser(USER);
  t.after(() => {
    rmSync(SUDOERS, { force: true });
    removeUser();
  });
  if (!canRead(USER, PROBE)) return t.skip('this checkout is closed to other users');
  writeFileSync(SUDOERS, `${USER} ALL=(root) NOPASSWD: ALL\n`, { mode: 0o440 });
  const probe = new ProbeProcess([
    'runuser',
    '-u',
    USER,
    '--',
    'sudo',
    '-n',
    process.execPath,
    PROBE,
    'live',
    '-i',
    'lo',
  ]);
  t.after(() => probe.child.kill('SIGKILL'));
  const start = await probe.wait('start');
  await probe.wait('bytes');
  await probe.finish();
  assert.equal((await probe.wait('end'))['reason'], 'closed');
  await until('the helper is gone', () => !isAlive(start['pid']), 1000);
});

test("under pkexec too, and directories that are not the user's own are forgotten", { skip }, async (t) => {
  const removeUser = makeUser(USER);
  t.after(removeUser);
  const uid = Number(run('id', '-u', USER));
  const probe = new ProbeProcess([process.execPath, PROBE, 'status'], {
    PKEXEC_UID: String(uid),
    HOME: '/root',
    XDG_CONFIG_HOME: '/root/.config',
    XDG_DATA_HOME: `/home/${USER}/data`,
    XDG_RUNTIME_DIR: '/run/user/0',
  });
  t.after(() => probe.child.kill('SIGKILL'));
  const dropped = await probe.wait('dropped');
  assert.equal(dropped['uid'], uid);
  assert.equal(dropped['prepared'], false, 'status does not capture');
  assert.deepEqual(dropped['tries'], ['EPERM', 'EPERM']);
  assert.deepEqual(dropped['env'], { HOME: `/home/${USER}`, USER, LOGNAME: USER, XDG_DATA_HOME: `/home/${USER}/data` });
});

test('root without sudo stays root and is told so', { skip }, async (t) => {
  const probe = new ProbeProcess([process.execPath, PROBE, 'setup'], { SUDO_UID: '65534', SUDO_GID: '65534' });
  t.after(() => probe.child.kill('SIGKILL'));
  const dropped = await probe.wait('dropped');
  assert.equal(dropped['uid'], 0, 'setup keeps root');
  const plain = new ProbeProcess([process.execPath, PROBE, 'live', '-i', 'lo'], {});
  t.after(() => plain.child.kill('SIGKILL'));
  const stayed = await plain.wait('dropped');
  assert.equal(stayed['uid'], 0);
  assert.match(stayed['again'], /not through sudo/);
});
