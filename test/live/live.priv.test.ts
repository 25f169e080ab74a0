// The whole way on a real wire: real programs speak over a veth pair, `kaipo live` must agree with the kernel to the byte.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { udpFrame, Wires } from '../helper/netns.js';
import { LiveProgram, noCapture } from './live-program.js';

const near = (wires: Wires): string[] => ['ip', 'netns', 'exec', wires.near];
const far = (wires: Wires): string[] => ['ip', 'netns', 'exec', wires.far];

function runIn(command: readonly string[], ...argv: string[]): void {
  const all = [...command, ...argv];
  const result = spawnSync(all[0] as string, all.slice(1), { encoding: 'utf8', timeout: 30_000 });
  assert.equal(result.status, 0, `${argv.join(' ')}: ${result.stderr}${result.stdout}`);
}

/** Starts a server in the far namespace and resolves when it says it listens. */
async function serve(t: test.TestContext, command: readonly string[], ready: RegExp): Promise<void> {
  const child = spawn(command[0] as string, command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  await new Promise<void>((resolve, reject) => {
    let text = '';
    const read = (chunk: Buffer): void => {
      text += String(chunk);
      if (ready.test(text)) resolve();
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', () => reject(new Error(`the server ended: ${text}`)));
  });
}

const HTTP_SERVER = `require('node:http').createServer((q, a) => a.end('x'.repeat(100000)))
  .listen(8080, '10.77.0.2', () => console.log('listening'))`;

function helperPids(live: LiveProgram): number[] {
  const children = readFileSync(`/proc/${live.child.pid}/task/${live.child.pid}/children`, 'utf8').trim();
  return children
    .split(' ')
    .filter((pid) => pid !== '')
    .map(Number)
    .filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('kaipo-capture'));
}

/** The helper that captures, not a spare that waits. */
function activeHelper(live: LiveProgram): number {
  const pid = helperPids(live).find((each) => !readFileSync(`/proc/${each}/cmdline`, 'utf8').includes('--standby'));
  assert.ok(pid !== undefined, 'no capture helper runs');
  return pid;
}

test('curl and iperf3 appear within two intervals, and every packet and byte agrees with the interface', {
  skip: noCapture,
  timeout: 90_000,
}, async (t) => {
  const wires = new Wires();
  t.after(() => wires.close());
  await serve(t, [...far(wires), process.execPath, '-e', HTTP_SERVER], /listening/);
  await serve(t, [...far(wires), 'stdbuf', '-oL', 'iperf3', '-s', '-p', '5201'], /listening/);
  const before = wires.counters(0);
  const live = new LiveProgram(near(wires), ['-i', 'a0', '--interval', '0.5']);
  t.after(() => live.child.kill('SIGKILL'));
  await live.until('the first tick', () => live.ticks.length > 0);

  runIn(near(wires), 'curl', '-sS', '-o', '/dev/null', 'http://10.77.0.2:8080/');
  const ticksBefore = live.ticks.length;
  const seen = await live.until(
    'the flow of curl',
    () => live.ticks.findIndex((tick) => tick.flows?.some((flow) => flow.remote.port === 8080)) + 1,
  );
  assert.ok(seen <= ticksBefore + 2, `curl was seen in tick ${seen}, it had ended in tick ${ticksBefore}`);

  runIn(near(wires), 'iperf3', '-c', '10.77.0.2', '-p', '5201', '-t', '1');
  runIn(near(wires), 'iperf3', '-c', '10.77.0.2', '-p', '5201', '-u', '-b', '20M', '-t', '1');
  await live.until('the flow of iperf3', () =>
    live.ticks.some((tick) => tick.flows?.some((flow) => flow.remote.port === 5201)),
  );
  assert.equal(await live.interrupt(), 130);

  const after = wires.counters(0);
  const kernelPackets = after.rxPackets + after.txPackets - before.rxPackets - before.txPackets;
  const kernelBytes = after.rxBytes + after.txBytes - before.rxBytes - before.txBytes;
  const captured = live.captured();
  assert.ok(kernelPackets > 1000);
  assert.deepEqual(captured, {
    received: kernelPackets,
    delivered: kernelPackets,
    droppedByKernel: 0,
    droppedByHelper: 0,
  });
  assert.equal(
    live.sum((tick) => tick.interfaces.reduce((sum, row) => sum + row.rxBytes + row.txBytes, 0)),
    kernelBytes,
  );
  assert.equal(
    live.sum((tick) => tick.books.attributedBytes + tick.books.unknownBytes),
    kernelBytes,
  );
  assert.equal(
    live.sum((tick) => tick.books.notCapturedBytes),
    0,
  );
  assert.equal(
    live.sum((tick) => tick.books.inFlightBytes),
    0,
  );
  assert.equal(
    live.sum((tick) => (tick.hosts ?? []).reduce((sum, row) => sum + row.rxBytes + row.txBytes, 0)),
    kernelBytes,
  );
});

test('with the analyzer stopped for 3 s at 50,000 packets/s: received = delivered + dropped, as the kernel counted', {
  skip: noCapture,
  timeout: 90_000,
}, async (t) => {
  const wires = new Wires();
  t.after(() => wires.close());
  const before = wires.counters(0);
  const live = new LiveProgram(near(wires), ['-i', 'a0', '--ring-mib', '8']);
  t.after(() => live.child.kill('SIGKILL'));
  await live.until('the first tick', () => live.ticks.length > 0);
  const frames = Array.from({ length: 500 }, (_, i) => udpFrame(0, 18 + (i % 200), 1000 + i));
  const replay = wires.startReplay(0, frames, 50_000, 500);
  await live.until('the first packets', () => live.captured().delivered > 0);
  live.child.kill('SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, 3000)); // The stall itself, not a wait for something.
  live.child.kill('SIGCONT');
  if (replay.exitCode === null) await new Promise((resolve) => replay.once('exit', resolve));
  assert.equal(await live.interrupt(), 130);
  const kernelPackets = wires.counters(0).rxPackets - before.rxPackets;
  const captured = live.captured();
  t.diagnostic(JSON.stringify(captured));
  assert.equal(kernelPackets, 250_000);
  assert.equal(captured.received, kernelPackets);
  assert.equal(captured.delivered + captured.droppedByKernel + captured.droppedByHelper, captured.received);
  assert.ok(captured.droppedByKernel > 0, 'an 8 MiB ring cannot hold three seconds: the drops must be seen');
});

test('the running helper: no capability, not root, no new privileges, seccomp, on every thread', {
  skip: noCapture,
  timeout: 60_000,
}, async (t) => {
  const wires = new Wires();
  t.after(() => wires.close());
  const live = new LiveProgram(near(wires), ['-i', 'a0']);
  t.after(() => live.child.kill('SIGKILL'));
  await live.until('the first tick', () => live.ticks.length > 0);
  assert.ok(helperPids(live).length > 1, 'the helper and its spares');
  for (const pid of helperPids(live)) {
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      const status = readFileSync(`/proc/${pid}/task/${task}/status`, 'utf8');
      for (const set of ['CapEff', 'CapPrm', 'CapAmb', 'CapInh'])
        assert.match(status, new RegExp(`^${set}:\\t0{16}$`, 'm'));
      assert.match(status, /^NoNewPrivs:\t1$/m);
      assert.doesNotMatch(status, /^Uid:.*\t0(\t|$)/m);
      assert.match(status, /^Seccomp:\t2$/m);
    }
  }
  assert.equal(await live.interrupt(), 130);
});

test('an interface deleted while capturing is said, and the others go on', {
  skip: noCapture,
  timeout: 60_000,
}, async (t) => {
  const wires = new Wires(2);
  t.after(() => wires.close());
  const live = new LiveProgram(near(wires), ['-i', 'a0', '-i', 'a1', '--interval', '0.5']);
  t.after(() => live.child.kill('SIGKILL'));
  await live.until('the first tick', () => live.ticks.length > 0);
  wires.ping(1, 3);
  wires.link('del', 'a1');
  await live.until('the notice', () =>
    live.ticks.some((tick) => tick.notices?.some((notice) => /a1 was deleted/.test(notice.text))),
  );
  const before = live.captured().delivered;
  wires.ping(0, 5);
  await live.until('packets of the other interface', () => live.captured().delivered >= before + 10);
  assert.equal(await live.interrupt(), 130);
  const captured = live.captured();
  assert.equal(captured.received, captured.delivered + captured.droppedByKernel + captured.droppedByHelper);
});

test('a killed helper is replaced within 2 s and the gap is marked', {
  skip: noCapture,
  timeout: 60_000,
}, async (t) => {
  const wires = new Wires();
  t.after(() => wires.close());
  const live = new LiveProgram(near(wires), ['-i', 'a0', '--interval', '0.25']);
  t.after(() => live.child.kill('SIGKILL'));
  await live.until('the first tick', () => live.ticks.length > 0);
  wires.ping(0, 3);
  await live.until('packets', () => live.captured().delivered >= 6);
  process.kill(activeHelper(live), 'SIGKILL');
  const back = await live.until('the notice that it is back', () =>
    live.ticks
      .flatMap((tick) => tick.notices ?? [])
      .find((notice) => /capture is back after a gap of/.test(notice.text)),
  );
  const seconds = Number(/gap of ([\d.]+) s/.exec(back.text)?.[1]);
  assert.ok(seconds <= 2, back.text);
  assert.ok(live.ticks.some((tick) => tick.notices?.some((notice) => /gap in the capture/.test(notice.text))));
  assert.equal(live.ticks.at(-1)?.gaps, 1);
  const before = live.captured().delivered;
  wires.ping(0, 5);
  await live.until('packets through the new helper', () => live.captured().delivered >= before + 10);
  assert.equal(await live.interrupt(), 130);
});

test('loopback: the books close although the kernel counts each packet twice and without its link header', {
  skip: noCapture,
  timeout: 60_000,
}, async (t) => {
  const wires = new Wires();
  t.after(() => wires.close());
  const live = new LiveProgram(near(wires), ['-i', 'lo', '--interval', '0.25']);
  t.after(() => live.child.kill('SIGKILL'));
  await live.until('the first tick', () => live.ticks.length > 0);
  runIn(near(wires), 'ping', '-qn', '-c', '10', '-i', '0.01', '127.0.0.1');
  await live.until('the packets', () => live.captured().delivered >= 20);
  assert.equal(await live.interrupt(), 130);
  assert.equal(live.captured().delivered, 20);
  assert.equal(
    live.sum((tick) => tick.books.kernelBytes),
    20 * 98,
  );
  assert.equal(
    live.sum((tick) => tick.books.unknownBytes + tick.books.attributedBytes),
    20 * 98,
  );
  assert.equal(
    live.sum((tick) => tick.books.inFlightBytes),
    0,
  );
});
