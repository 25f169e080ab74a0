// Commands whose output is an answer: they end with their reader, and what cannot be started is refused.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandStream } from '@kaipo/cli/web/command-stream.js';
import { HttpError } from '@kaipo/cli/web/problem.js';
import { ask } from '../../web/api/asked.js';
import { recordHistory } from '../../web/browser/recorded-history.js';
import { ServeProgram } from '../../web/browser/serve-program.js';
import { withWeb } from './web-fixture.js';

/** Commands a process has started. */
const commands = (parent = process.pid): string[] =>
  execFileSync('ps', ['-o', 'args=', '--ppid', String(parent)], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => /kaipo\.js (?:export|daemon)/.test(line));

/** Far less than what is left to write would take. */
const MAX_END_MS = 5000;
async function tookMs(work: Promise<unknown>): Promise<number> {
  const sinceMs = performance.now();
  await work;
  return performance.now() - sinceMs;
}

const isStatus = (status: number) => (error: unknown) => error instanceof HttpError && error.status === status;

test('a command ends when its reader goes, also before its first byte', { timeout: 60_000 }, async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'kaipo-command-'));
  t.after(() => rmSync(root, { recursive: true }));
  const flags = { config: join(root, 'config.toml'), store: join(root, 'store') };
  writeFileSync(flags.config, '', { mode: 0o600 });
  const reader = new PassThrough();
  // It runs until it is ended, and says nothing on its standard output.
  const stream = commandStream(['daemon', '--helper=none'], flags, reader);
  const refused = assert.rejects(stream, isStatus(503));
  assert.equal(commands().length, 1);
  reader.destroy();
  await once(reader, 'close');
  await refused;
  assert.deepEqual(commands(), []);
  assert.throws(() => commandStream(['daemon', '--helper=none'], flags, reader), isStatus(503), 'nobody is there');
  assert.deepEqual(commands(), []);
});

test('without a signal it would hear, and with the server, it ends at once', { timeout: 90_000 }, async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'kaipo-command-'));
  t.after(() => rmSync(root, { recursive: true }));
  const flags = { config: join(root, 'config.toml'), store: join(root, 'store') };
  writeFileSync(flags.config, '', { mode: 0o600 });
  const nowUs = Date.now() * 1000;
  // In the middle of the years nothing was recorded, and nothing is written.
  await recordHistory({ dir: flags.store, nowUs: nowUs - 5 * 365 * 86_400e6, days: 1 });
  await recordHistory({ dir: flags.store, nowUs, days: 1 });
  const file = join(root, 'export.parquet');
  const reader = new PassThrough();
  const args = ['export', '--format=parquet', '--what=apps', '--step=1s', '--since=1990-01-01'];
  const refused = assert.rejects(commandStream([...args, `--output=${file}`], flags, reader), isStatus(503));
  while (!readdirSync(root).some((name) => name.includes('parquet'))) await sleep(20);
  await sleep(1500);
  assert.equal(commands().length, 1);
  reader.destroy();
  assert.ok((await tookMs(refused)) < MAX_END_MS);

  const server = await ServeProgram.start({ ...flags, home: root });
  const exported = ask(server.origin, '/api/export?format=parquet&what=apps&step=1s&since=1990-01-01');
  const cut = assert.rejects(exported);
  while (commands(server.child.pid).length === 0) await sleep(20);
  const [left] = commands(server.child.pid);
  assert.ok((await tookMs(server.end())) < MAX_END_MS);
  await cut;
  const all = execFileSync('ps', ['-eo', 'args='], { encoding: 'utf8' });
  assert.ok(!all.includes(left!), 'no command is left behind');
});

test('a word no command can be given is the mistake of who asks', () =>
  withWeb({}, async (web) => {
    assert.throws(() => commandStream(['export', '--since=\0'], web.context.flags, new PassThrough()), isStatus(400));
  }));

test('without a store exports and reports say what every address says', () =>
  withWeb({}, async (web) => {
    const { body } = await web.get('/api/apps');
    assert.equal(body.type, 'urn:kaipo:error:store-missing');
    for (const url of ['/api/export', '/api/export?format=parquet', '/api/report']) {
      assert.deepEqual((await web.get(url)).body, body, url);
    }
  }));
