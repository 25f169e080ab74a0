// Applications by classifier: asked when a flow ends; what a protocol says stands; places; and that details are safe text.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Classifier,
  DONE,
  defineProtocol,
  type FlowFacts,
  type FlowRecord,
  type KaipoPlugin,
  MATCH,
  type ProtocolFlow,
} from '@kaipo/core/api/index.js';
import { Engine } from '@kaipo/core/engine/engine.js';
import { CaptureReader } from '@kaipo/core/frame/capture-reader.js';
import { ascii } from '../../fixtures/bytes.js';
import { endedFlows } from '../../fixtures/ended-flows.js';
import { dnsAnswered } from '../../fixtures/events.js';
import { ethernetIp } from '../../fixtures/link-layers.js';
import { timed } from '../../fixtures/packet-list.js';
import { pcapFile } from '../../fixtures/pcap-writer.js';
import { udp } from '../../fixtures/transport-layers.js';

const saying = (say: (flow: ProtocolFlow) => void, application?: string): KaipoPlugin =>
  defineProtocol('a test', {
    name: 'talker',
    transports: ['udp'],
    ...(application === undefined ? {} : { application }),
    probe: () => MATCH,
    open: (flow) => {
      say(flow);
      return { read: () => DONE };
    },
  });

const classifying = (classifier: Omit<Classifier, 'name'>): KaipoPlugin => ({
  ...saying(() => undefined),
  name: 'classes',
  register: (registry) => registry.classifier({ name: 'classes', ...classifier }),
});

/** The record of a flow of so many packets, each in a batch of its own. */
function flowOf(
  plugins: readonly KaipoPlugin[],
  prepare: (engine: Engine) => void = () => undefined,
  packets = 1,
): FlowRecord {
  const engine = new Engine({ plugins, maxFlows: 16 });
  const flows = endedFlows(engine);
  prepare(engine);
  const packet = udp({ ip: '192.0.2.10', port: 40_000 }, { ip: '198.51.100.80', port: 50_000 }, ascii('hello'));
  for (let i = 0; i < packets; i++) {
    const reader = new CaptureReader((batch) => engine.process(batch));
    reader.push(pcapFile(timed([ethernetIp(packet)])));
    reader.end();
  }
  engine.finish();
  return flows[0]!;
}

const byName = (facts: FlowFacts) =>
  facts.serverName === undefined ? undefined : { application: `app of ${facts.serverName}`, category: 'video' };

describe('applications', () => {
  it('are named by what was learnt', () => {
    const flow = flowOf([
      saying((one) => one.setServerName('www.example.com', 'sni')),
      classifying({ classify: byName }),
    ]);
    assert.deepEqual([flow.application, flow.category], ['app of www.example.com', 'video']);
  });

  it('are named also by what a reader says last, when its flow ends', () => {
    const late = defineProtocol('a test', {
      name: 'late',
      transports: ['udp'],
      probe: () => MATCH,
      open: (flow) => ({ read: () => 0, end: () => flow.setServerName('late.example.com', 'sni') }),
    });
    assert.equal(flowOf([late, classifying({ classify: byName })]).application, 'app of late.example.com');
  });

  it('of a protocol stand; a classifier may add the category', () => {
    const classify = (facts: FlowFacts) => ({ application: facts.application ?? 'wrong', category: 'games' });
    const flow = flowOf([saying(() => undefined, 'Talker'), classifying({ classify })]);
    assert.deepEqual([flow.application, flow.category], ['Talker', 'games']);
    const other = flowOf([
      saying(() => undefined, 'Talker'),
      classifying({ classify: () => ({ application: 'Other', category: 'x' }) }),
    ]);
    assert.deepEqual([other.application, other.category], ['Talker', undefined]);
  });

  it('without a name of its own, by the name its server was last looked up by, at the end', () => {
    const flow = flowOf([classifying({ classify: byName })], (engine) =>
      engine.names.learn(dnsAnswered('cdn.example.com', ['198.51.100.80'])),
    );
    assert.equal(flow.application, 'app of cdn.example.com');
    assert.equal(flow.serverNameFrom, 'dns');
  });

  it('are asked about once, when everything is known', () => {
    const asked: FlowFacts[] = [];
    const talker = defineProtocol('a test', {
      name: 'late',
      transports: ['udp'],
      probe: () => MATCH,
      open: (flow) => {
        flow.setServerName('host.example', 'host');
        return {
          read: () => {
            flow.setDetails({ subject: 'more' });
            return 0;
          },
          end: () => flow.setServerName('sni.example', 'sni'),
        };
      },
    });
    const classify = (facts: FlowFacts) => {
      asked.push(facts);
      return byName(facts);
    };
    const flow = flowOf([talker, classifying({ classify })], undefined, 3);
    assert.deepEqual(
      asked.map(({ serverName, subject }) => [serverName, subject]),
      [['sni.example', 'more']],
    );
    assert.equal(flow.application, 'app of sni.example');
  });

  it('places are those of the server', () => {
    const placeOf = (ip: string) =>
      ip === '198.51.100.80' ? { asn: 64_500, network: 'Test\u0007net', country: 'AT' } : undefined;
    const flow = flowOf([classifying({ classify: () => undefined, placeOf })]);
    assert.deepEqual([flow.serverAsn, flow.serverNetwork, flow.serverCountry], [64_500, 'Test\ufffdnet', 'AT']);
  });
});

describe('names and details', () => {
  it('SNI goes before Host, whichever came first', () => {
    const flow = flowOf([
      saying((one) => {
        one.setServerName('host.example', 'host');
        one.setServerName('sni.example', 'sni');
        one.setServerName('late.example', 'sni');
      }),
    ]);
    assert.deepEqual([flow.serverName, flow.serverNameFrom], ['sni.example', 'sni']);
  });

  it('are safe text, merged, without empty fields, lists cut', () => {
    const flow = flowOf([
      saying((one) => {
        one.setDetails({ userName: 'a\u001b[2Jb', subject: '', alpn: Array.from({ length: 100 }, (_, i) => `p${i}`) });
        one.setDetails({ subject: 's', certificate: { subject: 'c\u202e', names: [] } });
      }),
    ]);
    assert.equal(flow.userName, 'a\ufffd[2Jb');
    assert.equal(flow.subject, 's');
    assert.equal(flow.alpn?.length, 32);
    assert.deepEqual(flow.certificate, { subject: 'c\ufffd' });
  });
});
