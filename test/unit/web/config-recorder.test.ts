// A recorder that runs takes a change over at once, or the answer says why it does not.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { DaemonProgram } from '../../soak/daemon-program.js';
import { type WebPlace, withWeb } from './web-fixture.js';

const ENV = { ...process.env, XDG_RUNTIME_DIR: '', RUNTIME_DIRECTORY: '' };
const FAST = '[monitoring]\npoll_interval = 0.2\nbatch_write_interval = 1\n';

async function withRecorder(
  web: WebPlace,
  config: string,
  check: (recorder: DaemonProgram) => Promise<void>,
): Promise<void> {
  const recorder = new DaemonProgram(['--helper', 'none', '--store', web.storeDir, '--config', config], [], ENV);
  try {
    await recorder.ready();
    await check(recorder);
  } finally {
    await recorder.end();
  }
}

test('a recorder of the same file takes over what it can, and says what needs a restart', () =>
  withWeb({ config: FAST }, (web) =>
    withRecorder(web, web.file, async (recorder) => {
      assert.deepEqual((await web.get('/api/config')).body.recorder, { running: true, pid: recorder.pid });
      const set = { 'monitoring.batch_write_interval': '2s', 'monitoring.memory': '256MB', 'cost.rate_per_gb': 7.5 };
      const { body } = await web.post('/api/config', { set });
      assert.deepEqual(body.made.recorder, {
        running: true,
        pid: recorder.pid,
        applied: ['monitoring.batch_write_interval'],
      });
      assert.deepEqual(body.made.needRestart, ['monitoring.memory']);
      const chosen = await web.post('/api/config/monitored_interfaces', { interfaces: ['lo'] });
      assert.deepEqual(chosen.body.made.recorder.applied, ['monitoring.interface']);
    }),
  ));

test('a recorder of another file goes on as before, and that is said', () =>
  withWeb({ config: FAST }, (web) => {
    const other = join(web.root, 'other.toml');
    writeFileSync(other, FAST, { mode: 0o600 });
    return withRecorder(web, other, async () => {
      const { status, body } = await web.post('/api/config', { set: { 'monitoring.poll_interval': '1s' } });
      assert.equal(status, 200);
      assert.deepEqual(body.made.recorder.applied, []);
      assert.match(body.made.recorder.detail, /without monitoring\.poll_interval: it reads another configuration file/);
    });
  }));
