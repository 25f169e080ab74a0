import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { counterSource, type InterfaceCounters, readInterfaceCounters } from '@kaipo/core/source/counters.js';
import { parseProcNetDev, readProcCounters } from '@kaipo/core/source/counters-proc.js';

const linux = { skip: process.platform === 'linux' ? false : 'needs /proc' };

const HEADING = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
`;

test('a line of /proc/net/dev, with and without a space, and with a colon in the name', () => {
  const rows = parseProcNetDev(
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
    packetsKnown: true,
  });
  assert.deepEqual([rows[1]?.name, rows[1]?.rxBytes, rows[1]?.txPackets], ['eth0:1', 1, 4]);
});

test('lines that are no counters are left out, and no more than 1,024 are read', () => {
  assert.deepEqual(parseProcNetDev(`${HEADING}eth0: 1 2 three\nnonsense\n\n`), []);
  const line = (i: number): string => `d${i}: ${Array(16).fill(i).join(' ')}\n`;
  assert.equal(parseProcNetDev(HEADING + Array.from({ length: 2000 }, (_, i) => line(i)).join('')).length, 1024);
});

test('an interface without link facts is down', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kaipo-counters-'));
  try {
    writeFileSync(join(folder, 'dev'), `${HEADING}gone0: ${Array(16).fill(1).join(' ')}\n`);
    const [row] = readProcCounters(join(folder, 'dev'), folder);
    assert.equal(row?.up, false);
    assert.ok(!('speedMbit' in row!) && !('ifindex' in row!));
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
