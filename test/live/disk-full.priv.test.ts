// The disk fills up under a recorder: said loudly, nothing lost while it waits, and it goes on by itself when there is space.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { requestRecorder } from '@kaipo/cli/live/recorder-control.js';
import { RESOLUTIONS_S } from '@kaipo/core/store/store-limits.js';
import { notRoot, run, udpFrame, Wires } from '../helper/netns.js';
import { DaemonProgram, storedBytes } from '../soak/daemon-program.js';
import { LiveProgram } from './live-program.js';

const SOON = { timeoutMs: 10_000 };

test('a full disk: read-only with a notice, resumes by itself, totals are those of the kernel', {
  skip: notRoot,
  timeout: 120_000,
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kaipo-full-'));
  const disk = join(folder, 'disk');
  const [store, filler, config] = [join(disk, 'store'), join(disk, 'filler'), join(folder, 'kaipo.toml')];
  mkdirSync(disk);
  run('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', disk]);
  writeFileSync(
    config,
    '[monitoring]\npoll_interval = 0.1\nbatch_write_interval = 1\ninterface = ["a0"]\n[capture]\ninterfaces = []\n',
  );
  const wires = new Wires();
  const near = ['ip', 'netns', 'exec', wires.near];
  const env = { ...process.env, XDG_RUNTIME_DIR: folder, RUNTIME_DIRECTORY: '' };
  const before = wires.counters(0);
  const daemon = new DaemonProgram(['--helper', 'none', '--store', store, '--config', config], near, env);
  t.after(async () => {
    await daemon.end('SIGKILL');
    wires.close();
    run('umount', [disk]);
    rmSync(folder, { recursive: true, force: true });
  });
  await daemon.ready();
  const frames = Array.from({ length: 100 }, (_, i) => udpFrame(0, 18 + i * 10, 1000 + i));
  const traffic = wires.startReplay(0, frames, 1000, 100_000);
  t.after(() => traffic.kill('SIGKILL'));

  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(filler, Buffer.alloc(bavail * bsize - 64 * 1024));
  await daemon.until('the word that the disk is full', () => /critical: .* is full/.test(daemon.stderr));
  await assert.rejects(requestRecorder(store, 'flush', SOON), { code: 'KAIPO_STORE_FULL' });
  const status = (await requestRecorder(store, 'status', SOON)) as { recording?: { state: string; detail: string } };
  assert.equal(status.recording?.state, 'read-only');
  assert.match(status.recording.detail, /full.*intervals wait/);
  const live = new LiveProgram([], ['--store', store], env);
  t.after(() => live.child.kill('SIGKILL'));
  const tick = await live.until('a tick', () => live.ticks[0] as unknown as { recording: { state: string } });
  assert.equal(tick.recording.state, 'read-only');
  await live.interrupt();
  assert.equal(daemon.child.exitCode, null);

  rmSync(filler);
  await daemon.until('the word that it records again', () => /records again/.test(daemon.stderr));
  traffic.kill('SIGKILL');
  if (traffic.exitCode === null && traffic.signalCode === null)
    await new Promise((resolve) => traffic.once('exit', resolve));
  assert.equal(await daemon.end('SIGTERM'), 143);
  assert.doesNotMatch(daemon.stderr, /were not recorded/);
  const after = wires.counters(0);
  for (const resolutionS of RESOLUTIONS_S) {
    assert.deepEqual(await storedBytes(store, 'a0', resolutionS), {
      rxBytes: after.rxBytes - before.rxBytes,
      txBytes: after.txBytes - before.txBytes,
    });
  }
  assert.ok(after.rxBytes - before.rxBytes > 100_000);
});
