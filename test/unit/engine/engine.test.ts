// The engine as a whole: sums agree with the packets, records with the flows, and the cut of the input into batches changes nothing.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Analyzer, definePlugin, type FlowRecord, type KaipoEvent } from '@kaipo/core/api/index.js';
import { Engine, type EngineOptions } from '@kaipo/core/engine/engine.js';
import { FlowNotebook } from '@kaipo/core/engine/flow-notes.js';
import { SUM_PACKETS, SUMS } from '@kaipo/core/flow/flow-columns.js';
import { FlowTable } from '@kaipo/core/flow/flow-table.js';
import { CaptureReader } from '@kaipo/core/frame/capture-reader.js';
import { builtinPlugins } from '@kaipo/plugins/all.js';
import { ascii } from '../../fixtures/bytes.js';
import { alertRaised } from '../../fixtures/events.js';
import { ethernetIp } from '../../fixtures/link-layers.js';
import { type Packet, START_NS, timed } from '../../fixtures/packet-list.js';
import { PCAP_CASES } from '../../fixtures/pcap-cases.js';
import { pcapFile } from '../../fixtures/pcap-writer.js';
import { below, seededRandom } from '../../fixtures/seeded-random.js';
import { tcp, udp } from '../../fixtures/transport-layers.js';

interface Run {
  readonly engine: Engine;
  readonly events: KaipoEvent[];
}

/** Runs bytes through reader and engine in pieces of `pieceBytes`. */
function run(bytes: Uint8Array, pieceBytes = bytes.length, options: Partial<EngineOptions> = {}): Run {
  const events: KaipoEvent[] = [];
  const engine = new Engine({ plugins: builtinPlugins, maxFlows: 10_000, ...options });
  engine.bus.subscribe({
    name: 'test',
    wants: 'all',
    capacity: 64,
    whenFull: 'flush',
    deliver: (batch) => events.push(...batch),
  });
  const reader = new CaptureReader((batch) => engine.process(batch));
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    if (!reader.push(bytes.subarray(at, at + pieceBytes))) break;
  }
  reader.end();
  engine.finish();
  return { engine, events };
}

const flowsOf = (events: readonly KaipoEvent[]): FlowRecord[] =>
  events.flatMap((event) => (event.kind === 'flow.ended' ? [event.flow] : []));

const totals = (flows: readonly FlowRecord[]): [packets: number, bytes: number] => [
  flows.reduce((sum, { client, server }) => sum + client.packets + server.packets, 0),
  flows.reduce((sum, { client, server }) => sum + client.bytes + server.bytes, 0),
];

/** Packets of a few hundred flows, some of them resting for long. */
function traffic(seed: number, count: number): Packet[] {
  const random = seededRandom(seed);
  let timeNs = START_NS;
  return Array.from({ length: count }, () => {
    timeNs += BigInt(below(random, 400)) * 1_000_000n;
    const client = { ip: `192.0.2.${below(random, 40)}`, port: 40_000 + below(random, 6) };
    const server = { ip: '198.51.100.1', port: 7_000 + below(random, 2) };
    const [from, to] = below(random, 2) === 0 ? [client, server] : [server, client];
    const packet =
      below(random, 3) === 0
        ? udp(from, to, ascii('data'))
        : tcp(from, to, { flags: [2, 16, 16, 16, 17, 4][below(random, 6)]! });
    return { timeNs, bytes: ethernetIp(packet) };
  });
}

describe('sums', () => {
  it('of every case: each packet has one verdict, and the flows hold every packet with an IP header', () => {
    for (const { name, file, bytes } of PCAP_CASES) {
      if (file.endsWith('.gz')) continue;
      const { engine, events } = run(bytes());
      const tally = engine.tally;
      assert.equal(tally.packets, tally.decodedPackets + tally.malformedPackets + tally.unsupportedPackets, name);
      const [packets, wireBytes] = totals(flowsOf(events));
      assert.equal(packets, tally.packets - tally.otherPackets.reduce((a, b) => a + b), name);
      assert.equal(wireBytes, tally.bytes - tally.otherBytes.reduce((a, b) => a + b), name);
      assert.equal(engine.flows.created, flowsOf(events).length, name);
    }
  });

  it('of a full table: the packets of refused flows are counted, not lost', () => {
    const { engine, events } = run(pcapFile(traffic(3, 2000)), 4096, { maxFlows: 20 });
    assert.ok(engine.flows.refusedPackets > 0);
    assert.equal(totals(flowsOf(events))[0] + engine.flows.refusedPackets, engine.tally.packets);
  });
});

describe('the cut into batches', () => {
  const summary = (events: readonly KaipoEvent[]): string[] =>
    flowsOf(events)
      .map(({ id: _id, ...flow }) => JSON.stringify(flow))
      .sort();

  it('changes no flow record while nothing is idle for long', () => {
    const bytes = pcapFile(
      traffic(1, 3000).map((packet, index) => ({ ...packet, timeNs: START_NS + BigInt(index) * 1_000_000n })),
    );
    const whole = summary(run(bytes).events);
    for (const pieceBytes of [40, 1000, 65_536]) assert.deepEqual(summary(run(bytes, pieceBytes).events), whole);
  });

  it('changes no flow record when flows rest longer than their timeout', () => {
    const bytes = pcapFile(traffic(2, 6000));
    const whole = summary(run(bytes).events);
    for (const pieceBytes of [40, 1000, 65_536]) assert.deepEqual(summary(run(bytes, pieceBytes).events), whole);
  });
});

describe('events', () => {
  it('are all delivered at the end, also answers to the last flows, whatever the order of plugins', () => {
    const rule: Analyzer = {
      name: 'rule',
      interest: { transport: 'any', packets: 'none', events: ['flow.ended'] },
      onEvents: (events, out) => {
        for (const _ of events) out.write(alertRaised('flow seen'));
      },
    };
    const heard: string[] = [];
    const listener: Analyzer = {
      name: 'listener',
      interest: { transport: 'any', packets: 'none', events: ['alert.raised'] },
      onEvents: (events) => heard.push(...events.map((event) => event.kind)),
    };
    const plugin = definePlugin({
      name: 'rules',
      apiVersion: 1,
      description: 'a test',
      parseConfig: () => undefined,
      register: (registry) => {
        registry.analyzer(listener);
        registry.analyzer(rule);
      },
    });
    const frames = [1, 2].map((port) =>
      ethernetIp(udp({ ip: '192.0.2.1', port }, { ip: '192.0.2.2', port: 3000 }, ascii('x'))),
    );
    const { events } = run(pcapFile(timed(frames)), undefined, { plugins: [plugin] });
    assert.equal(heard.length, 2);
    assert.deepEqual(events.map(({ kind }) => kind).sort(), [
      'alert.raised',
      'alert.raised',
      'flow.ended',
      'flow.ended',
    ]);
  });

  it('onFlowEnded sees each flow once, while its columns still hold it', () => {
    let packets = 0;
    let calls = 0;
    const options: Partial<EngineOptions> = {
      timeouts: { tcpS: 5, tcpClosedS: 1, otherS: 5 },
      onFlowEnded: (flow) => {
        calls += 1;
        const at = flow * SUMS + SUM_PACKETS;
        packets += engine.flows.columns.sums[at]! + engine.flows.columns.sums[at + 1]!;
      },
    };
    const engine = new Engine({ plugins: [], maxFlows: 100_000, ...options });
    const reader = new CaptureReader((batch) => engine.process(batch));
    const bytes = pcapFile(traffic(4, 5000));
    for (let at = 0; at < bytes.length; at += 5000) reader.push(bytes.subarray(at, at + 5000));
    engine.finish();
    assert.equal(packets, 5000);
    assert.equal(calls, engine.flows.created);
    assert.ok(calls > 500, 'many flows ended on the way');
  });
});

describe('notes about flows', () => {
  it('payload evidence replaces port evidence, otherwise the first word stands', () => {
    const flows = new FlowTable({ capacity: 4 });
    const notes = new FlowNotebook(flows);
    const [http, tls, ssh] = ['http', 'tls', 'ssh'].map((name) => notes.protocolId(name));
    assert.equal(notes.protocolId('http'), http);
    notes.setProtocol(1, http!, 'port');
    notes.setProtocol(1, tls!, 'port');
    assert.equal(notes.protocolName(flows.columns.protocolId[1]!), 'http');
    notes.setProtocol(1, tls!, 'payload');
    notes.setProtocol(1, ssh!, 'payload');
    assert.equal(notes.protocolName(flows.columns.protocolId[1]!), 'tls');
    assert.deepEqual(
      [notes.evidenceOf(1), notes.hasPayloadProtocol(1), notes.hasPayloadProtocol(2)],
      ['payload', true, false],
    );
    assert.throws(() => notes.protocolId('Not A Name'), /not a protocol name/);
  });

  it('are kept of as many flows as there is memory for; what is said of further ones is counted', () => {
    const notes = new FlowNotebook(new FlowTable({ capacity: 4 }), 2);
    for (const flow of [0, 1, 2]) notes.setServerName(flow, `host${flow}`, 'sni');
    notes.setApplication(0, 'app');
    assert.deepEqual(
      [0, 1, 2].map((flow) => notes.textsOf(flow)?.serverName),
      ['host0', 'host1', undefined],
    );
    assert.equal(notes.refusedTexts, 1);
    notes.forget(0);
    notes.setServerName(3, 'host3', 'sni');
    assert.equal(notes.textsOf(3)?.serverName, 'host3');
  });

  it('a name from the flow itself replaces one from DNS; texts are made safe and forgotten with the flow', () => {
    const notes = new FlowNotebook(new FlowTable({ capacity: 4 }));
    notes.setServerName(1, 'dns.example', 'dns');
    notes.setServerName(1, 'sni\u001b[31m.example', 'sni');
    notes.setServerName(1, 'host.example', 'host');
    assert.deepEqual(notes.textsOf(1), { serverName: 'sni\ufffd[31m.example', serverNameFrom: 'sni' });
    notes.forget(1);
    assert.equal(notes.textsOf(1), undefined);
  });
});
