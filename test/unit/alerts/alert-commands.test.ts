// `kaipo alerts` on a real store: with a recorder that is asked through its socket, and without one; and what a recorder keeps of alerts.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { openRecorder, type Recorder } from '@kaipo/cli/live/recorder.js';
import { RecorderControl } from '@kaipo/cli/live/recorder-control-server.js';
import { DEFAULT_DESK_SETTINGS } from '@kaipo/core/alerts/desk-settings.js';
import type { AlertRaised } from '@kaipo/core/api/events.js';
import { emptyInterval } from '@kaipo/core/api/interval-record.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { runKaipo } from '../../fixtures/run-kaipo.js';
import { finding } from './desk-fixtures.js';

const nowUs = (): number => Date.now() * 1000;

function folder(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'kaipo-alerts-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

function recorderIn(dir: string, controlSocket?: string): Recorder {
  return openRecorder(
    { dir: join(dir, 'store'), ...(controlSocket !== undefined && { controlSocket }) },
    { batchMs: 3_600_000, alerts: DEFAULT_DESK_SETTINGS, onNotice: () => undefined },
  );
}

function record(recorder: Recorder, ...findings: readonly AlertRaised[]): void {
  recorder.record({ record: emptyInterval(nowUs(), 'capture'), ended: [], names: [], findings });
}

async function kaipo(dir: string, ...args: readonly string[]) {
  const run = await runKaipo(['alerts', ...args, '--store', join(dir, 'store')]);
  return {
    ...run,
    json: () => JSON.parse(run.stdout) as Record<string, unknown> & { rows: Record<string, unknown>[] },
  };
}

test('a recorder keeps incidents with its intervals, and goes on with them after a restart', async (t) => {
  const dir = folder(t);
  let recorder = recorderIn(dir);
  record(recorder);
  await recorder.flush();
  const untouched = openStore({ dir: join(dir, 'store'), readOnly: true });
  assert.equal(untouched.info().incidents, 0);
  assert.equal(
    untouched.view((view) => view.alertDesk()),
    undefined,
  );
  await untouched.close();
  record(recorder, finding(nowUs()), finding(nowUs(), { rule: 'beacon', severity: 'info' }));
  await recorder.close();
  recorder = recorderIn(dir);
  record(recorder, finding(nowUs(), { severity: 'critical' }));
  await recorder.close();
  const listed = (await kaipo(dir, '--json')).json();
  assert.deepEqual(
    listed.rows.map(({ type, rule, severity, count, state, told, heldBack }) => [
      ...[type, rule, severity, count, state, told, heldBack],
    ]),
    [
      ['alert', 'beacon', 'info', 1, 'open', undefined, 'budget'],
      ['alert', 'port-scan', 'critical', 2, 'open', 'critical', undefined],
    ],
  );
  const critical = await kaipo(dir, 'today', '--severity', 'critical', '--format', 'ndjson');
  const [row, total] = critical.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual([row?.['rule'], row?.['subject'], row?.['evidence']], ['port-scan', '10.0.0.9', { ports: 100 }]);
  assert.deepEqual([total?.['type'], total?.['count'], total?.['critical']], ['total', 1, 1]);
  assert.match((await kaipo(dir)).stdout, /Alert .*\n.*beacon.*\n.*port-scan/);
  const shown = await kaipo(dir, 'show', String(row?.['id']));
  assert.match(shown.stdout, /many ports of one host\n {2}Rule .*port-scan, critical\n/);
  const unknown = await kaipo(dir, 'show', 'f'.repeat(16));
  assert.deepEqual([unknown.exitCode, unknown.stdout], [64, '']);
});

test('mutes and acknowledgements go through the recorder while one runs', async (t) => {
  const dir = folder(t);
  const path = join(dir, 'c.sock');
  const recorder = recorderIn(dir, path);
  const control = new RecorderControl(path, {
    status: () => assert.fail('nobody asks'),
    flush: () => recorder.flush(),
    compact: () => assert.fail('nobody asks'),
    reload: () => assert.fail('nobody asks'),
    alerts: (change) => recorder.changeAlerts(change),
  });
  await control.open();
  t.after(async () => {
    await recorder.close();
    await control.close();
  });
  record(recorder, finding(nowUs()));
  const [alert] = (await kaipo(dir, '--json')).json().rows;
  const known = await kaipo(dir, 'ack', String(alert?.['id']), '--note', 'seen', '--json');
  assert.equal(known.exitCode, 0, known.stderr);
  assert.equal((known.json()['acknowledged'] as Record<string, unknown>)['note'], 'seen');
  const muted = await kaipo(dir, 'mute', '--host', '10.9.0.0/16', '--reason', 'lab', '--for', '8h', '--json');
  assert.equal(muted.exitCode, 0, muted.stderr);
  record(recorder, finding(nowUs(), { key: 'lab', scope: { host: '10.9.1.1' } }));
  const rows = (await kaipo(dir, '--state', 'muted', '--json')).json().rows;
  assert.deepEqual(
    rows.map(({ heldBack, host }) => [heldBack, host]),
    [['muted', '10.9.1.1']],
  );
  const [mute] = (await kaipo(dir, 'mutes', '--json')).json().rows;
  assert.deepEqual([mute?.['reason'], mute?.['held'], mute?.['running']], ['lab', 1, true]);
  const refused = await kaipo(dir, 'mute', '--reason', 'x', '--host', 'nonsense');
  assert.equal(refused.exitCode, 64);
  assert.match(refused.stderr, /nonsense is no address/);
});

test('without a recorder the store is written at once; without a store none is made', async (t) => {
  const dir = folder(t);
  const missing = await kaipo(dir, 'mute', '--rule', 'beacon', '--reason', 'x');
  assert.equal(missing.exitCode, 66);
  const recorder = recorderIn(dir);
  record(recorder, finding(nowUs()));
  await recorder.close();
  for (const [args, exitCode] of [
    [['mute', '--rule', 'port-scan', '--reason', 'ours', '--for', 'forever'], 0],
    [['mute', '--rule', 'beacon', '--reason', 'ours'], 0],
    [['unmute', '2'], 0],
    [['unmute', '2'], 64],
    [['mute', '--reason', 'nothing to fit'], 64],
    [['mute', '--rule', 'x', '--reason', 'y', '--for', 'soon'], 64],
  ] as const) {
    const run = await kaipo(dir, ...args);
    assert.equal(run.exitCode, exitCode, `${args.join(' ')}: ${run.stderr}`);
  }
  assert.match(
    (await kaipo(dir, 'mutes')).stdout,
    /^mute 1 {2}rule port-scan {2}for ever {2}held 0 back {2}\(ours\)\n$/,
  );
  const again = recorderIn(dir);
  record(again, finding(nowUs(), { key: 'another' }));
  await again.close();
  const rows = (await kaipo(dir, '--state', 'muted', '--json')).json().rows;
  assert.equal(rows.length, 1);
});
