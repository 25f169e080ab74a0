// Supervision of the real helpers on loopback: killed, stopped, hostile, ended in order, orphaned.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { existsSync } from 'node:fs';
import test from 'node:test';
import { findCapAddon } from '@kaipo/capture-helper/launch/helper-paths.js';
import {
  DEFAULT_PATHS,
  findHelpers,
  type PreparedCapture,
  type PrepareOptions,
  prepareCapture,
  SPARE_HELPERS,
} from '@kaipo/capture-helper/launch/index.js';
import { PROBE, ProbeProcess } from './launch-probe-process.js';
import { childrenOf, isAlive, Recorder, readStatus, until } from './launch-recorder.js';

const root = process.geteuid?.() === 0;
const noNative = !root ? 'needs root' : !existsSync(DEFAULT_PATHS.built) ? 'the native helper is not built' : false;
const noPortable = !root ? 'needs root' : findCapAddon() === undefined ? 'the cap package is not built' : false;
const BOTH = [
  { prefer: 'native', skip: noNative },
  { prefer: 'portable', skip: noPortable },
] as const;

async function begin(
  options: Partial<PrepareOptions>,
): Promise<{ recorder: Recorder; prepared: PreparedCapture; session: ReturnType<PreparedCapture['start']> }> {
  const prepared = await prepareCapture({ interfaces: ['lo'], service: false, ...options });
  const recorder = new Recorder();
  const session = prepared.start(recorder);
  return { recorder, prepared, session };
}

/** Sends `count` datagrams of `size` bytes to a closed loopback port. */
async function sendDatagrams(port: number, count: number, size = 100): Promise<void> {
  const socket = createSocket('udp4');
  const payload = Buffer.alloc(size);
  for (let sent = 0; sent < count; sent += 1) {
    await new Promise<void>((resolve) => socket.send(payload, port, '127.0.0.1', () => resolve()));
  }
  socket.close();
}

for (const { prefer, skip } of BOTH) {
  test(`${prefer}: a helper that is killed is back within 2 s, with the gap reported`, { skip }, async () => {
    const { recorder, prepared, session } = await begin({ prefer });
    await until('first bytes', () => recorder.bytes > 0);
    assert.match(readStatus(prepared.pid!), /^NoNewPrivs:\s+1$/m);
    const killedAtMs = performance.now();
    process.kill(prepared.pid!, 'SIGKILL');
    await until('a second helper delivers', () => recorder.starts.length === 2 && recorder.bytes > 0, 2000);
    assert.ok(performance.now() - killedAtMs < 2000);
    assert.deepEqual(
      recorder.gaps.map((gap) => gap.reason),
      ['the capture helper was killed by SIGKILL'],
    );
    assert.equal(recorder.starts[1]!.attempt, 2);
    assert.equal(Buffer.concat(recorder.chunks).readUInt32LE(0), 0x0a0d0d0a, 'a new stream from its first byte');
    await session.stop();
    assert.deepEqual(recorder.end, { reason: 'closed', exitCode: 0 });
    assert.equal(isAlive(recorder.starts[1]!.pid!), false);
  });

  test(`${prefer}: stop() delivers every packet and the last statistics`, { skip }, async () => {
    const { recorder, prepared, session } = await begin({ prefer, filter: 'udp dst port 47001' });
    await until('the stream has begun', () => recorder.bytes > 0);
    await sendDatagrams(47001, 500);
    await session.stop();
    const counted = recorder.count();
    const last = counted.statistics.get(0)!;
    assert.equal(counted.whole, true);
    assert.equal(counted.packets, 500);
    assert.equal(last.received, 500);
    assert.equal(last.delivered + (last.dropped ?? 0), 500);
    assert.deepEqual(recorder.end, { reason: 'closed', exitCode: 0 });
    assert.equal(isAlive(prepared.pid!), false);
    const end = recorder.end;
    await session.stop();
    assert.equal(recorder.end, end, 'onEnd comes once');
  });

  test(`${prefer}: a helper that is stopped is stale and replaced`, { skip }, async (t) => {
    const { recorder, prepared, session } = await begin({ prefer });
    await until('first bytes', () => recorder.bytes > 0);
    // A stopped process does not notice that its reader is gone.
    t.after(() => {
      if (isAlive(prepared.pid!)) process.kill(prepared.pid!, 'SIGKILL');
    });
    process.kill(prepared.pid!, 'SIGSTOP');
    await until('a second helper delivers', () => recorder.starts.length === 2 && recorder.bytes > 0, 7000);
    assert.match(recorder.gaps[0]!.reason, /said nothing for 3 s/);
    await until('the stopped one is gone', () => !isAlive(prepared.pid!), 1000);
    await session.stop();
  });

  test(`${prefer}: bad filter and missing interface are told with the helper's words and not retried`, {
    skip,
  }, async () => {
    for (const [options, exitCode, words] of [
      [{ filter: 'tcp prot' }, 65, /filter.*syntax/],
      [{ interfaces: ['kllnone0'] }, 66, /kllnone0/],
    ] as const) {
      const { recorder } = await begin({ prefer, ...options });
      await until('the end', () => recorder.end !== undefined);
      assert.equal(recorder.end!.reason, 'failed');
      assert.equal(recorder.end!.exitCode, exitCode);
      assert.match(recorder.end!.message!, words);
      assert.equal(recorder.starts.length, 1);
      assert.deepEqual(recorder.gaps, []);
    }
  });

  test(`${prefer}: the analyzer dies: no orphan after 1 s`, { skip }, async () => {
    const probe = new ProbeProcess([process.execPath, PROBE, 'live', '-i', 'lo', '--helper', prefer], {});
    const { pid } = await probe.wait('dropped');
    await probe.wait('bytes');
    const helpers = childrenOf(pid);
    assert.equal(helpers.length, prefer === 'native' ? 1 + SPARE_HELPERS : 1);
    process.kill(pid, 'SIGKILL');
    await until('all are gone', () => !helpers.some(isAlive), 1000);
  });
}

test('spares wait without privileges, and stop() lets them go', { skip: noNative }, async () => {
  const { recorder, prepared, session } = await begin({ prefer: 'native' });
  assert.equal(prepared.spares, SPARE_HELPERS);
  await until('first bytes', () => recorder.bytes > 0);
  const spares = childrenOf(process.pid).filter((pid) => pid !== prepared.pid && isAlive(pid));
  assert.equal(spares.length, SPARE_HELPERS);
  for (const pid of spares) {
    await until('it has dropped its privileges', () => /^CapPrm:\s+0+$/m.test(readStatus(pid)));
    assert.match(readStatus(pid), /^CapPrm:\s+0+$/m);
    assert.doesNotMatch(readStatus(pid), /^Uid:.*\b0\b/m);
  }
  await session.stop();
  await until('the spares are gone', () => !spares.some(isAlive), 1000);
});

test('reject(): a hostile stream costs a gap and a new helper', { skip: noNative }, async () => {
  const { recorder, session } = await begin({ prefer: 'native' });
  await until('first bytes', () => recorder.bytes > 0);
  session.reject('a block longer than the limit');
  await until('a second helper delivers', () => recorder.starts.length === 2 && recorder.bytes > 0);
  assert.deepEqual(
    recorder.gaps.map((gap) => gap.reason),
    ['a block longer than the limit'],
  );
  await session.stop();
});

test('a paused session is not stale, and loses nothing that the ring can hold', { skip: noNative }, async () => {
  const { recorder, session } = await begin({ prefer: 'native', filter: 'udp dst port 47002' });
  await until('first bytes', () => recorder.bytes > 0);
  session.pause();
  const before = performance.now();
  await sendDatagrams(47002, 2000, 1000);
  await until('longer than the limit for silence', () => performance.now() - before > 4000, 6000);
  assert.deepEqual(recorder.gaps, []);
  session.resume();
  await session.stop();
  assert.equal(recorder.count().packets, 2000);
  assert.equal(recorder.starts.length, 1);
});

test('a helper that keeps failing is given up with a reason', { skip: noNative }, async () => {
  const { recorder } = await begin({ prefer: 'native' });
  for (let attempt = 1; attempt <= 6; attempt += 1) {
    await until(`helper ${attempt} delivers`, () => recorder.starts.length === attempt && recorder.bytes > 0);
    process.kill(recorder.starts.at(-1)!.pid!, 'SIGKILL');
  }
  await until('the end', () => recorder.end !== undefined);
  assert.equal(recorder.end!.reason, 'failed');
  assert.match(recorder.end!.message!, /failed 6 times within a minute.*SIGKILL/);
  assert.equal(recorder.gaps.length, 6);
});

test('a capture that was prepared and not started ends with close()', { skip: noNative }, async () => {
  const prepared = await prepareCapture({ interfaces: ['lo'], prefer: 'native', service: false });
  const helpers = childrenOf(process.pid).filter(isAlive);
  assert.ok(helpers.includes(prepared.pid!));
  prepared.close();
  // They may be just setting up what needs privileges, which nothing interrupts.
  await until('all are gone', () => !helpers.some(isAlive));
});

test('findHelpers says of root what it may use', { skip: noNative }, async () => {
  const candidates = await findHelpers();
  assert.deepEqual(
    candidates.map((candidate) => candidate.place),
    ['service', 'installed', 'built', 'portable'],
  );
  assert.equal(candidates[2]!.usable, true);
});
