import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { counterSource, type InterfaceCounters, readInterfaceCounters } from '@kaipo/core/source/counters.js';
import { type CounterLine, ProcCounters, parseProcNetDev } from '@kaipo/core/source/counters-proc.js';

const linux = { skip: process.platform === 'linux' ? false : 'needs /proc' };

const HEADING = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
`;

const parse = (text: string): CounterLine[] => parseProcNetDev(Buffer.from(text));

test('a line of /proc/net/dev, with and without a space, and with a colon in the name', () => {
  const rows = parse(
    `${HEADING}  eth0:9007199254740991 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\neth0:1: 1 2 0 0 0 0 0 0 3 4 0 0 0 0 0 0\n`,
  );
  assert.deepEqual(rows[0], {
    name: 'eth0',
    rxBytes: 9_007_199_254_740_991,
    rxPackets: 2,
    rxErrors: 3,
    rxDropped: 4,
    txBytes: 9,
    txPackets: 10,
    txErrors: 11,
    txDropped: 12,
  });
  assert.deepEqual([rows[1]?.name, rows[1]?.rxBytes, rows[1]?.txPackets], ['eth0:1', 1, 4]);
});

test('lines that are no counters are left out, and no more than 4,096 are read', () => {
  assert.deepEqual(parse(`${HEADING}eth0: 1 2 three\nnonsense\n\n`), []);
  // The text ends within a line: that line is not whole.
  assert.deepEqual(parse(`${HEADING}eth0: 1 2 3 4 5 6 7 8 9 10 11 1`), []);
  const line = (i: number): string => `d${i}: ${Array(16).fill(i).join(' ')}\n`;
  const many = HEADING + Array.from({ length: 5000 }, (_, i) => line(i)).join('');
  const rows = parse(many);
  assert.equal(rows.length, 4096);
  assert.deepEqual([rows[4095]?.name, rows[4095]?.txDropped], ['d4095', 4095]);
});

test('a file longer than the buffer is read whole; without facts a name tells the class, and the interface is down', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kaipo-counters-'));
  try {
    const lines = Array.from({ length: 500 }, (_, i) => `veth${i}: ${Array(16).fill(i).join(' ')}\n`);
    writeFileSync(join(folder, 'dev'), `${HEADING}wg0: ${Array(16).fill(1).join(' ')}\n${lines.join('')}`);
    const rows = new ProcCounters('auto', { procNetDev: join(folder, 'dev'), sysClassNet: folder }).readNow();
    assert.equal(rows.length, 501);
    assert.deepEqual([rows[0]?.class, rows[0]?.up, rows[0]?.counted], ['tunnel', false, false]);
    assert.ok(!('speedMbit' in rows[0]!) && !('ifindex' in rows[0]!));
    assert.deepEqual([rows[500]?.name, rows[500]?.class, rows[500]?.rxBytes], ['veth499', 'virtual', 499]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a name that could move the cursor is made harmless', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kaipo-counters-'));
  try {
    writeFileSync(join(folder, 'dev'), `${HEADING}a\u001b[2Jb: ${Array(16).fill(1).join(' ')}\n`);
    const [row] = new ProcCounters('auto', { procNetDev: join(folder, 'dev'), sysClassNet: folder }).readNow();
    assert.equal(row?.name, 'a\ufffd[2Jb');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a file that is missing is an error, and the next reading tries again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kaipo-counters-'));
  try {
    const source = new ProcCounters('auto', { procNetDev: join(folder, 'dev'), sysClassNet: folder });
    await assert.rejects(source.read(), { code: 'ENOENT' });
    writeFileSync(join(folder, 'dev'), HEADING);
    assert.deepEqual(await source.read(), []);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('traffic on loopback is counted, and loopback is up', linux, async () => {
  const loopback = (): InterfaceCounters => readInterfaceCounters().find((row) => row.name === 'lo')!;
  const before = loopback();
  assert.equal(before.up, true);
  const receiver = createSocket('udp4');
  receiver.bind(0, '127.0.0.1');
  await once(receiver, 'listening');
  const sender = createSocket('udp4');
  const received = once(receiver, 'message');
  sender.send(Buffer.alloc(1000), receiver.address().port, '127.0.0.1');
  await received;
  sender.close();
  receiver.close();
  // 1,000 bytes and the headers of UDP and IPv4: the loopback driver counts without its Ethernet header.
  assert.ok(loopback().rxBytes - before.rxBytes >= 1028);
  assert.ok(loopback().rxPackets > before.rxPackets);
});

test('both readers agree on Linux', linux, async () => {
  const library = counterSource('systeminformation');
  const deadline = performance.now() + 30_000;
  // Other programs use the network meanwhile: the library's answer must lie between two readings of ours. It repeats itself within 500 ms.
  for (;;) {
    const before = new Map(readInterfaceCounters().map((row) => [row.name, row]));
    const seen = await library.read();
    const after = new Map(readInterfaceCounters().map((row) => [row.name, row]));
    assert.ok(seen.some((row) => row.name === 'lo'));
    const agree = seen.every((row) =>
      (['rxBytes', 'txBytes', 'rxDropped', 'txDropped', 'rxErrors', 'txErrors'] as const).every(
        (field) => before.get(row.name)![field] <= row[field] && row[field] <= after.get(row.name)![field],
      ),
    );
    if (agree) return;
    assert.ok(performance.now() < deadline, 'the two readers never agreed');
    await delay(600);
  }
});
