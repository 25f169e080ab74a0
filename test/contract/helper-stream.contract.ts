// What every capture helper promises, as a suite that each of them must pass. It makes a wire in namespaces of its own, starts the
// helper on it and reads the stream with a reader that shares no code with the analyzer. A helper that cannot do a thing says
// so in its traits, with the reason, and the test is skipped by that reason.
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { CUSTOM_INTERFACE, CUSTOM_PRIVILEGES } from '@kaipo/capture-helper/contract/index.js';
import { notRoot, udpFrame, Wires } from '../helper/netns.js';
import { StreamReader, until } from '../helper/stream-reader.js';

export interface HelperStart {
  /** Network namespace to capture in. */
  readonly netns: string;
  readonly interfaces: readonly string[];
  readonly filter?: string;
  readonly snaplen?: number;
}

export interface StartedHelper {
  readonly process: ChildProcess;
  /** The stream's other end: `end()` shuts down its writing side, `destroy()` closes it. */
  readonly stream: Duplex;
  /** All that was written to stderr so far. */
  readonly stderr: () => string;
}

/** What a helper cannot do: the reason, or false when it can. */
export interface HelperLimits {
  readonly directions: string | false;
  readonly originalLengths: string | false;
  readonly kernelDrops: string | false;
  readonly interfaceDeletion: string | false;
  readonly interfaceDown: string | false;
  readonly capabilitiesDropped: string | false;
}

export const NO_LIMITS: HelperLimits = {
  directions: false,
  originalLengths: false,
  kernelDrops: false,
  interfaceDeletion: false,
  interfaceDown: false,
  capabilitiesDropped: false,
};

const NS_PER_S = 1_000_000_000n;

export function exitOf(child: ChildProcess, deadlineMs: number): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`helper ${child.pid} still runs after ${deadlineMs} ms`)),
      deadlineMs,
    );
    child.once('exit', (code) => {
      clearTimeout(timer);
      resolve(code);
    });
  });
}

/** Waits until the helper captures: its privilege report stands behind the interfaces and before the first packet. */
async function started(helper: StartedHelper): Promise<StreamReader> {
  const reader = new StreamReader(helper.stream);
  await until(
    'the privilege report',
    () => reader.notices(CUSTOM_PRIVILEGES).length === 1 || helper.process.exitCode !== null,
    10_000,
  );
  assert.equal(helper.process.exitCode, null, helper.stderr());
  return reader;
}

/** Half-closes and waits for the orderly end. */
async function finish(helper: StartedHelper, reader: StreamReader): Promise<void> {
  helper.stream.end();
  assert.equal(await exitOf(helper.process, 5_000), 0, helper.stderr());
  await until('the end of the stream', () => reader.ended);
  assert.equal(reader.violation, '');
}

export function helperStreamContract(
  name: string,
  startHelper: (start: HelperStart) => StartedHelper,
  limits: HelperLimits = NO_LIMITS,
): void {
  describe(`${name} helper keeps the contract`, { skip: notRoot }, () => {
    let wires: Wires;
    const running = new Set<ChildProcess>();
    const start = (options: Omit<HelperStart, 'netns'>): StartedHelper => {
      const helper = startHelper({ netns: wires.near, ...options });
      running.add(helper.process);
      return helper;
    };
    before(() => {
      wires = new Wires(2);
    });
    after(() => {
      for (const child of running) if (child.exitCode === null) child.kill('SIGKILL');
      wires.close();
    });

    test('the stream begins with a section, its interfaces and the privilege report', async () => {
      const helper = start({ interfaces: ['a0', 'a1'], snaplen: 2000 });
      const reader = await started(helper);
      assert.deepEqual(reader.types.slice(0, 4), [0x0a0d0d0a, 1, 1, 0x40000bad]);
      assert.match(reader.application, new RegExp(`^kaipo-capture \\d+\\.\\d+\\.\\d+ ${name}$`));
      assert.deepEqual(
        reader.interfaces.map((row) => [row.name, row.linkType, row.snaplen, row.tsresol]),
        [
          ['a0', 1, 2000, 9],
          ['a1', 1, 2000, 9],
        ],
      );
      const report = reader.notices(CUSTOM_PRIVILEGES)[0]!;
      assert.equal(report.get('helper'), name);
      assert.equal(report.get('pid'), String(helper.process.pid));
      assert.match(report.get('timestamps') ?? '', /^(kernel|receive)$/);
      assert.equal(report.get('drops'), limits.kernelDrops === false ? 'counted' : 'unknown');
      for (const key of [
        'version',
        'uid',
        'gid',
        'capEff',
        'capPrm',
        'capAmb',
        'capBnd',
        'noNewPrivs',
        'seccomp',
        'events',
        'ringMiB',
      ]) {
        assert.ok(report.has(key), `${key} is missing`);
      }
      await finish(helper, reader);
    });

    test('counts, bytes, lengths and times of what was sent', async () => {
      const helper = start({ interfaces: ['a0'] });
      const reader = await started(helper);
      const before = wires.counters(0);
      const frames = Array.from({ length: 300 }, (_, i) => udpFrame(0, 18 + ((i * 37) % 1400)));
      await wires.replay(0, frames, 1500);
      await until('all packets', () => reader.packets.length >= frames.length, 8_000);
      await finish(helper, reader);
      const after = wires.counters(0);
      assert.equal(reader.packets.length, frames.length);
      assert.equal(after.rxPackets - before.rxPackets, frames.length);
      let bytes = 0;
      let lastNs = 0n;
      const nowNs = BigInt(Date.now()) * 1_000_000n;
      reader.packets.forEach((packet, i) => {
        assert.deepEqual(packet.data, frames[i]);
        assert.equal(packet.original, frames[i]!.length);
        assert.ok(packet.timeNs > nowNs - 60n * NS_PER_S && packet.timeNs <= nowNs + NS_PER_S, `time ${packet.timeNs}`);
        assert.ok(
          packet.timeNs >= lastNs - 1_000_000n,
          `packet ${i} is ${lastNs - packet.timeNs} ns older than the one before`,
        );
        lastNs = packet.timeNs;
        bytes += packet.original;
      });
      assert.equal(bytes, after.rxBytes - before.rxBytes);
    });

    test('a small snaplen keeps the original length', { skip: limits.originalLengths }, async () => {
      const helper = start({ interfaces: ['a0'], snaplen: 96 });
      const reader = await started(helper);
      await wires.replay(0, [udpFrame(0, 1000), udpFrame(0, 20)], 100);
      await until('both packets', () => reader.packets.length === 2);
      await finish(helper, reader);
      assert.deepEqual(
        reader.packets.map((packet) => [packet.data.length, packet.original]),
        [
          [96, 1042],
          [62, 62],
        ],
      );
    });

    test('direction: a ping goes out and its answer comes in', { skip: limits.directions }, async () => {
      const helper = start({ interfaces: ['a0'], filter: 'icmp' });
      const reader = await started(helper);
      wires.ping(0, 5);
      await until('ten packets', () => reader.packets.length >= 10);
      await finish(helper, reader);
      for (const packet of reader.packets) assert.equal(packet.direction, packet.data[34] === 8 ? 2 : 1);
      assert.equal(reader.packets.filter((packet) => packet.direction === 2).length, 5);
    });

    test('a filter lets through what it names', async () => {
      const helper = start({ interfaces: ['a0'], filter: 'udp dst port 4242' });
      const reader = await started(helper);
      await wires.replay(0, [udpFrame(0, 20, 4242), udpFrame(0, 20, 4243), udpFrame(0, 21, 4242)], 100);
      await until('two packets', () => reader.packets.length >= 2);
      await finish(helper, reader);
      assert.deepEqual(
        reader.packets.map((packet) => packet.data.length),
        [62, 63],
      );
      assert.equal(reader.interfaces[0]?.filter, 'udp dst port 4242');
    });

    test('two interfaces at once, each packet under its own', async () => {
      const helper = start({ interfaces: ['a1', 'a0'] });
      const reader = await started(helper);
      await Promise.all([wires.replay(0, [udpFrame(0, 30)], 300, 100), wires.replay(1, [udpFrame(1, 40)], 300, 50)]);
      await until('all packets', () => reader.packets.length >= 150);
      await finish(helper, reader);
      assert.deepEqual(reader.packetsOf, [50, 100]);
      for (const packet of reader.packets) assert.equal(packet.data.length, packet.interfaceId === 0 ? 82 : 72);
    });

    test('statistics once a second, true at their place in the stream', async () => {
      const helper = start({ interfaces: ['a0'] });
      const reader = await started(helper);
      const sending = wires.replay(0, [udpFrame(0, 30)], 1000, 2500);
      await until('three statistics', () => reader.statistics.length >= 3, 8_000);
      await sending;
      for (const row of reader.statistics) {
        assert.equal(row.delivered, row.counted);
        if (limits.kernelDrops === false) assert.ok(row.received >= row.delivered + row.dropped);
        else assert.equal(row.dropped, -1);
      }
      const gaps = reader.statistics.slice(1).map((row, i) => row.readMs - reader.statistics[i]!.readMs);
      for (const gap of gaps) assert.ok(gap > 600 && gap < 1_600, `${gap} ms between two heartbeats`);
      await finish(helper, reader);
    });

    test('half-close ends in order, with a last statistic per interface whose numbers add up', async () => {
      const helper = start({ interfaces: ['a0', 'a1'] });
      const reader = await started(helper);
      const sending = wires.startReplay(0, [udpFrame(0, 30)], 2000, 100_000);
      try {
        await until('packets', () => reader.packets.length > 500, 8_000);
        await finish(helper, reader);
      } finally {
        sending.kill('SIGKILL');
      }
      const last = reader.lastStatistics();
      assert.equal(last.length, 2);
      for (const row of last) {
        assert.equal(row.delivered, reader.packetsOf[row.interfaceId]);
        if (limits.kernelDrops === false) assert.equal(row.received, row.delivered + row.dropped);
      }
      const end = reader.statistics.slice(-2).map((row) => row.interfaceId);
      assert.deepEqual(end, [0, 1]);
    });

    test('SIGTERM ends in order too', async () => {
      const helper = start({ interfaces: ['a0'] });
      const reader = await started(helper);
      helper.process.kill('SIGTERM');
      assert.equal(await exitOf(helper.process, 5_000), 0);
      await until('the end of the stream', () => reader.ended);
      assert.equal(reader.violation, '');
      assert.equal(reader.lastStatistics().length, 1);
    });

    test('a closed stream ends the helper within a second', async () => {
      const helper = start({ interfaces: ['a0'] });
      await started(helper);
      helper.stream.destroy();
      assert.equal(await exitOf(helper.process, 1_000), 0);
    });

    test('not root and no capability, on every thread', { skip: limits.capabilitiesDropped }, async () => {
      const helper = start({ interfaces: ['a0'] });
      const reader = await started(helper);
      const tasks = readdirSync(`/proc/${helper.process.pid}/task`);
      assert.ok(tasks.length > 0);
      for (const task of tasks) {
        const status = readFileSync(`/proc/${helper.process.pid}/task/${task}/status`, 'utf8');
        for (const key of ['CapEff', 'CapPrm', 'CapAmb'])
          assert.match(status, new RegExp(`^${key}:\\t0+$`, 'm'), `${key} of ${task}`);
        assert.doesNotMatch(status, /^Uid:.*\t0\b/m);
        assert.doesNotMatch(status, /^Gid:.*\t0\b/m);
      }
      const report = reader.notices(CUSTOM_PRIVILEGES)[0]!;
      assert.notEqual(report.get('uid'), '0');
      for (const key of ['capEff', 'capPrm', 'capAmb']) assert.match(report.get(key) ?? '', /^0+$/);
      await finish(helper, reader);
    });

    test('no such interface: exit 66 and the names of those there are', async () => {
      const helper = start({ interfaces: ['nosuch0'] });
      assert.equal(await exitOf(helper.process, 5_000), 66);
      await until('stderr', () => helper.stderr().endsWith('\n'));
      assert.match(helper.stderr(), /nosuch0: no such interface.*\ba0\b.*\ba1\b/);
    });

    test('a bad filter: exit 65 and what is wrong with it', async () => {
      const helper = start({ interfaces: ['a0'], filter: 'udp port banana and and' });
      assert.equal(await exitOf(helper.process, 5_000), 65);
      await until('stderr', () => helper.stderr().endsWith('\n'));
      assert.match(helper.stderr(), /filter: \S/);
    });

    test('an interface goes down and comes back: said, and capture goes on', {
      skip: limits.interfaceDown,
    }, async () => {
      const helper = start({ interfaces: ['a0', 'a1'] });
      const reader = await started(helper);
      const states = () =>
        reader.notices(CUSTOM_INTERFACE).map((values) => `${values.get('name')} ${values.get('state')}`);
      wires.link('set', 'a1', 'down');
      await until('down', () => states().includes('a1 down'));
      wires.link('set', 'a1', 'up');
      await until('up', () => states().includes('a1 up'));
      await wires.replay(1, [udpFrame(1, 40)], 300, 10);
      await until('packets again', () => reader.packetsOf[1] === 10);
      await finish(helper, reader);
      assert.deepEqual(states(), ['a1 down', 'a1 up']);
    });

    // Last: it takes a wire away.
    test('an interface is deleted: said, and the others go on', { skip: limits.interfaceDeletion }, async () => {
      const helper = start({ interfaces: ['a0', 'a1'] });
      const reader = await started(helper);
      wires.link('del', 'a1');
      await until('gone', () => reader.notices(CUSTOM_INTERFACE).some((values) => values.get('state') === 'gone'));
      const notice = reader.notices(CUSTOM_INTERFACE).find((values) => values.get('state') === 'gone')!;
      assert.deepEqual([notice.get('interfaceId'), notice.get('name')], ['1', 'a1']);
      assert.match(helper.stderr(), /a1: .*gone/);
      await wires.replay(0, [udpFrame(0, 30)], 300, 20);
      await until('packets of the other', () => reader.packetsOf[0] === 20);
      await finish(helper, reader);
      assert.equal(reader.lastStatistics().length, 2);
    });
  });
}
