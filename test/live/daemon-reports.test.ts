// [[report]] of a recorder that runs: what was missed is made at the start, by a process of its own; a failure is told and counted.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { requestRecorder } from '@kaipo/cli/live/recorder-control.js';
import { localDay } from '@kaipo/core/query/time-range.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { DaemonProgram } from '../soak/daemon-program.js';
import { intervalOf, seededRandom } from '../unit/store/store-fixtures.js';

test('the page of yesterday is made at the start; one that cannot be is told', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kaipo-daemon-reports-'));
  const [store, config] = [join(folder, 'store'), join(folder, 'kaipo.toml')];
  const yesterday = localDay(Date.now() * 1000, -1);
  const written = openStore({ dir: store });
  await written.append({ intervals: [intervalOf(yesterday.fromUs + 43_200_000_000, seededRandom(1))] });
  await written.close();
  writeFileSync(
    config,
    '[monitoring]\npoll_interval = 0.2\n[[report]]\nevery = "day"\nat = "0:00"\nfile = "pages"\n' +
      '[[report]]\nevery = "day"\nat = "0:00"\nfile = "kaipo.toml/page.html"\n',
  );
  const env = { ...process.env, XDG_RUNTIME_DIR: '', RUNTIME_DIRECTORY: '' };
  const daemon = new DaemonProgram(['--helper', 'none', '--store', store, '--config', config], [], env);
  t.after(async () => {
    await daemon.end('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  await daemon.ready();
  await daemon.until('the page', () => daemon.stderr.includes('info: wrote the report'));
  await daemon.until('the failure', () => daemon.stderr.includes('was not made, tried again in 10 min'));
  const [page = '', ...others] = readdirSync(join(folder, 'pages'));
  assert.match(page, /^kaipo-day-\d{4}-\d{2}-\d{2}\.html$/);
  assert.deepEqual(others, []);
  assert.match(readFileSync(join(folder, 'pages', page), 'utf8'), /app-0/);
  const { reports } = await requestRecorder(store, 'status', { timeoutMs: 10_000 });
  assert.deepEqual(reports, { made: 1, failed: 1 });
  writeFileSync(config, '[monitoring]\npoll_interval = 0.2\n');
  const { applied } = await requestRecorder(store, 'reload', { timeoutMs: 10_000 });
  assert.deepEqual(applied, ['report']);
});
