// The recorder without a screen: starts, answers, reloads, ends, and is one of its kind.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { findRecorder, requestRecorder } from '@kaipo/cli/live/recorder-control.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { DaemonProgram, KAIPO } from '../soak/daemon-program.js';

const SOON = { timeoutMs: 10_000 };

interface Run {
  readonly daemon: DaemonProgram;
  readonly folder: string;
  readonly store: string;
  readonly config: string;
}

function start(t: TestContext, settings: string, env: NodeJS.ProcessEnv = {}): Run {
  const folder = mkdtempSync(join(tmpdir(), 'kaipo-daemon-'));
  const [store, config] = [join(folder, 'store'), join(folder, 'kaipo.toml')];
  writeFileSync(config, settings);
  const surroundings = { ...process.env, XDG_RUNTIME_DIR: '', RUNTIME_DIRECTORY: '', ...env };
  const daemon = new DaemonProgram(['--helper', 'none', '--store', store, '--config', config], [], surroundings);
  t.after(async () => {
    await daemon.end('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  return { daemon, folder, store, config };
}

const intervals = (dir: string): number => {
  const store = openStore({ dir, readOnly: true });
  const count = store.info().intervals;
  void store.close();
  return count;
};

test('one line when it records; SIGTERM writes what waits and ends with 143', async (t) => {
  const { daemon, store } = start(t, '[monitoring]\npoll_interval = 0.1\nbatch_write_interval = "1h"\n');
  await daemon.ready();
  assert.match(
    daemon.stderr,
    new RegExp(`^kaipo daemon: recording into ${store} \\(counters, .*\\), pid ${daemon.pid}\n`),
  );
  const before = intervals(store);
  const status = await poll(async () => {
    const answer = await requestRecorder(store, 'status', SOON);
    return Number(answer['waitingIntervals']) >= 3 ? answer : undefined;
  });
  assert.equal(status['pid'], daemon.pid);
  assert.equal(intervals(store), before);
  assert.equal(await daemon.end('SIGTERM'), 143);
  assert.ok(intervals(store) >= before + 3);
  assert.deepEqual(
    readdirSync(store).filter((name) => name.endsWith('.sock')),
    [],
  );
});

test('SIGINT ends it with 130', async (t) => {
  const { daemon } = start(t, '');
  await daemon.ready();
  assert.equal(await daemon.end('SIGINT'), 130);
});

test('a second recorder is refused with the pid of the first, exit 75', async (t) => {
  const { daemon, store } = start(t, '');
  await daemon.ready();
  const second = spawnSync(process.execPath, [KAIPO, 'daemon', '--helper', 'none', '--store', store], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  assert.equal(second.status, 75, second.stderr);
  assert.match(second.stderr, new RegExp(`process ${daemon.pid} already records`));
});

test('flush writes what was measured until now; a reader of history asks for it', async (t) => {
  const { daemon, store } = start(t, '[monitoring]\npoll_interval = "1h"\nbatch_write_interval = "1h"\n');
  await daemon.ready();
  const before = intervals(store);
  // Nothing is written by itself in this hour: what is there comes from being asked, once a second has passed.
  await poll(async () => {
    await requestRecorder(store, 'flush', SOON);
    return intervals(store) >= before + 2 ? true : undefined;
  });
  const asked = intervals(store);
  await poll(async () => {
    const today = spawnSync(process.execPath, [KAIPO, 'today', '--store', store], {
      encoding: 'utf8',
      timeout: 20_000,
    });
    assert.equal(today.status, 0, today.stderr);
    return intervals(store) > asked ? true : undefined;
  });
});

test('SIGHUP reads the configuration again; a wrong one changes nothing and is said', async (t) => {
  const { daemon, store, config } = start(t, '[monitoring]\npoll_interval = "1h"\n');
  await daemon.ready();
  writeFileSync(config, '[monitoring]\npoll_interval = "soon"\n');
  await assert.rejects(requestRecorder(store, 'reload', SOON), { code: 'KAIPO_BAD_CONFIG' });
  writeFileSync(config, '[monitoring]\npoll_interval = 0.2\nbatch_write_interval = 1\n[store.retention]\n1s = "1h"\n');
  daemon.child.kill('SIGHUP');
  await daemon.until('the new interval', () =>
    /configuration read again: .*monitoring.poll_interval/.test(daemon.stderr),
  );
  assert.match(daemon.stderr, /critical: the configuration was not read again/);
  const status = await requestRecorder(store, 'status', SOON);
  assert.equal(status['pollIntervalS'], 0.2);
  assert.equal(status['batchIntervalS'], 1);
  writeFileSync(config, '[monitoring]\npoll_interval = 0.2\nbatch_write_interval = 1\n[capture]\nsnaplen = 128\n');
  const answer = await requestRecorder(store, 'reload', SOON);
  assert.deepEqual(answer['needRestart'], ['capture.snaplen']);
  assert.equal((await findRecorder({ dir: store }))?.pid, daemon.pid);
});

test('compact, while it records', async (t) => {
  const { daemon, store } = start(t, '[monitoring]\npoll_interval = 0.1\nbatch_write_interval = 1\n');
  await daemon.ready();
  const answer = await requestRecorder(store, 'compact', SOON);
  assert.ok(Number(answer['afterBytes']) > 0);
  const before = intervals(store);
  await poll(async () => (intervals(store) > before ? true : undefined));
});

test('the service manager is told when it is ready, and that it stops', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kaipo-notify-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [tool, log] = [join(folder, 'bin', 'systemd-notify'), join(folder, 'log')];
  mkdirSync(join(folder, 'bin'));
  writeFileSync(tool, `#!/bin/sh\necho "$1" >> '${log}'\n`);
  chmodSync(tool, 0o755);
  const { daemon } = start(t, '', { NOTIFY_SOCKET: '/none', PATH: `${join(folder, 'bin')}:${process.env['PATH']}` });
  await daemon.ready();
  await daemon.until('READY', () => textOf(log) === 'READY=1\n');
  await daemon.end();
  assert.equal(textOf(log), 'READY=1\nSTOPPING=1\n');
});

test('nothing that draws is loaded', () => {
  const text = `import { register } from 'node:module';
    register('data:text/javascript,' + encodeURIComponent('export async function resolve(s, c, next) { const r = await next(s, c); if (/blessed|cli.dist.tui/.test(r.url)) throw new Error("loaded " + r.url); return r; }'));
    await import(${JSON.stringify(new URL('../../../cli/dist/commands/daemon.js', import.meta.url).href)});`;
  const result = spawnSync(process.execPath, ['--input-type=module', '-e', text], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  assert.equal(result.status, 0, result.stderr);
});

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

async function poll<Answer>(ask: () => Promise<Answer | undefined>): Promise<Answer> {
  const endMs = performance.now() + 20_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > endMs) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
