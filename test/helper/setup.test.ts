// `kaipo setup` without root, and its answers when something is missing.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import { runSetup } from '@kaipo/cli/commands/setup.js';

const linux = process.platform === 'linux' ? false : 'the native helper exists for Linux only';

test('not root: exit 77 and the exact command, which needs no PATH', { skip: linux }, (t) => {
  const module = import.meta.resolve('@kaipo/cli/commands/setup.js');
  // Root becomes nobody for this; anyone else is not root already.
  const code = `process.getuid()===0&&(process.setgid(65534),process.setuid(65534));
    process.argv[1]='/bin/true';
    const {runSetup}=await import(${JSON.stringify(module)});process.exitCode=await runSetup({built:'/bin/true'});`;
  const result = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  if (result.stderr.includes('EACCES')) return t.skip('this checkout is closed to other users');
  assert.equal(result.status, 77, result.stderr);
  assert.match(result.stderr, new RegExp(`^kaipo: setup needs root once: sudo ${process.execPath} /\\S+ setup\\n$`));
  assert.equal(result.stdout, '');
});

test('a helper that was not built: exit 69 and how to build it', { skip: linux }, async () => {
  const complaints: string[] = [];
  const code = await runSetup({ built: '/nonexistent/kaipo-capture', complain: (line) => complaints.push(line) });
  assert.equal(code, 69);
  assert.match(complaints.join('\n'), /npm run build/);
});

test('--uninstall where nothing is installed has nothing to do', { skip: linux }, async () => {
  const lines: string[] = [];
  const code = await runSetup({
    uninstall: true,
    dryRun: true,
    group: 'kllnosuchgroup',
    path: '/nonexistent/kaipo-capture',
    print: (line) => lines.push(line),
  });
  assert.equal(code, 0);
  assert.deepEqual(lines, ['nothing to do']);
});
