// `kaipo status` for programs: schema, numbers, CSV that a spreadsheet cannot run.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { runStatus } from '@kaipo/cli/commands/status.js';
import type { RecorderStatus } from '@kaipo/cli/live/recorder-control-frames.js';
import { RecorderControl } from '@kaipo/cli/live/recorder-control-server.js';
import { healthOf, healthProblem } from '@kaipo/cli/live/recorder-health.js';
import { csvLine } from '@kaipo/cli/output/csv.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { withDirectory } from '../../contract/store.contract.js';
import { intervalOf, seededRandom } from '../store/store-fixtures.js';

test('status in every format', () =>
  withDirectory(async (dir) => {
    const startUs = Math.floor(Date.now() / 1000) * 1_000_000;
    const interval = intervalOf(startUs, seededRandom(1));
    const store = openStore({ dir });
    await store.append({ intervals: [interval] });
    await store.close();
    const output = join(dir, 'status.out');
    const read = async (format: 'json' | 'ndjson' | 'csv' | 'table'): Promise<string> => {
      assert.equal(await runStatus({ store: dir, format, output }), 0);
      return readFileSync(output, 'utf8');
    };
    const status = JSON.parse(await read('json'));
    assert.equal(status.schema, 'kaipo.status/1');
    assert.equal(status.today.txBytes, interval.interfaces[0]!.txBytes);
    assert.deepEqual(status.lifetime.rxBytes, status.month.rxBytes);
    assert.equal(status.recorder.running, false);
    assert.equal('now' in status, false, 'without a recorder there is no now');
    assert.equal((await read('ndjson')).trim().split('\n').length, 4, 'three periods and the recorder');
    assert.equal((await read('csv')).trim().split('\r\n').length, 4);
    assert.match(await read('table'), /not running/);
    assert.equal(await runStatus({ store: join(dir, 'none'), format: 'json' }), 66);
  }));

test('a recorder that cannot write is told loudly, and one that does not answer is not waited for', () =>
  withDirectory(async (dir) => {
    const socket = join(dir, '..', 'recorder.sock');
    const recording = { state: 'read-only' as const, detail: 'the disk is full' };
    const status = { recording, waitingIntervals: 7, lostIntervals: 2 } as RecorderStatus;
    const control = new RecorderControl(socket, {
      status: () => status,
      flush: async () => undefined,
      compact: async () => ({ beforeBytes: 0, afterBytes: 0 }),
      reload: async () => ({ applied: [] }),
    });
    await control.open();
    const store = openStore({ dir, controlSocket: socket });
    const output = join(dir, 'status.out');
    const read = async (format: 'json' | 'table'): Promise<string> => {
      assert.equal(await runStatus({ store: dir, format, output }), 0);
      return readFileSync(output, 'utf8');
    };
    assert.match(
      await read('table'),
      /Recorder\n {2}NOT RECORDING: the disk is full; 2 intervals were lost\n {2}running/,
    );
    const { recorder } = JSON.parse(await read('json'));
    assert.deepEqual(recorder.recording, { ...recording, waitingIntervals: 7, lostIntervals: 2 });
    await control.close();
    assert.equal(JSON.parse(await read('json')).recorder.recording.state, 'silent');
    assert.match(await read('table'), /the recorder does not say how it is/);
    await store.close();
  }));

test('what a recorder of another version says', () => {
  assert.deepEqual(healthOf({ recording: { state: 'recording', detail: '/store' } }), { state: 'recording' });
  assert.equal(healthProblem({ state: 'recording' }), undefined);
  assert.deepEqual(healthOf({ recording: 'yes' }), { state: 'silent' });
  assert.deepEqual(healthOf({}), { state: 'silent' });
});

test('csv cells', () => {
  assert.equal(
    csvLine(['a', undefined, -1, 'x,"y"', '=1+1', '-2', '@a', 'two\nlines']),
    `a,,-1,"x,""y""",'=1+1,'-2,'@a,"two\nlines"\r\n`,
  );
});
