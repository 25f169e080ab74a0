import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { builtinRules } from '@kaipo/core/config/app-rules-file.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { AppRules, globTest, useAppRules } from '@kaipo/core/owners/app-rules.js';
import { ContainerNames } from '@kaipo/core/owners/container-names.js';
import { ProcProcesses } from '@kaipo/core/owners/proc-processes.js';
import { describeProcess, lastingUnit, type ProcessFacts } from '@kaipo/core/owners/process-identity.js';
import { scriptName } from '@kaipo/core/owners/script-name.js';
import { UserNames } from '@kaipo/core/owners/user-names.js';
import fc from 'fast-check';

const BUILTIN = new AppRules(builtinRules());
const NAMES = { userName: (uid: number) => `user${uid}`, rules: BUILTIN };
const ID = '0123456789abcdef'.repeat(4);

const identity = (facts: Partial<ProcessFacts>) => describeProcess({ pid: 7, comm: '', ...facts }, NAMES);

const APPS: readonly [string, Partial<ProcessFacts>, string][] = [
  ['a program', { exe: '/usr/bin/curl', comm: 'curl' }, 'curl'],
  ['a program that was replaced', { exe: '/usr/bin/curl (deleted)', comm: 'curl' }, 'curl'],
  ['a file name as it was given to exec', { exe: './tool', comm: 'tool' }, 'tool'],
  ['only the name it gave itself', { comm: 'kworker/0:1' }, 'kworker/0:1'],
  ['nothing', {}, 'pid 7'],
  ['a program installed by version', { exe: '/home/a/.local/share/x/versions/2.1.7', comm: 'x' }, 'x'],
  ['Chrome', { exe: '/opt/google/chrome/chrome', comm: 'chrome' }, 'chrome'],
  ['crash reports of Chrome', { exe: '/opt/google/chrome/chrome_crashpad_handler', comm: 'chrome_crashpad' }, 'chrome'],
  ['a gone helper of Chrome', { comm: 'chrome_crashpad' }, 'chrome'],
  ['Chromium', { exe: '/usr/lib/chromium/chromium', comm: 'chromium' }, 'chromium'],
  ['a tab of Firefox', { exe: '/usr/lib/firefox-esr/firefox-esr', comm: 'Isolated Web Co' }, 'firefox'],
  ['a gone helper of Firefox', { comm: 'Socket Process' }, 'firefox'],
  ['a gone helper of Thunderbird', { comm: 'Socket Process', parents: [{ comm: 'thunderbird' }] }, 'thunderbird'],
  [
    'the network of a WebKit browser',
    {
      exe: '/usr/libexec/webkit2gtk-4.1/WebKitNetworkProcess',
      parents: [{ comm: 'epiphany', exe: '/usr/bin/epiphany' }],
    },
    'epiphany',
  ],
  ['WebKit of nobody known', { exe: '/usr/libexec/WebKitNetworkProcess' }, 'webkit'],
  ['a helper of an Electron application', { exe: '/usr/share/code/chrome_crashpad_handler' }, 'code'],
  ['a tab of a browser like Firefox', { exe: '/opt/waterfox/waterfox', comm: 'Web Content' }, 'waterfox'],
  ['a program in a folder of the same name', { exe: '/home/me/code/server', comm: 'server' }, 'server'],
  ['a game', { exe: '/home/me/.local/share/Steam/steamapps/common/x/game' }, 'game'],
  ['Steam', { exe: '/home/me/.local/share/Steam/ubuntu12_64/steamwebhelper' }, 'steam'],
  ['Slack', { exe: '/usr/lib/slack/slack' }, 'slack'],
  ['Spotify', { exe: '/snap/spotify/77/usr/share/spotify/spotify' }, 'spotify'],
  ['a transport of git', { exe: '/usr/lib/git-core/git-remote-https' }, 'git'],
  ['ssh for git', { exe: '/usr/bin/ssh', parents: [{ comm: 'git', exe: '/usr/bin/git' }] }, 'git'],
  ['ssh for somebody', { exe: '/usr/bin/ssh', parents: [{ comm: 'bash', exe: '/usr/bin/bash' }] }, 'ssh'],
  ['a session of sshd', { exe: '/usr/lib/openssh/sshd-session', comm: 'sshd-session' }, 'sshd'],
  ['a method of apt', { exe: '/usr/lib/apt/methods/http', comm: 'http' }, 'apt'],
  ['a published port of a container', { exe: '/usr/bin/docker-proxy' }, 'docker'],
  ['a service of systemd', { exe: '/usr/lib/systemd/systemd-timesyncd' }, 'systemd-timesyncd'],
  ['a script', { exe: '/usr/bin/python3.11', comm: 'foo', commandLine: ['python3', '/usr/bin/foo'] }, 'foo'],
  ['pip', { exe: '/usr/bin/python3.11', commandLine: ['python3', '-m', 'pip', 'install', 'x'] }, 'pip'],
  ['npm', { exe: '/usr/bin/node', commandLine: ['node', '/usr/lib/node_modules/npm/bin/npm-cli.js', 'ci'] }, 'npm'],
  ['an application on Node.js', { exe: '/usr/bin/node', commandLine: ['node', 'app.js', '--token=x'] }, 'app.js'],
  ['an AppImage', { exe: '/tmp/.mount_Obsidi7hTqL1/AppRun.wrapped' }, 'Obsidi'],
  ['a program of an AppImage', { exe: '/tmp/.mount_Kdenli7hTqL1/usr/bin/kdenlive' }, 'kdenlive'],
];

for (const [name, facts, app] of APPS) test(`${name} is ${app}`, () => assert.equal(identity(facts).app, app));

test('everything that is known is in the answer', () => {
  const cgroup = `0::/system.slice/docker-${ID}.scope`;
  assert.deepEqual(identity({ pid: 9, exe: '/usr/sbin/nginx', comm: 'nginx', uid: 33, cgroup }), {
    pid: 9,
    app: 'nginx',
    exe: '/usr/sbin/nginx',
    user: 'user33',
    container: 'docker:0123456789ab',
  });
  assert.equal(identity({ exe: '/snap/firefox/4711/usr/lib/firefox/firefox' }).container, 'snap:firefox');
  assert.equal(identity({ exe: '/snap/core22/1/usr/bin/bash' }).container, undefined);
  assert.equal(
    identity({ exe: '/var/lib/flatpak/app/org.gimp.GIMP/x86_64/stable/0/files/bin/gimp' }).container,
    'flatpak:org.gimp.GIMP',
  );
  const flatpak = '0::/user.slice/user@1000.service/app.slice/app-flatpak-org.gimp.GIMP-42.scope';
  assert.equal(identity({ exe: '/usr/bin/bwrap', cgroup: flatpak }).app, 'GIMP');
  assert.equal(identity({ exe: '/tmp/.mount_Kdenli7hTqL1/usr/bin/kdenlive' }).container, 'appimage:Kdenli');
});

const UNITS: readonly [string, string | undefined][] = [
  ['nginx.service', 'nginx.service'],
  ['session-3.scope', 'session.scope'],
  ['session-c2.scope', 'session.scope'],
  ['app-gnome-firefox-4711.scope', 'app-gnome-firefox.scope'],
  ['app-gnome-org.gnome.Terminal@1b2c.service', 'app-gnome-org.gnome.Terminal.service'],
  ['snap.firefox.firefox-1234.scope', 'snap.firefox.firefox.scope'],
  ['snap.x.y-0b0a4c1e-2f3a-4b5c-8d6e-7f8091a2b3c4.scope', 'snap.x.y.scope'],
  ['run-u17.service', 'run.service'],
  ['run-p123-i456.scope', 'run.scope'],
  ['foo@bar.service', 'foo@bar.service'],
  [`docker-${ID}.scope`, undefined],
];

test('numbers that each start counts up are no part of a unit', () => {
  for (const [unit, expected] of UNITS) assert.equal(lastingUnit(unit), expected, unit);
});

const SCRIPTS: readonly [string, string, string | undefined][] = [
  ['python3', 'python3 -u /srv/manage.py runserver', 'manage.py'],
  ['python3.11', 'python3.11 -Xdev x.py', undefined],
  ['python3', 'python3 -X dev -W ignore x.py', 'x.py'],
  ['python3', 'python3 -c print("secret")', undefined],
  ['python3', 'python3 -m http.server 8000', 'http.server'],
  ['python3', 'python3', undefined],
  ['node', 'node --require ./hook.js --max-old-space-size=64 server.mjs', 'server.mjs'],
  ['node', 'node -e secret()', undefined],
  ['node', 'node --unknown-option secret app.js', undefined],
  ['java', 'java -Dpassword=secret -Xmx1g -cp a.jar:b.jar org.example.Search', 'Search'],
  ['java', 'java -cp a.jar org.example.Main', undefined],
  ['java', 'java -jar /opt/app/jenkins.war --httpPort=80', 'jenkins.war'],
  ['java', 'java -jar /opt/app/minecraft_server.jar nogui', 'minecraft_server'],
  ['bash', 'bash -c curl -u user:secret', undefined],
  ['sh', 'sh -ec curl', undefined],
  ['bash', 'bash -e /usr/local/bin/backup.sh secret', 'backup.sh'],
  ['perl', 'perl -e print', undefined],
  ['perl', 'perl -w -I lib /usr/bin/foo', 'foo'],
  ['php', 'php -d a=b -f index.php', 'index.php'],
  ['curl', 'curl https://example.com/script', undefined],
  ['python3', 'python3 https://user:secret@example.com/x', undefined],
];

test('the script of a command line, and never another word of it', () => {
  for (const [file, line, expected] of SCRIPTS) assert.equal(scriptName(file, line.split(' ')), expected, line);
  assert.equal(scriptName('python3', ['python3', 'a b; secret']), undefined);
  assert.equal(scriptName('python3', ['python3', `${'x'.repeat(65)}.py`]), undefined);
});

test('patterns', () => {
  const fits = (pattern: string, text: string): boolean => globTest(pattern)(text);
  for (const [pattern, text, expected] of [
    ['a', 'a', true],
    ['a', 'ab', false],
    ['a*', 'a', true],
    ['*a', 'ba', true],
    ['a*a', 'a', false],
    ['*b*', 'abc', true],
    ['a*b*c', 'axxbyyc', true],
    ['a*bc*c', 'abc', false],
    ['/opt/*/x', '/opt/a/b/x', true],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['*?b*', 'xab', true],
    ['*', '', true],
  ] as const) {
    assert.equal(fits(pattern, text), expected, `${pattern} ${text}`);
  }
});

test('a pattern means the same with and without the short way', () => {
  const part = fc.constantFrom('a', 'b', '*', '/');
  const words = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(''));
  const letters = fc.array(fc.constantFrom('a', 'b', '/'), { maxLength: 10 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(words, letters, (pattern, text) => {
      const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(text);
      assert.equal(globTest(pattern)(text), expected);
      // A question mark takes the long way.
      assert.equal(globTest(`?${pattern}`)(`x${text}`), expected);
    }),
  );
  const started = performance.now();
  globTest(`?${'*a'.repeat(120)}`)('a'.repeat(4000));
  assert.ok(performance.now() - started < 1000);
});

test('whatever a process says of itself, the answer is safe text of bounded length', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom('\u001b[2J', '/tmp/.mount_\u202e\u001bAAAAAA/AppRun', 'x'.repeat(5000), '/', '//', ' (deleted)'),
  );
  const optional = fc.option(text, { nil: undefined });
  const facts = fc.record({
    pid: fc.integer(),
    comm: text,
    exe: optional,
    uid: fc.option(fc.integer(), { nil: undefined }),
    cgroup: fc.option(
      fc.oneof(
        text,
        text.map((path) => `0::/system.slice/${path}.service`),
      ),
      { nil: undefined },
    ),
    commandLine: fc.option(fc.array(text, { maxLength: 5 }), { nil: undefined }),
    parents: fc.option(
      fc.array(fc.record({ pid: fc.option(fc.nat(), { nil: undefined }), comm: text, exe: optional }), {
        maxLength: 6,
      }),
      { nil: undefined },
    ),
  });
  fc.assert(
    fc.property(facts, text, (given, user) => {
      const { pid, parents = [], ...texts } = describeProcess(given, { userName: () => user, rules: BUILTIN });
      assert.equal(pid, given.pid);
      assert.ok(texts.app.length > 0 && texts.app.length <= 64);
      assert.ok(parents.length <= 4 && parents.every((parent) => parent.app.length > 0));
      for (const value of [...Object.values(texts), ...parents.map((parent) => parent.app)]) {
        assert.ok(value.length <= 256);
        assert.equal(safeText(value), value);
      }
    }),
  );
});

/** A /proc and a file system of one's own. */
function fakeRoot(t: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), 'kaipo-proc-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

function addProcess(root: string, pid: number, files: Readonly<Record<string, string>>, exe?: string): void {
  const folder = join(root, 'proc', String(pid));
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  if (exe !== undefined) symlinkSync(exe, join(folder, 'exe'));
}

const stat = (pid: number, comm: string, parent: number): string =>
  `${pid} (${comm}) S ${parent} ${Array.from({ length: 17 }, () => '0').join(' ')} 4711 0`;

test('a process of /proc: parents, script, and rules that are changed while it runs', (t) => {
  const root = fakeRoot(t);
  addProcess(root, 10, { stat: stat(10, 'git', 1) }, '/usr/bin/git');
  addProcess(root, 11, { stat: stat(11, 'ssh', 10), status: 'Uid:\t0\t33\t0\t0\n' }, '/usr/bin/ssh');
  addProcess(
    root,
    12,
    { stat: stat(12, 'python3', 1), cmdline: 'python3\0-u\0/srv/bot.py\0--token\0secret\0' },
    '/usr/bin/python3',
  );
  useAppRules(BUILTIN);
  t.after(() => useAppRules(new AppRules([])));
  const processes = new ProcProcesses(
    join(root, 'proc'),
    new UserNames('/nonexistent'),
    new ContainerNames(root, root),
  );
  assert.deepEqual(processes.identityOf(11), {
    pid: 11,
    app: 'git',
    exe: '/usr/bin/ssh',
    user: '33',
    parents: [{ pid: 10, app: 'git' }],
  });
  assert.deepEqual(processes.identityOf(12), { pid: 12, app: 'bot.py', exe: '/usr/bin/python3' });
  assert.equal(processes.identityOf(13), undefined);
  // The same process starts another program.
  addProcess(root, 14, { stat: stat(14, 'sh', 1) }, '/usr/bin/dash');
  assert.equal(processes.identityOf(14)?.app, 'dash');
  rmSync(join(root, 'proc/14/exe'));
  addProcess(root, 14, { stat: stat(14, 'curl', 1) }, '/usr/bin/curl');
  assert.equal(processes.identityOf(14)?.app, 'curl');
  useAppRules(new AppRules([{ name: 'my bot', when: { script: ['bot.py'] } }]));
  assert.equal(processes.identityOf(12)?.app, 'my bot');
  assert.equal(processes.identityOf(11)?.app, 'ssh');
});

test('containers have the names their engines keep, where these can be read', (t) => {
  const root = fakeRoot(t);
  const write = (path: string, value: unknown): void => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), typeof value === 'string' ? value : JSON.stringify(value));
  };
  const other = 'f'.repeat(64);
  const pod = '11111111-2222-3333-4444-555555555555';
  write(`var/lib/docker/containers/${ID}/config.v2.json`, { Name: '/web\u001b[2J' });
  write('home/.local/share/containers/storage/overlay-containers/containers.json', [{ id: other, names: ['db'] }]);
  write(`var/log/pods/default_api-7d9f_${pod}/x/0.log`, '');
  const names = new ContainerNames(root, join(root, 'home'));
  assert.equal(names.nameOf(`0::/system.slice/docker-${ID}.scope`), 'docker:web\ufffd[2J');
  assert.equal(
    names.nameOf(`0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${other}.scope`),
    'podman:db',
  );
  const inPod = `0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${pod.replaceAll('-', '_')}.slice/cri-containerd-${'a'.repeat(64)}.scope`;
  assert.equal(names.nameOf(inPod), 'kubernetes:default/api-7d9f');
  assert.equal(names.nameOf(`0::/system.slice/docker-${'b'.repeat(64)}.scope`), undefined);
  assert.equal(names.nameOf('0::/system.slice/nginx.service'), undefined);
});
