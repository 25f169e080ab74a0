// What a machine knows of processes, units and files: each from a tree of files made here, and from this machine.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { ContainerNames } from '@kaipo/core/owners/container-names.js';
import { ExecutableHashes } from '@kaipo/core/owners/executable-hash.js';
import { packageOfFile } from '@kaipo/core/owners/file-package.js';
import { ProcProcesses } from '@kaipo/core/owners/proc-processes.js';
import { ProcessTree } from '@kaipo/core/owners/process-tree.js';
import { timerOfUnit } from '@kaipo/core/owners/unit-timer.js';
import { UserNames } from '@kaipo/core/owners/user-names.js';

function tree(t: TestContext, files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'kaipo-machine-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

test('the timer of a service', (t) => {
  const root = tree(t, {
    'etc/systemd/system/backup.timer': '[Timer]\nOnCalendar = *-*-* 03:00\nOnBootSec=5min\n',
    'usr/lib/systemd/system/backup.timer': '[Timer]\nOnCalendar=never\n',
    'usr/lib/systemd/system/fstrim@.timer': '[Timer]\nOnCalendar=weekly\n',
    'usr/lib/systemd/system/other.timer': '[Timer]\nOnCalendar=daily\nUnit=elsewhere.service\n',
    'run/systemd/transient/run-u7.timer': '[Timer]\nOnActiveSec=1min\u001b[2J\n',
    'home/.config/systemd/user/sync.timer': '[Timer]\nPersistent=true\n',
  });
  const timerOf = (unit: string): object | undefined => timerOfUnit(unit, root, join(root, 'home'));
  assert.deepEqual(timerOf('backup.service'), {
    timer: 'backup.timer',
    schedule: 'OnCalendar=*-*-* 03:00, OnBootSec=5min',
  });
  assert.deepEqual(timerOf('fstrim@home.service'), { timer: 'fstrim@home.timer', schedule: 'OnCalendar=weekly' });
  assert.deepEqual(timerOf('run-u7.service'), { timer: 'run-u7.timer', schedule: 'OnActiveSec=1min\ufffd[2J' });
  assert.deepEqual(timerOf('sync.service'), { timer: 'sync.timer' });
  for (const unit of [
    'other.service',
    'nginx.service',
    'session-1.scope',
    '../backup.service',
    '',
    `${'x'.repeat(300)}.service`,
  ]) {
    assert.equal(timerOf(unit), undefined, unit);
  }
});

test('the package of a file: dpkg, pacman and apk', async (t) => {
  const dpkg = tree(t, {
    'var/lib/dpkg/info/bash.list': '/.\n/bin\n/bin/bash\n/usr/share/doc/bash\n',
    'var/lib/dpkg/info/libc6:amd64.list': '/.\n/usr/lib/x86_64-linux-gnu/libc.so.6\n',
    'var/lib/dpkg/status':
      'Package: apt\nVersion: 1\n\nPackage: bash\nStatus: install ok installed\nVersion: 5.2-2+b1\n\nPackage: libc6\nVersion: 2.36\n',
  });
  assert.deepEqual(await packageOfFile('/usr/bin/bash', dpkg), { name: 'bash', version: '5.2-2+b1', manager: 'dpkg' });
  assert.deepEqual(await packageOfFile('/bin/bash', dpkg), { name: 'bash', version: '5.2-2+b1', manager: 'dpkg' });
  assert.deepEqual(await packageOfFile('/lib/x86_64-linux-gnu/libc.so.6', dpkg), {
    name: 'libc6',
    version: '2.36',
    manager: 'dpkg',
  });
  // A beginning of a line is no line.
  for (const path of ['/bin/bas', '/opt/tool', 'bash', '/bin/bash\n/usr', '']) {
    assert.equal(await packageOfFile(path, dpkg), undefined, path);
  }
  const pacman = tree(t, {
    'var/lib/pacman/local/gcc-libs-13.2.1-3/files': '%FILES%\nusr/\nusr/lib/libgcc_s.so.1\n',
    'var/lib/pacman/local/ALPM_DB_VERSION': '9\n',
  });
  assert.deepEqual(await packageOfFile('/usr/lib/libgcc_s.so.1', pacman), {
    name: 'gcc-libs',
    version: '13.2.1-3',
    manager: 'pacman',
  });
  const apk = tree(t, {
    'lib/apk/db/installed': 'P:musl\nV:1\nF:lib\nR:ld.so\n\nP:busybox\nV:1.36\nF:bin\nR:busybox\n',
  });
  assert.deepEqual(await packageOfFile('/bin/busybox', apk), { name: 'busybox', version: '1.36', manager: 'apk' });
  assert.equal(await packageOfFile('/lib/busybox', apk), undefined);
});

test('parents and namesakes of a process', (t) => {
  const stat = (pid: number, comm: string, parent: number, start: number): string =>
    `${pid} (${comm}) S ${parent} ${'0 '.repeat(17)}${start} 0`;
  const root = tree(t, {
    'proc/stat': 'cpu 1\nbtime 1700000000\n',
    'proc/1/stat': stat(1, 'systemd', 0, 10),
    'proc/20/stat': stat(20, 'a) S 1 (b', 1, 200),
    'proc/30/stat': stat(30, 'curl', 20, 350),
    'proc/30/cgroup': '0::/system.slice/run-u7.service\n',
    'proc/31/cgroup': `0::/system.slice/docker-${'a'.repeat(64)}.scope\n`,
    'proc/31/stat': stat(31, 'curl', 31, 360),
    'proc/self/stat': 'x',
  });
  symlinkSync('/usr/bin/curl (deleted)', join(root, 'proc/30/exe'));
  const processes = new ProcProcesses(
    join(root, 'proc'),
    new UserNames('/nonexistent'),
    new ContainerNames(root, root),
  );
  const running = new ProcessTree(join(root, 'proc'), processes);
  assert.deepEqual(running.process(30), {
    pid: 30,
    app: 'curl',
    exe: '/usr/bin/curl',
    unit: 'run-u7.service',
    startUs: 1_700_000_003_500_000,
  });
  // What is recorded has no number that the next start would change.
  assert.equal(processes.identityOf(30)?.unit, 'run.service');
  assert.deepEqual([running.process(31)?.unit, running.process(31)?.container], [undefined, 'docker:aaaaaaaaaaaa']);
  assert.deepEqual(
    running.parentsOf(30).map(({ pid, app }) => [pid, app]),
    [
      [20, 'a) S 1 (b'],
      [1, 'systemd'],
    ],
  );
  assert.deepEqual(
    running.runningAs('curl', 10).map(({ pid }) => pid),
    [30, 31],
  );
  assert.equal(running.runningAs('curl', 1).length, 1);
  assert.equal(running.process(99), undefined);
  // Its own parent: damaged, and no endless way up.
  assert.ok(running.parentsOf(31).length <= 12);
  assert.deepEqual(new ProcessTree(join(root, 'nothing')).runningAs('curl', 1), []);
});

test('this process is found, with what started it', { skip: process.platform !== 'linux' }, () => {
  const running = new ProcessTree();
  const own = running.process(process.pid);
  assert.equal(own?.exe, process.execPath);
  assert.ok(Math.abs(own!.startUs! / 1e6 - (Date.now() / 1000 - process.uptime())) < 5);
  assert.equal(running.parentsOf(process.pid)[0]?.pid, process.ppid);
  assert.ok(running.runningAs(own!.app, 1000).some(({ pid }) => pid === process.pid));
});

test('hashes: of the content, once as long as the file is the same, and none of what is no file', async (t) => {
  const root = tree(t, { tool: 'one', empty: '' });
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  const hashes = new ExecutableHashes();
  const tool = join(root, 'tool');
  assert.deepEqual(await Promise.all([hashes.hashOf(tool), hashes.hashOf(tool), hashes.hashOf(join(root, 'empty'))]), [
    sha256('one'),
    sha256('one'),
    sha256(''),
  ]);
  writeFileSync(tool, 'other');
  assert.equal(await hashes.hashOf(tool), sha256('other'));
  assert.equal(
    await hashes.hashOf(process.execPath),
    createHash('sha256').update(readFileSync(process.execPath)).digest('hex'),
  );
  for (const path of [root, join(root, 'none'), '/dev/null', '/dev/zero'])
    assert.equal(await hashes.hashOf(path), undefined);
  // A file with a hole is as large as it says.
  truncateSync(join(root, 'empty'), 512 * 1024 * 1024 + 1);
  assert.equal(await hashes.hashOf(join(root, 'empty')), undefined);
  const many = Array.from({ length: 70 }, (_, index) => hashes.hashOf(join(root, `none-${index}`)));
  assert.ok((await Promise.all(many)).every((hash) => hash === undefined));
  assert.equal(hashes.refused, 6);
});
