// The native helper under pressure: nothing is lost without being counted, a VLAN tag is put back, and quiet costs nothing.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { exitOf } from '../contract/helper-stream.contract.js';
import { killStarted, NATIVE_HELPER, notBuilt, startInNamespace } from './native-helper.js';
import { notRoot, udpFrame, Wires } from './netns.js';
import { StreamReader, type StreamStatistics, until } from './stream-reader.js';

const sinkProgram = join(dirname(fileURLToPath(import.meta.url)), 'stream-sink.js');

describe('the native helper loses nothing uncounted', { skip: notRoot || notBuilt }, () => {
  let wires: Wires;
  before(() => {
    wires = new Wires(1);
  });
  after(() => {
    killStarted();
    wires.close();
  });

  test('50,000 packets a second while the reader is stopped for 3 s', async () => {
    // A small ring, so that three seconds overflow it many times.
    const args = ['netns', 'exec', wires.near, NATIVE_HELPER, '-i', 'a0', '--fd', '3', '--ring-mib', '8'];
    const sink = spawn(process.execPath, [sinkProgram, 'ip', ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
    let text = '';
    sink.stdout.on('data', (chunk) => {
      text += chunk;
    });
    await until('the helper captures', () => text.startsWith('ready '), 10_000);
    const before = wires.counters(0);
    const sending = wires.startReplay(0, [udpFrame(0, 22)], 50_000, 225_000);
    const sent = exitOf(sending, 60_000);
    await until('traffic', () => wires.counters(0).rxPackets - before.rxPackets > 20_000, 10_000);
    sink.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 3_000)); // the stop itself, not a wait for something
    sink.kill('SIGCONT');
    assert.equal(await sent, 0);
    sink.stdin.end();
    assert.equal(await exitOf(sink, 20_000), 0);
    await until('the report of the sink', () => text.endsWith('}\n'));
    const kernel = wires.counters(0);
    const result = JSON.parse(text.trim().split('\n').at(-1)!) as {
      code: number;
      packets: number;
      bytes: number;
      statistics: StreamStatistics[];
      violation: string;
    };
    const [last] = result.statistics;
    assert.equal(result.code, 0);
    assert.equal(result.violation, '');
    assert.equal(kernel.rxPackets - before.rxPackets, 225_000);
    assert.equal(last?.received, 225_000, 'the ring saw what the interface counted');
    assert.equal(last?.delivered, result.packets);
    assert.equal(last.received, last.delivered + last.dropped);
    assert.ok(last.dropped > 10_000, `${last.dropped} dropped: the ring did not overflow, the test shows nothing`);
    assert.equal(result.bytes, result.packets * 64);
  });

  test('a reader that asks for the end and takes nothing is given up after 5 s', async () => {
    const helper = startInNamespace(wires.near, ['-i', 'a0', '--ring-mib', '4']);
    const reader = new StreamReader(helper.stream);
    await until('the report', () => reader.customs.length === 1);
    helper.stream.pause();
    await wires.replay(0, [udpFrame(0, 1400)], 0, 10_000);
    helper.stream.end();
    assert.equal(await exitOf(helper.process, 12_000), 74);
    assert.match(helper.stderr(), /the reader does not take the end/);
    helper.stream.destroy();
  });

  test('a VLAN tag the kernel took off is where it was', async () => {
    const helper = startInNamespace(wires.near, ['-i', 'a0', '--snaplen', '100']);
    const reader = new StreamReader(helper.stream);
    await until('the report', () => reader.customs.length === 1);
    const frames = [udpFrame(0, 30, 9, 0x2123), udpFrame(0, 500, 9, 7), udpFrame(0, 30)];
    await wires.replay(0, frames, 100);
    await until('packets', () => reader.packets.length === 3);
    helper.stream.end();
    assert.equal(await exitOf(helper.process, 5_000), 0);
    for (const [i, frame] of frames.entries()) {
      assert.deepEqual(reader.packets[i]?.data, frame.subarray(0, 100));
      assert.equal(reader.packets[i]?.original, frame.length);
    }
  });

  test('a quiet interface wakes the helper about once a second', async () => {
    const helper = startInNamespace(wires.near, ['-i', 'a0']);
    const reader = new StreamReader(helper.stream);
    const wakeUps = () => {
      const status = readFileSync(`/proc/${helper.process.pid}/status`, 'utf8');
      return Number(/^voluntary_ctxt_switches:\t(\d+)$/m.exec(status)?.[1]);
    };
    await until('a heartbeat', () => reader.statistics.length === 1);
    const before = wakeUps();
    await until('three more', () => reader.statistics.length === 4);
    assert.ok(wakeUps() - before <= 5, `${wakeUps() - before} wake-ups in 3 s`);
    helper.stream.end();
    assert.equal(await exitOf(helper.process, 5_000), 0);
  });

  test('without its only interface it goes on counting seconds, and does not spin', async () => {
    const lonely = new Wires(1);
    try {
      const helper = startInNamespace(lonely.near, ['-i', 'a0']);
      const reader = new StreamReader(helper.stream);
      await until('the report', () => reader.customs.length === 1);
      lonely.link('del', 'a0');
      await until('gone', () => reader.customs.some((custom) => custom.values.get('state') === 'gone'));
      const seen = reader.statistics.length;
      await until('heartbeats', () => reader.statistics.length >= seen + 2);
      const stat = readFileSync(`/proc/${helper.process.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
      assert.ok(Number(stat[11]) + Number(stat[12]) <= 10, `${stat[11]} + ${stat[12]} ticks of CPU`);
      helper.stream.end();
      assert.equal(await exitOf(helper.process, 5_000), 0);
    } finally {
      lonely.close();
    }
  });
});
