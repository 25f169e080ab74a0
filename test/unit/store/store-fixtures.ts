// Records for store tests: everything follows from a seed, so that a failure repeats.
import type { DnsAnswered, FlowEnded } from '@kaipo/core/api/events.js';
import type { IntervalRecord, NamedSums, Scope, SeriesSums } from '@kaipo/core/api/interval-record.js';

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface Shape {
  readonly apps: number;
  readonly hosts: number;
  readonly hostPool: number;
  readonly protocols: number;
  readonly lengthUs?: number;
}

const SMALL: Shape = { apps: 3, hosts: 4, hostPool: 6, protocols: 2 };

/** An interval whose applications, hosts, protocols and interfaces all carry the same bytes. */
export function intervalOf(startUs: number, random: () => number, shape: Shape = SMALL): IntervalRecord {
  const apps = named(shape.apps, random, (index) => `app-${index}`);
  const total = sumOf(apps);
  const bytes = total.txBytes + total.rxBytes;
  const packets = total.txPackets + total.rxPackets;
  return {
    startUs,
    endUs: startUs + (shape.lengthUs ?? 1_000_000),
    mode: 'capture',
    interfaces: [{ name: 'eth0', class: 'physical', ...total }],
    apps: apps.map((row, index) => ({
      ...row,
      exe: `/usr/bin/${row.name}`,
      quality: index % 3 === 0 ? 'event' : 'listener',
    })),
    protocols: spread(total, shape.protocols, (index) => `protocol-${index}`),
    hosts: spread(total, shape.hosts, () => address(Math.floor(random() ** 3 * shape.hostPool))),
    capture: { received: packets, delivered: packets, droppedByKernel: 0, droppedByHelper: 0 },
    unknown: [{ name: 'no-socket', flows: 0, interface: 'eth0', zone: 'internet', ...total }],
    books: [
      { interface: 'eth0', category: 'kernel', reason: 'none', bytes },
      { interface: 'eth0', category: 'attributed', reason: 'none', bytes },
    ],
  };
}

const SCOPES: readonly Scope[] = [
  { interface: 'eth0', zone: 'internet' },
  { interface: 'eth0', zone: 'lan' },
  { interface: 'wlan0', zone: 'internet' },
  {},
];

/** The same with every row in a scope, and books with every category, one of them negative. */
export function scopedIntervalOf(startUs: number, random: () => number, shape: Shape = SMALL): IntervalRecord {
  const interval = intervalOf(startUs, random, shape);
  const scoped = <Row extends NamedSums>(row: Row): Row => ({
    ...row,
    ...SCOPES[Math.floor(random() * SCOPES.length)],
  });
  const bytes = interval.books[0]!.bytes;
  const unknown = Math.floor(bytes * random());
  const inFlight = Math.floor((random() - 0.5) * 3000);
  return {
    ...interval,
    apps: interval.apps.map(scoped),
    protocols: interval.protocols.map(scoped),
    hosts: interval.hosts.map(scoped),
    unknown: interval.unknown.map(scoped),
    books: [
      { interface: 'eth0', category: 'kernel', reason: 'none', bytes },
      { interface: 'eth0', category: 'attributed', reason: 'none', bytes: bytes - unknown - inFlight },
      { interface: 'eth0', category: 'unknown', reason: 'no-socket', bytes: unknown },
      { interface: 'eth0', category: 'in-flight', reason: 'none', bytes: inFlight },
    ],
  };
}

export function sumOf(rows: readonly SeriesSums[]): SeriesSums {
  const sums = { txBytes: 0, rxBytes: 0, txPackets: 0, rxPackets: 0 };
  for (const row of rows) {
    sums.txBytes += row.txBytes;
    sums.rxBytes += row.rxBytes;
    sums.txPackets += row.txPackets;
    sums.rxPackets += row.rxPackets;
  }
  return sums;
}

function named(count: number, random: () => number, nameOf: (index: number) => string): NamedSums[] {
  return Array.from({ length: count }, (_, index) => ({
    name: nameOf(index),
    flows: Math.floor(random() * 3),
    txBytes: Math.floor(random() ** 4 * 200_000),
    rxBytes: Math.floor(random() ** 4 * 2_000_000),
    txPackets: Math.floor(random() * 300),
    rxPackets: Math.floor(random() * 2000),
  }));
}

/** `total` cut into `count` rows that add up to it. */
function spread(total: SeriesSums, count: number, nameOf: (index: number) => string): NamedSums[] {
  const part = (value: number, index: number): number => {
    const each = Math.floor(value / count);
    return index === 0 ? value - each * (count - 1) : each;
  };
  return Array.from({ length: count }, (_, index) => ({
    name: nameOf(index),
    flows: 1,
    txBytes: part(total.txBytes, index),
    rxBytes: part(total.rxBytes, index),
    txPackets: part(total.txPackets, index),
    rxPackets: part(total.rxPackets, index),
  }));
}

function address(index: number): string {
  return `198.51.${Math.floor(index / 250) % 250}.${(index % 250) + 1}`;
}

export function flowEnded(endUs: number, random: () => number, index: number): FlowEnded {
  return {
    kind: 'flow.ended',
    tsUs: endUs,
    reason: 'closed',
    flow: {
      id: (endUs + index).toString(16).padStart(16, '0'),
      transport: 'tcp',
      client: { ip: '192.0.2.10', port: 40_000 + index, packets: 10, bytes: Math.floor(random() * 10_000) },
      server: {
        ip: address(Math.floor(random() * 200)),
        port: 443,
        packets: 12,
        bytes: Math.floor(random() * 500_000),
      },
      startUs: endUs - 500_000,
      endUs,
      interface: 'eth0',
      localSide: 'client',
      protocol: 'tls',
      protocolFrom: 'payload',
      serverName: `host-${index}.example.com`,
      serverNameFrom: 'sni',
      owner: { app: 'curl', pid: 100 + index, exe: '/usr/bin/curl', user: 'ada', quality: 'event' },
    },
  };
}

export function nameAnswered(tsUs: number, name: string, answers: readonly string[]): DnsAnswered {
  return {
    kind: 'dns.answered',
    tsUs,
    client: { ip: '192.0.2.10', port: 5353 },
    server: { ip: '192.0.2.1', port: 53 },
    id: 1,
    name,
    qtype: 'A',
    protocol: 'dns',
    rcode: 'NOERROR',
    answers,
  };
}
