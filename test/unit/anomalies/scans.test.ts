// Scans, floods and guessed passwords through the real engine, by one thread and by two: each is one incident with the right host, and what
// ordinary programs do is none.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AlertRaised } from '@kaipo/core/api/index.js';
import { bruteForcePlugin } from '@kaipo/plugins/anomalies/brute-force/index.js';
import { hostScanPlugin } from '@kaipo/plugins/anomalies/host-scan/index.js';
import { icmpFloodPlugin } from '@kaipo/plugins/anomalies/icmp-flood/index.js';
import { portScanPlugin } from '@kaipo/plugins/anomalies/port-scan/index.js';
import { slowScanPlugin } from '@kaipo/plugins/anomalies/slow-scan/index.js';
import { stealthScanPlugin } from '@kaipo/plugins/anomalies/stealth-scan/index.js';
import { synFloodPlugin } from '@kaipo/plugins/anomalies/syn-flood/index.js';
import { udpFloodPlugin } from '@kaipo/plugins/anomalies/udp-flood/index.js';
import { udpScanPlugin } from '@kaipo/plugins/anomalies/udp-scan/index.js';
import {
  findings,
  host,
  incidents,
  ping,
  SCANNER,
  scannedPorts,
  sent,
  synProbe,
  TARGET,
  talk,
  tcpProbe,
  udpExchange,
  udpProbe,
} from '../../fixtures/detector-traffic.js';
import { type Packet, START_NS, snapped } from '../../fixtures/packet-list.js';
import { ACK, FIN, PSH } from '../../fixtures/transport-layers.js';

const ALL = [
  bruteForcePlugin,
  hostScanPlugin,
  icmpFloodPlugin,
  portScanPlugin,
  slowScanPlugin,
  stealthScanPlugin,
  synFloodPlugin,
  udpFloodPlugin,
  udpScanPlugin,
];
const URG = 32;
const ME = '192.168.1.10';
const range = (count: number): number[] => Array.from({ length: count }, (_, number) => number);

/** The only incident these packets are, however they are read. */
async function one(packets: readonly Packet[]): Promise<AlertRaised> {
  const found = await findings(packets, ALL);
  assert.equal(incidents(found).length, 1, incidents(found).join('; ') || 'nothing was found');
  assert.deepEqual(await findings(packets, ALL, { way: 'piped' }), found);
  return found[0]!;
}

async function nothing(packets: readonly Packet[]): Promise<void> {
  assert.deepEqual(
    (await findings(packets, ALL)).map(({ rule, summary }) => `${rule}: ${summary}`),
    [],
  );
}

/** Seconds from the first packet to the finding. */
const after = (alert: AlertRaised): number => alert.tsUs / 1e6 - Number(START_NS / 1_000_000n) / 1e3;

describe('a scan', () => {
  it('of the ports of a host that refuses', async () => {
    const alert = await one(sent(scannedPorts(100).flatMap((port) => synProbe({ port }, true))));
    assert.deepEqual([alert.rule, alert.subject, alert.evidence['target']], ['port-scan', SCANNER, TARGET]);
    assert.ok(Math.abs(Number(alert.evidence['ports']) - 100) <= 10, `${alert.evidence['ports']}`);
    assert.equal(alert.evidence['unansweredPercent'], 100);
    assert.equal(alert.severity, 'warning');
  });

  it('of the ports of a host that says nothing, within ten seconds', async () => {
    const alert = await one(
      sent(
        scannedPorts(200).flatMap((port) => synProbe({ port })),
        0,
        0.1,
      ),
    );
    assert.equal(alert.rule, 'port-scan');
    assert.ok(after(alert) < 10, `${after(alert)} s`);
  });

  it('over IPv6', async () => {
    const probes = scannedPorts(60).flatMap((port) => synProbe({ from: '2001:db8::9', to: '2001:db8::2', port }));
    const alert = await one(sent(probes));
    assert.deepEqual(
      [alert.rule, alert.subject, alert.evidence['target']],
      ['port-scan', '2001:db8::9', '2001:db8::2'],
    );
  });

  it('of two ports on many hosts is told by host and port', async () => {
    const probes = range(100).flatMap((number) => synProbe({ to: host(number), port: 445 }));
    const alert = await one(sent(probes));
    assert.deepEqual([alert.rule, alert.subject, alert.evidence['port']], ['host-scan', SCANNER, 445]);
    assert.match(String(alert.evidence['sampleHosts']), /^10\.1\.0\.1, 10\.1\.0\.2,/);
  });

  it('with pings', async () => {
    const alert = await one(sent(range(60).map((number) => ping(SCANNER, host(number)))));
    assert.deepEqual([alert.rule, alert.key], ['host-scan', `${SCANNER} ping`]);
  });

  it('that is slow, within five minutes', async () => {
    const alert = await one(
      sent(
        scannedPorts(24).flatMap((port) => synProbe({ port })),
        0,
        12,
      ),
    );
    assert.equal(alert.rule, 'slow-scan');
    assert.ok(after(alert) < 300, `${after(alert)} s`);
  });

  it('of UDP ports', async () => {
    const alert = await one(
      sent(
        scannedPorts(50).map((port) => udpProbe({ port })),
        0,
        0.05,
      ),
    );
    assert.deepEqual([alert.rule, alert.subject], ['udp-scan', SCANNER]);
  });

  for (const [name, flags] of [
    ['NULL', 0],
    ['FIN', FIN],
    ['XMAS', FIN | PSH | URG],
    ['FIN ACK', FIN | ACK],
    ['ACK', ACK],
  ] as const)
    it(`with ${name} packets`, async () => {
      const alert = await one(sent(scannedPorts(50).map((port) => tcpProbe(flags, { port }))));
      assert.deepEqual([alert.rule, alert.subject], ['stealth-scan', SCANNER]);
    });

  it('is found among the SYNs of many made-up senders', async () => {
    const spoofed = range(20_000).flatMap((number) =>
      synProbe({
        from: `172.${16 + (number % 16)}.${(number >> 4) & 255}.${(number >> 12) & 255}`,
        to: host(number % 7),
        port: 80,
      }),
    );
    const found = await findings(
      [
        ...sent(spoofed, 0, 0.0002),
        ...sent(
          scannedPorts(60).flatMap((port) => synProbe({ port })),
          1,
        ),
      ],
      ALL,
    );
    assert.ok(incidents(found).includes(`port-scan ${SCANNER}`), incidents(found).join('; '));
  });
});

describe('a flood', () => {
  it('of SYNs from made-up senders', async () => {
    const flood = range(4000).flatMap((number) =>
      synProbe({ from: host(number, '198.18'), fromPort: number + 1, port: 80 }),
    );
    const alert = await one(sent(flood, 0, 0.001));
    assert.deepEqual([alert.rule, alert.subject, alert.key], ['syn-flood', TARGET, `${TARGET} 80`]);
    assert.equal(alert.severity, 'critical');
  });

  it('of datagrams', async () => {
    const flood = range(12_000).map((number) =>
      udpProbe({ from: host(number, '198.18'), fromPort: 1 + number, port: 9 }),
    );
    const alert = await one(sent(flood, 0, 0.0005));
    assert.deepEqual([alert.rule, alert.subject], ['udp-flood', TARGET]);
  });

  it('of pings in one flow', async () => {
    const flood = range(12_000).map(() => ping(SCANNER, TARGET));
    const alert = await one(sent(flood, 0, 0.0005));
    assert.deepEqual([alert.rule, alert.subject], ['icmp-flood', TARGET]);
  });
});

describe('passwords that are guessed', () => {
  it('over ssh are one incident', async () => {
    const tries = range(30).flatMap((number) =>
      sent(talk({ ip: SCANNER, port: 41_000 + number }, { ip: TARGET, port: 22 }), number),
    );
    const alert = await one(tries);
    assert.deepEqual([alert.rule, alert.subject, alert.evidence['service']], ['brute-force', SCANNER, 'ssh']);
  });

  it('a few logins are none', async () => {
    await nothing(
      range(10).flatMap((number) => sent(talk({ ip: ME, port: 41_000 + number }, { ip: TARGET, port: 22 }), number)),
    );
  });
});

describe('no scan is', () => {
  it('a browser', async () => {
    await nothing(
      range(200).flatMap((number) =>
        sent(talk({ ip: ME, port: 42_000 + number }, { ip: host(number % 60, '203.0'), port: 443 }), number * 0.03),
      ),
    );
  });

  it('a torrent: many peers on many ports, most of them gone', async () => {
    const peers = range(600).flatMap((number) =>
      synProbe({
        from: ME,
        to: host(number, '203.0'),
        port: 10_000 + ((number * 7919) % 50_000),
        fromPort: 20_000 + number,
      }),
    );
    const datagrams = range(600).map((number) =>
      udpProbe({
        from: ME,
        to: host(number, '203.1'),
        port: number % 4 === 0 ? 6881 : 10_000 + ((number * 7919) % 50_000),
        fromPort: 51_413,
      }),
    );
    await nothing([...sent(peers, 0, 0.02), ...sent(datagrams, 0, 0.02)]);
  });

  it('a resolver', async () => {
    await nothing(
      range(500).flatMap((number) => {
        const exchange = udpExchange({ ip: ME, port: 30_000 + number }, { ip: host(number, '203.0'), port: 53 });
        return sent(number % 4 === 0 ? exchange.slice(0, 1) : exchange, number * 0.02);
      }),
    );
  });

  it('monitoring, of which a few hosts are down', async () => {
    await nothing(
      range(100).flatMap((number) =>
        number % 10 === 0
          ? sent(synProbe({ from: ME, to: host(number), port: 22, fromPort: 30_000 + number }), number * 0.05)
          : sent(talk({ ip: ME, port: 30_000 + number }, { ip: host(number), port: 22 }), number * 0.05),
      ),
    );
  });

  it('a client that is captured in one direction only', async () => {
    const client = '02:00:00:00:00:0a'.replaceAll(':', '');
    await nothing(
      range(100).flatMap((number) =>
        sent(
          talk({ ip: ME, port: 42_000 + number }, { ip: host(number, '203.0'), port: 443 }).filter(
            (frame) => Buffer.from(frame.subarray(6, 12)).toString('hex') === client,
          ),
          number * 0.05,
        ),
      ),
    );
  });

  it('what was captured so short that its flags are not there', async () => {
    const frames = sent(scannedPorts(50).map((port) => tcpProbe(ACK, { port })));
    await nothing(frames.map((packet) => snapped(packet, 46)));
  });

  it('traceroute', async () => {
    await nothing(
      sent(
        range(90).map((number) => udpProbe({ from: ME, to: '203.0.113.9', port: 33_434 + number })),
        0,
        0.02,
      ),
    );
  });

  it('what is left of connections nobody saw begin', async () => {
    const frames = range(200).flatMap((number) => {
      const client = { ip: ME, port: 42_000 + number };
      const server = { ip: '203.0.113.9', port: 8080 };
      return talk(client, server).slice(3);
    });
    await nothing(sent(frames, 0, 0.005));
  });

  it('a busy server', async () => {
    await nothing(
      range(3000).flatMap((number) =>
        sent(
          talk({ ip: host(number, '198.18'), port: 1024 + number }, { ip: TARGET, port: 80 }),
          number * 0.001,
          0.002,
        ),
      ),
    );
  });
});
