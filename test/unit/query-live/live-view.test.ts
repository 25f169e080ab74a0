// The live view over a real engine: what the ticks show adds up to what the packets were, also for flows that begin and end between
// two looks, and for rows of the flow table that are used again.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FlowOwner } from '@kaipo/core/api/index.js';
import { Engine } from '@kaipo/core/engine/engine.js';
import { CaptureReader } from '@kaipo/core/frame/capture-reader.js';
import { LiveView } from '@kaipo/core/query/live-view.js';
import { addressBytes } from '../../fixtures/bytes.js';
import { ethernetIp } from '../../fixtures/link-layers.js';
import { START_NS } from '../../fixtures/packet-list.js';
import { pcapFile } from '../../fixtures/pcap-writer.js';
import { below, type Random, seededRandom } from '../../fixtures/seeded-random.js';
import { tcp, udp } from '../../fixtures/transport-layers.js';

const LOCAL = '192.0.2.10';
const OWNERS: readonly FlowOwner[] = [
  { app: 'curl', pid: 1, user: 'me', quality: 'proc-snapshot' },
  { app: 'curl', pid: 2, user: 'root', quality: 'proc-snapshot' },
  { app: 'ssh', pid: 3, user: 'me', quality: 'proc-snapshot' },
];

interface Bench {
  readonly engine: Engine;
  readonly view: LiveView;
  feed(packets: readonly { second: number; bytes: Uint8Array }[]): void;
}

function bench(capacity: number, timeoutS: number): Bench {
  let view: LiveView | undefined;
  const engine = new Engine({
    plugins: [],
    maxFlows: capacity,
    timeouts: { tcpS: timeoutS, tcpClosedS: 1, otherS: timeoutS },
    onFlowEnded: (flow) => view?.flowEnded(flow),
  });
  view = new LiveView({
    flows: engine.flows,
    protocolName: (id) => engine.notebook.protocolName(id),
    serverName: (flow) => engine.notebook.textsOf(flow)?.serverName,
    owner: (flow) => engine.notebook.textsOf(flow)?.owner,
    setOwner: (flow, owner) => engine.notebook.setOwner(flow, owner),
    nameOf: (ip) => engine.names.nameOf(ip),
    interfaceName: () => undefined,
    isLocalAddress: (ip) => ip === LOCAL,
    findOwner: (_transport, _ip, localPort) => OWNERS[localPort % 5],
  });
  return {
    engine,
    view,
    feed: (packets) => {
      const reader = new CaptureReader((batch) => engine.process(batch));
      const at = (second: number): bigint => START_NS + BigInt(Math.round(second * 1e6)) * 1000n;
      reader.push(pcapFile(packets.map(({ second, bytes }) => ({ timeNs: at(second), bytes }))));
    },
  };
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
      const seen = { hosts: { ...sent }, protocols: { ...sent }, apps: 0, attributed: 0, started: 0 };
      const add = (into: typeof sent, row: typeof sent): void => {
        for (const key of ['txBytes', 'rxBytes', 'txPackets', 'rxPackets'] as const) into[key] += row[key];
      };
      const look = (): void => {
        const movement = view.take();
        for (const row of movement.allHosts) add(seen.hosts, row);
        for (const row of movement.allProtocols) add(seen.protocols, row);
        for (const row of movement.allApps) seen.apps += row.txBytes + row.rxBytes;
        for (const row of movement.allHosts) seen.started += row.flowsStarted;
        seen.attributed += movement.attributedBytes;
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
              return { second, bytes };
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
      assert.equal(seen.apps, seen.attributed);
      assert.ok(seen.attributed > 0 && seen.attributed < sent.txBytes + sent.rxBytes);
      assert.equal(seen.started, engine.flows.created);
      if (timeoutS === 1) assert.ok(engine.flows.created > engine.flows.highWater, 'rows were used again');
      assert.deepEqual(view.take().allHosts, [], 'an interval without packets moves nothing');
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
    const view = new LiveView({
      flows: engine.flows,
      protocolName: () => undefined,
      serverName: () => undefined,
      owner: (flow) => engine.notebook.textsOf(flow)?.owner,
      setOwner: (flow, owner) => engine.notebook.setOwner(flow, owner),
      nameOf: () => undefined,
      interfaceName: () => undefined,
      isLocalAddress: (ip) => ip === LOCAL,
      findOwner: () => (isKnown ? OWNERS[0] : undefined),
    });
    const frame = ethernetIp(udp({ ip: LOCAL, port: 1 }, { ip: '198.51.100.1', port: 2000 }, new Uint8Array(58)));
    const feed = (): void =>
      void new CaptureReader((batch) => engine.process(batch)).push(pcapFile([{ timeNs: START_NS, bytes: frame }]));
    feed();
    assert.equal(view.take().attributedBytes, 0);
    isKnown = true;
    feed();
    const movement = view.take();
    assert.equal(movement.attributedBytes, 100);
    assert.equal(movement.apps[0]!.txBytesTotal, 100);
  });
});
