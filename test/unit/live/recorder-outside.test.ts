// What the world does to a recorder from outside: its folder goes, its clock is set, whoever read its standard error ends.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { LiveSession } from '@kaipo/cli/live/live-session.js';
import { openRecorder } from '@kaipo/cli/live/recorder.js';
import { emptyInterval, type IntervalRecord } from '@kaipo/core/api/interval-record.js';
import { catchUp } from '@kaipo/core/source/catch-up.js';
import { CounterLedger } from '@kaipo/core/source/counter-ledger.js';
import { ProcCounters } from '@kaipo/core/source/counters-proc.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { KAIPO, storedBytes } from '../../soak/daemon-program.js';

const START_US = 1_790_000_000_000_000;
const DAY_US = 86_400e6;

function folder(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'kaipo-outside-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

const interval = (startUs: number, lengthUs = 1e6): IntervalRecord => ({
  ...emptyInterval(startUs + lengthUs, 'counters'),
  startUs,
  interfaces: [{ name: 'eth0', txBytes: 10, rxBytes: 20, txPackets: 1, rxPackets: 1 }],
});

test('a clock that is set years ahead for a while takes no detail away', async (t) => {
  const dir = folder(t);
  let nowUs = START_US;
  let store = openStore({ dir, clock: () => nowUs });
  const seconds = async (fromUs: number, count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      nowUs = fromUs + (i + 1) * 1e6;
      await store.append({ intervals: [interval(fromUs + i * 1e6)] });
    }
  };
  await seconds(START_US, 60);
  for (const ahead of [400 * DAY_US, 30 * 365 * DAY_US]) await seconds(START_US + ahead, 20);
  await store.close();
  // A new start with the wrong clock knows no better.
  store = openStore({ dir, clock: () => nowUs });
  await seconds(START_US + 30 * 365 * DAY_US + 60e6, 20);
  await seconds(START_US + 60e6, 60);
  await store.close();
  // Seconds are kept for two hours, and up to one is believed of a jump.
  for (const resolutionS of [10, 60, 3600, 86_400] as const)
    assert.deepEqual(await storedBytes(dir, 'eth0', resolutionS), { txBytes: 1800, rxBytes: 3600 }, `${resolutionS} s`);
});

test('after a month away retention catches up with what is recorded', async (t) => {
  const dir = folder(t);
  let nowUs = START_US;
  const store = openStore({ dir, clock: () => nowUs });
  const minutes = async (fromUs: number, count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      nowUs = fromUs + (i + 1) * 60e6;
      await store.append({ intervals: [interval(fromUs + i * 60e6, 60e6)] });
    }
  };
  await minutes(START_US, 60);
  const backUs = START_US + 31 * DAY_US;
  await minutes(backUs, 26 * 60);
  const oldest = store.view((view) => view.finestResolutionS(START_US));
  assert.equal(oldest, 3600);
  await store.close();
});

for (const [what, takeAway] of [
  ['moved away', (dir: string) => renameSync(dir, `${dir}-moved`)],
  ['removed', (dir: string) => rmSync(dir, { recursive: true })],
  [
    'replaced',
    (dir: string) => {
      renameSync(dir, `${dir}-moved`);
      mkdirSync(dir);
      writeFileSync(join(dir, 'data.mdb'), 'another');
    },
  ],
] as const) {
  test(`a store that is ${what} while it is recorded into is an error, not silence`, async (t) => {
    const dir = join(folder(t), 'store');
    const store = openStore({ dir });
    await store.append({ intervals: [interval(START_US)] });
    takeAway(dir);
    await assert.rejects(store.append({ intervals: [interval(START_US + 1e6)] }), { code: 'KAIPO_STORE_MISSING' });
    await store.close();
    if (what === 'moved away')
      assert.deepEqual(await storedBytes(`${dir}-moved`, 'eth0', 1), { txBytes: 10, rxBytes: 20 });
  });
}

test('a recorder outlives whoever read its standard error', { skip: process.platform === 'win32' }, async (t) => {
  const dir = folder(t);
  const store = join(dir, 'store');
  const config = join(dir, 'kaipo.toml');
  writeFileSync(config, '[monitoring]\nbatch_write_interval = 1\n');
  const args = [KAIPO, 'daemon', '--interval', '1', '--helper', 'none', '--store', store, '--config', config];
  const env = { ...process.env, XDG_RUNTIME_DIR: dir, XDG_CONFIG_HOME: dir };
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'], env, cwd: dir });
  t.after(() => child.kill('SIGKILL'));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  await new Promise<void>((resolve) => {
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      if (text.includes('recording into')) resolve();
    });
  });
  child.stderr.destroy();
  const intervalsOf = (): number => {
    const reader = openStore({ dir: store, readOnly: true });
    const { intervals } = reader.info();
    void reader.close();
    return intervals;
  };
  // Each is answered with a line on standard error.
  const deadlineMs = performance.now() + 20_000;
  const first = intervalsOf();
  while (intervalsOf() < first + 2 && child.exitCode === null && performance.now() < deadlineMs) {
    child.kill('SIGHUP');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  assert.ok(intervalsOf() >= first + 2, `${intervalsOf()} intervals, ended with ${child.exitCode}`);
  child.kill('SIGTERM');
  assert.equal(await ended, 143);
});

test('a store whose folder may not be entered any more is closed in order', {
  skip: process.getuid?.() === 0 ? 'root may enter every folder' : false,
}, async (t) => {
  const dir = join(folder(t), 'store');
  const store = openStore({ dir });
  await store.append({ intervals: [interval(START_US)] });
  chmodSync(dir, 0o000);
  await store.append({ intervals: [interval(START_US + 1e6)] });
  await store.close();
  chmodSync(dir, 0o700);
  assert.deepEqual(await storedBytes(dir, 'eth0', 1), { txBytes: 20, rxBytes: 40 });
});

test('a store that is opened anew several times at once, and closed meanwhile, is never in its own way', async (t) => {
  const dir = join(folder(t), 'store');
  const failures: string[] = [];
  const recorder = openRecorder(
    { dir },
    { batchMs: 3_600_000, onNotice: () => undefined, onFailure: (error) => failures.push(error.message) },
  );
  const record = (at: number): void =>
    recorder.record({ record: interval(START_US + at * 1e6), ended: [], names: [], baseline: { at } });
  const reopened: Promise<void>[] = [];
  for (let at = 0; at < 6; at++) {
    record(at);
    reopened.push(recorder.reopen({ dir, maxBytes: 1e9 + at }));
  }
  await Promise.all(reopened);
  for (let at = 6; at < 9; at++) {
    record(at);
    reopened.push(recorder.reopen({ dir, maxBytes: 1e9 + at }));
  }
  await recorder.close();
  await Promise.all(reopened);
  assert.deepEqual(failures, []);
  assert.deepEqual(await storedBytes(dir, 'eth0', 1), { txBytes: 90, rxBytes: 180 });
  const again = openRecorder({ dir }, { batchMs: 0, onNotice: () => undefined });
  await again.close();
});

test('interfaces that are not there are said, once', async () => {
  const session = new LiveSession({
    prepared: undefined,
    interfaces: [],
    counted: ['nope0'],
    rungFix: undefined,
    onCaptureEnd: () => assert.fail('nothing is captured'),
  });
  await session.start();
  const said = async (): Promise<string[]> =>
    (await session.takeInterval({ state: 'off' })).snapshot.notices.map(({ text }) => text);
  assert.ok((await said()).some((text) => text.includes('none of nope0 (monitoring.interface) is there')));
  const again = await said();
  assert.equal(again.filter((text) => text.includes('nope0')).length, 1, 'still in view, not said again');
  await session.stop();
});

test('what moved while the clock was set far ahead is not spread over time that never was', () => {
  const reading = {
    ...{ name: 'a0', ifindex: 2, rxBytes: 0, txBytes: 0, rxPackets: 0, txPackets: 0, packetsKnown: true },
    ...{ rxDropped: 0, txDropped: 0, rxErrors: 0, txErrors: 0, up: true, class: 'virtual' as const, counted: true },
  };
  const ledger = new CounterLedger();
  ledger.update({ monotonicUs: 50e6, wallUs: START_US, bootId: 'one' }, [reading]);
  const found = catchUp(ledger.baseline(), [{ ...reading, rxBytes: 1000, rxPackets: 3 }], {
    ...{ monotonicUs: 60e6, uptimeUs: 70e6, bootId: 'one' },
    wallUs: START_US + 400 * DAY_US,
  });
  assert.equal(found.endUs - found.startUs, 20e6);
  assert.equal(found.bytes, 1000);
});

test('an interface that /sys does not show takes no totals over', (t) => {
  const dir = folder(t);
  const sysClassNet = join(dir, 'net');
  mkdirSync(sysClassNet);
  const facts = { ifindex: 2, iflink: 7, type: 1, flags: '0x1003', operstate: 'up', uevent: 'INTERFACE=a0\n' };
  mkdirSync(join(sysClassNet, 'a0'));
  for (const [name, value] of Object.entries(facts)) writeFileSync(join(sysClassNet, 'a0', name), `${value}\n`);
  const procNetDev = join(dir, 'dev');
  const counts = ': 1000 10 0 0 0 0 0 0 1000 10 0 0 0 0 0 0\n';
  const heading = 'Inter-|\n face |\n';
  // The second name is no UTF-8, the third one ended after its counters were read.
  const lines = [Buffer.from(heading), Buffer.from('a0'), Buffer.from(counts), Buffer.from([0x62, 0xff, 0xfe])];
  writeFileSync(procNetDev, Buffer.concat([...lines, Buffer.from(counts), Buffer.from(`eth7${counts}`)]));
  const readings = new ProcCounters('auto', { procNetDev, sysClassNet }).readNow();
  assert.equal(readings.length, 3);
  assert.equal(readings[0]!.counted, true);
  assert.ok(readings.every((reading) => reading.class === 'virtual'));
});
