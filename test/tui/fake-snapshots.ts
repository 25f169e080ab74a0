// Snapshots like those of a busy machine, the same on every run. Owns: the numbers and the names, pleasant and hostile.
import type {
  LiveApp,
  LiveFlow,
  LiveHost,
  LiveInterface,
  LiveNotice,
  LiveProtocol,
  LiveSnapshot,
  Rung,
} from '@kaipo/core/query/live-snapshot.js';

import { fakeProcesses } from './fake-processes.js';

/** 2026-03-01T14:00:00Z */
export const START_US = 1_772_373_600_000_000;
const FLOWS = 1_000;

export interface FakeOptions {
  readonly rung?: Rung;
  /** On counters: the socket table is read. */
  readonly sockets?: boolean;
  readonly notices?: boolean;
  /** Names that try to take over the terminal. */
  readonly hostile?: boolean;
  readonly flows?: number;
  /** As from a recorder that does not know processes. */
  readonly older?: boolean;
}

/** Everything a name could carry: CSI, OSC, C1, bidi override, zero width, tags, blessed tags, stacked marks, emoji. */
export const HOSTILE_NAMES = [
  '\x1b[2J\x1b[1;1Hgone.example',
  '\x1b]0;owned\x07title.example',
  '\u009b31mred\u009d0;c1\u009c.example',
  'abc\u202etxt.exe\u2066.example',
  '{red-fg}{bold}tags{/}.example',
  `z${'\u0301'.repeat(60)}algo.example`,
  'emoji-\u{1f600}\u{1f468}\u200d\u{1f469}\u200d\u{1f467}.example',
  'zero\u200bwidth\ufeff.example\r\n\tnext',
  '\ud800lone.example',
];

const NAMES = [
  'www.youtube.com',
  'rr4---sn-4g5e6nsz.googlevideo.com',
  'registry.npmjs.org',
  'ja.wikipedia.org',
  '日本語の長いホスト名.example.jp',
  'cdn-edge-27.media.long-host-name-that-never-ends.static.example-content-network.net',
  'updates.signal.org',
  'deb.debian.org',
  '한국어-서버.example.kr',
  'ntp.ubuntu.com',
  'müller-straße.example.de',
  'пример.example.ru',
];

const APPS = [
  'firefox',
  'node',
  'curl',
  'Signal',
  'apt',
  'systemd-timesyncd',
  '音楽プレーヤー',
  'ssh',
  'a-very-long-application-name-indeed',
];
const PROTOCOLS = ['tls', 'quic', 'dns', 'ssh', 'http', 'ntp', 'mdns'];
const PORTS: Readonly<Record<string, number>> = {
  tls: 443,
  quic: 443,
  dns: 53,
  ssh: 22,
  http: 80,
  ntp: 123,
  mdns: 5353,
};

/** A whole number in [0, bound) that depends on its arguments only. */
function pick(bound: number, ...seeds: readonly number[]): number {
  let hash = 0x811c9dc5;
  for (const seed of seeds) {
    hash = Math.imul(hash ^ (seed & 0xffff), 0x01000193);
    hash = Math.imul(hash ^ (seed >>> 16), 0x01000193);
    hash ^= hash >>> 15;
  }
  return (hash >>> 0) % bound;
}

/** Snapshot number `tick`, one second each. */
export function fakeSnapshot(tick: number, options: FakeOptions = {}): LiveSnapshot {
  const rung = options.rung ?? 'capture+events';
  const captured = rung !== 'counters';
  const names = options.hostile === true ? HOSTILE_NAMES : NAMES;
  const wave = 0.35 + 0.3 * Math.sin(tick / 9) + 0.2 * Math.sin(tick / 3.1) + pick(100, tick) / 700;
  const rxBytes = Math.round(5_200_000 * Math.max(0.03, wave));
  const txBytes = Math.round(420_000 * Math.max(0.05, 0.5 + 0.4 * Math.cos(tick / 5) + pick(100, tick, 7) / 500));
  const tsUs = START_US + tick * 1_000_000;
  const hasRows = captured || options.sockets === true;
  const flows: LiveFlow[] = hasRows ? fakeFlows(tick, tsUs, rxBytes, txBytes, names, options.flows ?? FLOWS, rung) : [];
  const loss = tick % 40 === 39 ? 210 : 0;
  const received = captured ? 6_000 + pick(2_000, tick, 3) : 0;
  const unknown = Math.round((rxBytes + txBytes) * 0.052);
  const notCaptured = Math.round((rxBytes + txBytes) * 0.017);
  const inFlight = captured ? 12_400 : 0;
  const kernelBytes = rxBytes + txBytes;
  const apps =
    rung === 'capture+events' || options.sockets === true
      ? fakeApps(tick, rxBytes, txBytes, options.hostile === true ? HOSTILE_NAMES : APPS)
      : [];
  return {
    tsUs,
    intervalUs: 1_000_000,
    rung,
    ...(rung === 'capture+events'
      ? {}
      : { rungFix: rung === 'capture' ? 'sudo kaipo setup --events' : 'sudo kaipo setup' }),
    ...(captured ? { helper: 'native' } : {}),
    interfaces: [
      link('eth0', rxBytes * 0.8, txBytes * 0.8, tick, true, captured, 1000),
      link('wlan0', rxBytes * 0.2, txBytes * 0.2, tick, true, captured, 433),
      link('wg0', rxBytes * 0.05, txBytes * 0.05, tick, true, false),
      link('docker0', 0, 0, tick, false, false, 10000),
      link('veth-with-long-name', 820, 160, tick, true, false),
      link('lo', 34_000, 34_000, tick, true, false),
    ],
    capture: {
      received,
      delivered: received - loss,
      droppedByKernel: captured ? loss : 0,
      droppedByHelper: 0,
      dropsKnown: true,
      gaps: captured && tick > 90 ? 1 : 0,
    },
    books: {
      kernelBytes,
      attributedBytes: captured ? kernelBytes - unknown - notCaptured - inFlight : 0,
      unknownBytes: captured ? unknown : 0,
      notCapturedBytes: captured ? notCaptured : kernelBytes,
      inFlightBytes: inFlight,
    },
    ...(options.sockets === true ? { appsFrom: 'tcp-sockets' as const } : {}),
    apps,
    ...(options.older === true ? {} : { processes: fakeProcesses(apps) }),
    flows,
    hosts: hasRows ? fakeHosts(flows) : [],
    protocols: captured ? fakeProtocols(rxBytes, txBytes) : [],
    dns: captured
      ? [
          {
            kind: 'dns.answered',
            tsUs: tsUs - 200_000,
            client: { ip: '192.168.1.20', port: 40_000 + tick },
            server: { ip: '192.168.1.1', port: 53 },
            id: tick,
            name: names[tick % names.length] ?? '',
            qtype: 'AAAA',
            protocol: 'dns',
            rcode: tick % 5 === 4 ? 'NXDOMAIN' : 'NOERROR',
            answers: tick % 5 === 4 ? [] : ['2a00:1450:4001:82a::200e'],
          },
        ]
      : [],
    alerts: [],
    notices: options.notices === true ? fakeNotices(tick, tsUs, options.hostile === true) : [],
    flowTable: { active: flows.length, capacity: 262_144, refused: 0, evicted: 0 },
    recording: { state: 'recording' },
  };
}

function link(
  name: string,
  rx: number,
  tx: number,
  tick: number,
  up: boolean,
  captured: boolean,
  speedMbit?: number,
): LiveInterface {
  return {
    name,
    class: 'physical',
    counted: true,
    rxBytes: Math.round(rx),
    txBytes: Math.round(tx),
    rxPackets: Math.round(rx / 1100),
    txPackets: Math.round(tx / 300),
    rxBytesTotal: Math.round(2_400_000 * tick + rx),
    txBytesTotal: Math.round(200_000 * tick + tx),
    up,
    captured,
    ...(speedMbit === undefined ? {} : { speedMbit }),
  };
}

function row(rx: number, tx: number, seen: number) {
  const rxBytes = Math.round(rx);
  const txBytes = Math.round(tx);
  return {
    rxBytes,
    txBytes,
    rxPackets: Math.ceil(rxBytes / 1200),
    txPackets: Math.ceil(txBytes / 200),
    rxBytesTotal: rxBytes * seen,
    txBytesTotal: txBytes * seen,
  };
}

function fakeFlows(
  tick: number,
  tsUs: number,
  rx: number,
  tx: number,
  names: readonly string[],
  count: number,
  rung: Rung,
): LiveFlow[] {
  const flows: LiveFlow[] = [];
  for (let i = 0; i < count; i += 1) {
    const share = 0.3 / (i + 1) ** 1.3;
    const v6 = i % 4 === 1;
    const protocol = PROTOCOLS[pick(PROTOCOLS.length, i)] ?? 'tls';
    const udp = protocol === 'quic' || protocol === 'dns' || protocol === 'ntp' || protocol === 'mdns';
    flows.push({
      id: i.toString(16).padStart(16, '0'),
      transport: i % 31 === 30 ? 'icmp' : udp ? 'udp' : 'tcp',
      local: {
        ip: v6 ? '2001:db8:1:2::20' : '192.168.1.20',
        ...(i % 31 === 30 ? {} : { port: 32_768 + pick(28_000, i) }),
      },
      remote: {
        ip: v6 ? `2a00:1450:4001:${(i % 4096).toString(16)}::200e` : `93.184.${i >> 8}.${i & 255}`,
        ...(i % 31 === 30 ? {} : { port: PORTS[protocol] ?? 443 }),
      },
      interface: i % 3 === 2 ? 'wlan0' : 'eth0',
      ...(i % 31 === 30 ? {} : { protocol }),
      ...(i % 5 === 3 ? {} : { serverName: names[i % names.length] ?? '' }),
      ...(rung === 'capture+events' && i % 7 !== 6 ? { app: APPS[i % APPS.length] ?? '' } : {}),
      startUs: tsUs - (10 + pick(90_000, i)) * 1_000_000,
      ...row(rx * share, tx * share * (0.6 + pick(100, i, tick) / 120), 40 + i),
    });
  }
  return flows;
}

function fakeApps(tick: number, rx: number, tx: number, names: readonly string[]): LiveApp[] {
  const apps = names.map((app, i): LiveApp => {
    const share = 0.45 / (i + 1) ** 1.2;
    return {
      app,
      pid: 1_200 + i * 377,
      exe: `/usr/bin/${app}`,
      user: i === 4 ? 'root' : 'alice',
      unit: i === 5 ? 'systemd-timesyncd.service' : 'app.slice',
      ...(i === 1 ? { container: 'web-frontend-1' } : {}),
      quality: i === 3 ? 'proc-snapshot' : 'event',
      flows: 1 + pick(180, i),
      ...row(rx * share, tx * share * (0.7 + pick(60, i, tick) / 100), 60),
    };
  });
  const unknown: LiveApp = {
    app: 'unknown: no socket event',
    quality: 'unknown',
    flows: 9,
    ...row(rx * 0.05, tx * 0.05, 60),
  };
  return [...apps, unknown].sort((a, b) => b.rxBytes + b.txBytes - a.rxBytes - a.txBytes);
}

function fakeHosts(flows: readonly LiveFlow[]): LiveHost[] {
  return flows.slice(0, 60).map((flow, i) => ({
    ip: flow.remote.ip,
    ...(flow.serverName === undefined ? {} : { name: flow.serverName }),
    flows: 1 + pick(12, i),
    ...row(flow.rxBytes, flow.txBytes, 50),
  }));
}

function fakeProtocols(rx: number, tx: number): LiveProtocol[] {
  return PROTOCOLS.map((name, i) => ({
    name,
    flows: 4 + pick(200, i),
    ...row((rx * 0.5) / (i + 1) ** 1.6, (tx * 0.5) / (i + 1) ** 1.6, 60),
  }));
}

function fakeNotices(tick: number, tsUs: number, hostile: boolean): LiveNotice[] {
  const at = tsUs - Math.min(tick, 30) * 1_000_000;
  return [
    { tsUs: at, severity: 'info', text: 'capturing on eth0, wlan0' },
    { tsUs: at + 1_000_000, severity: 'warning', text: 'wlan1 is gone; capture goes on with the others' },
    {
      tsUs: at + 2_000_000,
      severity: 'critical',
      text: hostile
        ? `stream: ${HOSTILE_NAMES.join(' ')}`
        : 'the capture helper ended and was restarted after 0.4 s: a gap of about 2,900 packets',
    },
  ];
}
