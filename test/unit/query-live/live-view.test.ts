// The live view over a real engine: what the ticks show adds up to what the packets were, also for flows that begin and end between
// two looks, and for rows of the flow table that are used again; and in every scope applications and the unknown are the protocols.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { processTree } from '@kaipo/cli/tui/process-tree.js';
import type { FlowOwner } from '@kaipo/core/api/index.js';
import { Engine } from '@kaipo/core/engine/engine.js';
import { REFUSED } from '@kaipo/core/engine/stray-frames.js';
import { CaptureReader } from '@kaipo/core/frame/capture-reader.js';
import { type LiveMovement, LiveView, type LiveViewSource } from '@kaipo/core/query/live-view.js';
import { ownerKey } from '@kaipo/core/query/owner-key.js';
import { TrafficZones } from '@kaipo/core/query/traffic-zone.js';
import { addressBytes } from '../../fixtures/bytes.js';
import { arp, ethernetIp } from '../../fixtures/link-layers.js';
import { ip, PROTO_ICMP } from '../../fixtures/network-layers.js';
import { START_NS } from '../../fixtures/packet-list.js';
import { pcapFile } from '../../fixtures/pcap-writer.js';
import { below, type Random, seededRandom } from '../../fixtures/seeded-random.js';
import { tcp, udp } from '../../fixtures/transport-layers.js';

const LOCAL = '192.0.2.10';
const OWNERS: readonly FlowOwner[] = [
  { app: 'curl', pid: 1, user: 'me', quality: 'proc-snapshot' },
  { app: 'curl', pid: 4, user: 'me', quality: 'event', parents: [{ pid: 1, app: 'curl' }] },
  { app: 'curl', pid: 5, user: 'me', quality: 'event' },
  { app: 'curl', pid: 2, user: 'root', quality: 'proc-snapshot' },
  { app: 'ssh', pid: 3, user: 'me', quality: 'proc-snapshot' },
];

/** Sockets of others have no owner. */
const OWNERS_AND_OTHERS = 7;
const ENDED_PID = 5;

interface Packet {
  readonly second: number;
  readonly bytes: Uint8Array;
  readonly interfaceId?: number;
}

interface Bench {
  readonly engine: Engine;
  readonly view: LiveView;
  feed(packets: readonly Packet[]): void;
}

/** What a view asks of an engine, without owners. */
function sourceOf(engine: Engine): LiveViewSource {
  const zones = new TrafficZones();
  zones.refresh([{ address: LOCAL }]);
  return {
    flows: engine.flows,
    protocolName: (id) => engine.notebook.protocolName(id),
    serverName: (flow) => engine.notebook.textsOf(flow)?.serverName,
    setOwner: (flow, owner) => engine.notebook.setOwner(flow, owner),
    nameOf: (ip) => engine.names.nameOf(ip),
    interfaceName: (id) => `eth${id}`,
    addresses: zones,
    takeStrays: (visit) =>
      engine.tally.strays.take((id, code, isSent, packets, bytes) =>
        visit(
          id,
          code >= REFUSED ? 'refused' : `type ${code}`,
          code >= REFUSED ? undefined : 'lan',
          isSent,
          packets,
          bytes,
        ),
      ),
    findOwner: ({ localPort }) => (localPort === undefined ? 'no-ports' : 'no-socket'),
  };
}

function bench(capacity: number, timeoutS: number): Bench {
  let view: LiveView | undefined;
  const engine = new Engine({
    plugins: [],
    maxFlows: capacity,
    keyByInterface: true,
    timeouts: { tcpS: timeoutS, tcpClosedS: 1, otherS: timeoutS },
    onFlowEnded: (flow) => view?.flowEnded(flow),
  });
  view = new LiveView({
    ...sourceOf(engine),
    findOwner: ({ localPort }) =>
      localPort === undefined ? 'no-ports' : (OWNERS[localPort % OWNERS_AND_OTHERS] ?? 'no-socket'),
    isRunning: ({ pid }) => pid !== ENDED_PID,
  });
  return {
    engine,
    view,
    feed: (packets) => {
      let done = 0;
      const reader = new CaptureReader((batch) => {
        for (let row = 0; row < batch.length; row++) batch.interfaceId[row] = packets[done++]?.interfaceId ?? 0;
        engine.process(batch);
      });
      const at = (second: number): bigint => START_NS + BigInt(Math.round(second * 1e6)) * 1000n;
      reader.push(pcapFile(packets.map(({ second, bytes }) => ({ timeNs: at(second), bytes }))));
    },
  };
}

interface Sums {
  txBytes: number;
  rxBytes: number;
  txPackets: number;
  rxPackets: number;
}

const SUM_FIELDS = ['txBytes', 'rxBytes', 'txPackets', 'rxPackets'] as const;

function addTo(into: Sums, row: Readonly<Sums>): void {
  for (const field of SUM_FIELDS) into[field] += row[field];
}

/** Sums and flows by scope, of some lists of a movement. */
function byScope(movement: LiveMovement, ...kinds: readonly (keyof LiveMovement['scoped'])[]): object {
  const scopes: Record<string, Sums & { flows: number }> = {};
  for (const kind of kinds) {
    for (const row of movement.scoped[kind]) {
      const key = `${row.interface} ${row.zone}`;
      scopes[key] ??= { txBytes: 0, rxBytes: 0, txPackets: 0, rxPackets: 0, flows: 0 };
      addTo(scopes[key], row);
      scopes[key].flows += row.flows;
    }
  }
  return scopes;
}

const ROW_FIELDS = [...SUM_FIELDS, 'txBytesTotal', 'rxBytesTotal', 'flows'] as const;

/** What processes moved, and have moved, by the application they are part of. */
function byApp(rows: LiveMovement['processes'] | LiveMovement['apps']): object {
  const sums: Record<string, Record<string, number>> = {};
  for (const row of rows) {
    const key = ownerKey(row);
    sums[key] ??= Object.fromEntries(ROW_FIELDS.map((field) => [field, 0]));
    const into = sums[key];
    for (const field of ROW_FIELDS) into[field]! += row[field];
  }
  return sums;
}

/** The lines below an application add up to it. */
function assertTree({ apps, processes }: LiveMovement): void {
  const rows = processTree({ apps, processes }) ?? [];
  const below = rows.filter(({ kind }, at) => kind !== 'app' || rows[at + 1]?.branch.length !== 1);
  for (const field of ['txBytes', 'rxBytes', 'txBytesTotal', 'rxBytesTotal', 'flows'] as const) {
    const sum = (list: readonly Record<typeof field, number>[]): number =>
      list.reduce((all, row) => all + row[field], 0);
    assert.equal(sum(below), sum(apps), field);
  }
}

/** A packet of this host with one of `remotes` others, on one of 20 ports. */
function packet(random: Random, remotes: number): Uint8Array {
  const local = { ip: LOCAL, port: 40_000 + below(random, 20) };
  const remote = { ip: `198.51.${below(random, 4)}.${below(random, remotes)}`, port: 7_000 };
  const [from, to] = below(random, 2) === 0 ? [local, remote] : [remote, local];
  const payload = new Uint8Array(below(random, 500));
  return ethernetIp(
    below(random, 2) === 0
      ? udp(from, to, payload)
      : tcp(from, to, { flags: [2, 16, 17, 4][below(random, 4)]!, payload }),
  );
}

const isFromLocal = (frame: Uint8Array): boolean => Buffer.compare(frame.subarray(26, 30), addressBytes(LOCAL)) === 0;

describe('sums of all ticks', () => {
  for (const [name, capacity, remotes, timeoutS] of [
    ['long flows', 20_000, 10, 600],
    ['flows shorter than a tick', 20_000, 200, 1],
  ] as const) {
    it(`equal the packets: ${name}`, () => {
      const random = seededRandom(9);
      const { engine, view, feed } = bench(capacity, timeoutS);
      const sent = { txBytes: 0, rxBytes: 0, txPackets: 0, rxPackets: 0 };
      const seen = { hosts: { ...sent }, protocols: { ...sent }, apps: { ...sent }, unknown: { ...sent }, started: 0 };
      const look = (): void => {
        const movement = view.take();
        for (const kind of ['hosts', 'protocols', 'apps', 'unknown'] as const)
          for (const row of movement.scoped[kind]) addTo(seen[kind], row);
        for (const row of movement.scoped.hosts) seen.started += row.flows;
        assert.deepEqual(byScope(movement, 'apps', 'unknown'), byScope(movement, 'protocols'));
        assert.deepEqual(byScope(movement, 'hosts'), byScope(movement, 'protocols'));
        assert.deepEqual(byApp(movement.processes), byApp(movement.apps));
        assert.ok(movement.processes.every(({ pid, ended }) => (pid === undefined) === (ended !== undefined)));
        assertTree(movement);
      };
      let second = 0;
      for (let tick = 0; tick < 60; tick++) {
        // Several batches a tick, now and then with a silence that ends flows before anybody looked at them.
        for (let part = 0; part < 4; part++) {
          second += below(random, 3) === 0 ? 3 : 0.1;
          feed(
            Array.from({ length: below(random, 60) }, () => {
              const bytes = packet(random, remotes);
              const side = isFromLocal(bytes) ? 'tx' : 'rx';
              sent[`${side}Bytes`] += bytes.length;
              sent[`${side}Packets`] += 1;
              return { second, bytes, interfaceId: below(random, 3) };
            }),
          );
        }
        engine.tick(Number(START_NS / 1000n) + second * 1e6);
        look();
      }
      look();
      assert.equal(engine.flows.refused, 0);
      assert.deepEqual(seen.hosts, sent);
      assert.deepEqual(seen.protocols, sent);
      assert.ok(seen.apps.txBytes > 0 && seen.unknown.txBytes > 0);
      addTo(seen.apps, seen.unknown);
      assert.deepEqual(seen.apps, sent);
      assert.equal(seen.started, engine.flows.created);
      if (timeoutS === 1) assert.ok(engine.flows.created > engine.flows.highWater, 'rows were used again');
      assert.deepEqual(view.take().scoped.hosts, [], 'an interval without packets moves nothing');
    });
  }
});

describe('rows of a screen', () => {
  it('are sorted, and say who owns what and where it goes', () => {
    const { view, feed } = bench(100, 600);
    const remote = { ip: '198.51.100.1', port: 443 };
    feed([
      {
        second: 0,
        bytes: ethernetIp(tcp({ ip: LOCAL, port: 40_000 }, remote, { flags: 2, payload: new Uint8Array(100) })),
      },
      {
        second: 0,
        bytes: ethernetIp(tcp({ ip: LOCAL, port: 40_002 }, remote, { flags: 2, payload: new Uint8Array(500) })),
      },
      { second: 0, bytes: ethernetIp(tcp({ ip: LOCAL, port: 40_004 }, remote, { flags: 2 })) },
    ]);
    const { apps, flows, hosts, protocols } = view.take();
    assert.deepEqual(
      apps.map(({ app, flows: live }) => [app, live]),
      [
        ['ssh', 1],
        ['curl', 1],
      ],
    );
    assert.deepEqual(
      flows.map(({ local, remote: far, app }) => [local.port, far.ip, app]),
      [
        [40_002, remote.ip, 'ssh'],
        [40_000, remote.ip, 'curl'],
        [40_004, remote.ip, undefined],
      ],
    );
    assert.deepEqual(
      hosts.map(({ ip, flows: live }) => [ip, live]),
      [[remote.ip, 3]],
    );
    assert.deepEqual(
      protocols.map(({ name }) => name),
      ['tcp'],
    );
    const next = view.take();
    assert.equal(next.flows.length, 3, 'flows that rest are still there');
    assert.ok(next.flows.every(({ txBytes, txBytesTotal }) => txBytes === 0 && txBytesTotal > 0));
  });

  it('an owner that is found late gets what moves from then on', () => {
    let isKnown = false;
    const engine = new Engine({ plugins: [], maxFlows: 10 });
    const view = new LiveView({ ...sourceOf(engine), findOwner: () => (isKnown ? OWNERS[0]! : 'no-socket') });
    const frame = ethernetIp(udp({ ip: LOCAL, port: 1 }, { ip: '198.51.100.1', port: 2000 }, new Uint8Array(58)));
    const feed = (): void =>
      void new CaptureReader((batch) => engine.process(batch)).push(pcapFile([{ timeNs: START_NS, bytes: frame }]));
    feed();
    assert.deepEqual(view.take().scoped.apps, []);
    isKnown = true;
    feed();
    const movement = view.take();
    assert.deepEqual(movement.scoped.apps, [
      {
        name: 'curl',
        user: 'me',
        quality: 'proc-snapshot',
        interface: 'eth0',
        zone: 'internet',
        txBytes: 100,
        rxBytes: 0,
        txPackets: 1,
        rxPackets: 0,
        flows: 0,
      },
    ]);
    assert.deepEqual(movement.scoped.unknown, []);
    assert.equal(movement.apps[0]!.txBytesTotal, 100);
    // What the interval before called unknown is told to be its own.
    const where = { interface: 'eth0', zone: 'internet', rxBytes: 0, rxPackets: 0 };
    assert.deepEqual(movement.corrections, [
      {
        intervalsAgo: 1,
        apps: [{ name: 'curl', user: 'me', quality: 'proc-snapshot', ...where, txBytes: 100, txPackets: 1, flows: 1 }],
        unknown: [{ name: 'no-socket', ...where, txBytes: -100, txPackets: -1, flows: -1 }],
      },
    ]);
    feed();
    assert.deepEqual(view.take().corrections, [], 'once');
  });

  it('a flow that has just begun and has no owner yet waits for the next interval', () => {
    const engine = new Engine({ plugins: [], maxFlows: 10 });
    let isKnown = false;
    const view = new LiveView({ ...sourceOf(engine), findOwner: () => (isKnown ? OWNERS[0]! : 'no-socket') });
    const frame = ethernetIp(udp({ ip: LOCAL, port: 1 }, { ip: '198.51.100.1', port: 2000 }, new Uint8Array(58)));
    new CaptureReader((batch) => engine.process(batch)).push(pcapFile([{ timeNs: START_NS, bytes: frame }]));
    const startUs = Number(START_NS) / 1000;
    assert.deepEqual(view.take(startUs + 100_000).scoped.protocols, []);
    isKnown = true;
    const { scoped, corrections } = view.take(startUs + 200_000);
    assert.deepEqual([scoped.apps.length, scoped.unknown.length, corrections], [1, 0, []]);
  });
});

describe('what nobody owns', () => {
  const LAN = '192.168.7.7';
  const ARP = arp(1, LOCAL, LAN);

  it('has a reason: no socket, no ports, or not a flow', () => {
    const { view, feed } = bench(100, 600);
    feed([
      { second: 0, bytes: ethernetIp(udp({ ip: LOCAL, port: 5 }, { ip: LAN, port: 53 }, new Uint8Array(58))) },
      { second: 0, bytes: ethernetIp(ip(LOCAL, LAN, PROTO_ICMP, new Uint8Array(8))) },
      { second: 0, bytes: ARP },
      { second: 0, bytes: ARP, interfaceId: 1 },
    ]);
    const movement = view.take();
    assert.deepEqual(
      movement.scoped.unknown
        .map((row) => `${row.name} ${row.interface} ${row.zone} ${row.txPackets + row.rxPackets} ${row.flows}`)
        .sort(),
      ['no-ports eth0 lan 1 1', 'no-socket eth0 lan 1 1', 'not-a-flow eth0 lan 1 0', 'not-a-flow eth1 lan 1 0'],
    );
    assert.deepEqual(byScope(movement, 'unknown'), byScope(movement, 'protocols'));
    assert.ok(
      movement.protocols.some((row) => row.name === `type ${0x0806}` && row.txBytes + row.rxBytes === 2 * ARP.length),
    );
  });

  it('is also what a full table refuses, and every byte of the tally is somewhere', () => {
    const random = seededRandom(5);
    const { engine, view, feed } = bench(16, 600);
    for (let round = 0; round < 5; round++) {
      const before = engine.tally.bytes;
      feed(
        Array.from({ length: 200 }, () => ({
          second: round,
          bytes: below(random, 5) === 0 ? ARP : packet(random, 100),
          interfaceId: below(random, 3),
        })),
      );
      const movement = view.take();
      assert.deepEqual(byScope(movement, 'apps', 'unknown'), byScope(movement, 'protocols'));
      assert.equal(
        movement.scoped.protocols.reduce((sum, row) => sum + row.txBytes + row.rxBytes, 0),
        engine.tally.bytes - before,
      );
    }
    assert.ok(engine.flows.refused > 0);
  });
});
