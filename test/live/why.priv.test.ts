// From the wire to the answer: a real program talks through a real recorder, a rule of a person names it, and `kaipo why` beside the
// recorder tells who it is while it runs. A rule that is edited names it anew after SIGHUP.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { Wires } from '../helper/netns.js';
import { DaemonProgram, KAIPO } from '../soak/daemon-program.js';
import { noCapture } from './live-program.js';

const ADDRESS = '10.77.0.2';
const SERVER = `require('node:net').createServer((s) => { s.on('error', () => {}); s.on('data', (d) => s.write(d)); })
  .listen(8080, '${ADDRESS}', () => console.log('ready'))`;
/** Talks until it is ended. */
const TALKER = `const s = require('node:net').connect(8080, '${ADDRESS}', () => console.log('ready'));
setInterval(() => s.write('x'.repeat(1000)), 20);`;

interface Why {
  readonly subject: { readonly kind: string; readonly app?: string };
  readonly process?: { readonly pid: number; readonly exe?: string };
  readonly parents?: readonly { readonly pid: number }[];
  readonly firstSeen?: { readonly at: number };
  readonly totals: { readonly totalBytes: number };
}

async function start(t: TestContext, command: readonly string[]): Promise<ChildProcess> {
  const child = spawn(command[0] as string, command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout!, 'data');
  return child;
}

test('a person names a script, kaipo why finds it, its process and its parent', {
  skip: noCapture,
  timeout: 90_000,
}, async (t) => {
  const wires = new Wires();
  t.after(() => wires.close());
  const root = mkdtempSync(join(tmpdir(), 'kaipo-why-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const rules = join(root, 'config/kaipo/apps.toml');
  mkdirSync(join(root, 'config/kaipo'), { recursive: true });
  const name = (app: string): void => writeFileSync(rules, `[[app]]\nname = "${app}"\nscript = "talk*.cjs"\n`);
  name('talker');
  writeFileSync(join(root, 'talk-7.cjs'), TALKER);
  const env = { ...process.env, XDG_CONFIG_HOME: join(root, 'config'), XDG_RUNTIME_DIR: '', RUNTIME_DIRECTORY: '' };
  const near = ['ip', 'netns', 'exec', wires.near];

  await start(t, ['ip', 'netns', 'exec', wires.far, process.execPath, '-e', SERVER]);
  const store = join(root, 'store');
  const daemon = new DaemonProgram(['-i', 'a0', '--store', store], near, env);
  t.after(() => daemon.end('SIGKILL'));
  await daemon.ready();
  const talker = await start(t, [...near, process.execPath, join(root, 'talk-7.cjs'), '--token', 'secret']);
  const why = (subject: string): Why | undefined => {
    const args = [KAIPO, 'why', subject, '--json', '--store', store];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env, timeout: 30_000 });
    assert.ok(status === 0 || status === 66, stderr);
    assert.doesNotMatch(stdout, /secret/);
    return status === 0 ? (JSON.parse(stdout) as Why) : undefined;
  };
  // It runs, so it is found at once; its bytes come with the next reading of the sockets.
  const found = await daemon.until('bytes of the talker', () => {
    const answer = why('talker');
    return answer !== undefined && answer.totals.totalBytes > 0 && answer;
  });
  assert.deepEqual(found.subject, { kind: 'app', app: 'talker' });
  assert.deepEqual([found.process?.pid, found.process?.exe], [talker.pid, process.execPath]);
  assert.equal(found.parents?.[0]?.pid, process.pid);
  assert.ok(found.firstSeen !== undefined);
  assert.deepEqual(why(String(talker.pid))?.subject, { kind: 'process', pid: talker.pid, app: 'talker' });
  assert.equal(why(ADDRESS)?.subject.kind, 'host');
  assert.equal(why('nobody at all'), undefined);

  name('speaker');
  daemon.child.kill('SIGHUP');
  const renamed = await daemon.until('the new name', () => {
    const answer = why('speaker');
    return answer?.process !== undefined && answer;
  });
  assert.equal(renamed.process?.pid, talker.pid);
  assert.equal(await daemon.end(), 143);
});
