// The plugin host: what is refused at registration, and that an analyzer that throws is stopped, reported once, and hurts nobody.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Analyzer, definePlugin, type KaipoPlugin } from '@kaipo/core/api/index.js';
import type { PLUGIN_API_VERSION } from '@kaipo/core/api/plugin.js';
import { Engine } from '@kaipo/core/engine/engine.js';
import { CaptureReader } from '@kaipo/core/frame/capture-reader.js';
import { ascii } from '../../fixtures/bytes.js';
import { ethernetIp } from '../../fixtures/link-layers.js';
import { timed } from '../../fixtures/packet-list.js';
import { pcapFile } from '../../fixtures/pcap-writer.js';
import { udp } from '../../fixtures/transport-layers.js';

const plugin = (name: string, analyzers: readonly Analyzer[] = []): KaipoPlugin =>
  definePlugin({
    name,
    apiVersion: 1,
    description: 'a test',
    parseConfig: (raw) => raw,
    register: (registry) => {
      for (const analyzer of analyzers) registry.analyzer(analyzer);
    },
  });

const newEngine = (plugins: readonly KaipoPlugin[], faults: string[] = []): Engine =>
  new Engine({ plugins, maxFlows: 100, onFault: (text) => faults.push(text) });

/** Two batches of three packets. */
function process(engine: Engine): void {
  const frames = [1, 2, 3].map((port) =>
    ethernetIp(udp({ ip: '192.0.2.1', port: 2000 + port }, { ip: '192.0.2.2', port: 3000 }, ascii('x'))),
  );
  const reader = new CaptureReader((batch) => engine.process(batch));
  const file = pcapFile(timed([...frames, ...frames]));
  const middle = 24 + 3 * (16 + frames[0]!.length);
  reader.push(file.subarray(0, middle));
  reader.push(file.subarray(middle));
}

describe('registration', () => {
  it('reports all problems at once', () => {
    const wrongVersion = { ...plugin('old'), apiVersion: 99 as unknown as typeof PLUGIN_API_VERSION };
    const badConfig = { ...plugin('picky'), parseConfig: () => assert.fail('key "colour" is unknown') };
    const plugins = [plugin('Bad Name'), wrongVersion, badConfig, plugin('twice'), plugin('twice')];
    assert.throws(
      () => newEngine(plugins),
      (error: Error) => {
        for (const part of ['"Bad Name"', 'API 99', 'colour', 'twice is there twice'])
          assert.match(error.message, new RegExp(part));
        return true;
      },
    );
  });

  it('hands each plugin its own configuration', () => {
    const seen: unknown[] = [];
    const curious = (name: string): KaipoPlugin => ({
      ...plugin(name),
      register: (_registry, config) => seen.push(config),
    });
    new Engine({ plugins: [curious('a'), curious('b')], maxFlows: 10, pluginConfig: (name) => ({ of: name }) });
    assert.deepEqual(seen, [{ of: 'a' }, { of: 'b' }]);
  });
});

describe('an analyzer that throws', () => {
  const boom = (): never => {
    throw new Error('boom');
  };

  it('in onPackets is stopped after three strikes and reported once; the others go on', () => {
    const calls = { broken: 0, healthy: 0 };
    const faults: string[] = [];
    const engine = newEngine(
      [
        plugin('broken', [
          {
            name: 'broken',
            interest: { transport: 'any', packets: 'payload' },
            onPackets: () => {
              calls.broken += 1;
              boom();
            },
          },
        ]),
        plugin('healthy', [
          {
            name: 'healthy',
            interest: { transport: 'any', packets: 'payload' },
            onPackets: (_batch, { length }) => {
              calls.healthy += length;
            },
          },
        ]),
      ],
      faults,
    );
    process(engine);
    assert.deepEqual(faults, [], 'two batches, two strikes');
    process(engine);
    assert.deepEqual(calls, { broken: 3, healthy: 12 });
    assert.deepEqual(faults, ['"broken" failed 3 times and was stopped; the run goes on without it: boom']);
    assert.equal(engine.tally.packets, 12);
  });

  it('in onEvents or onTick is stopped and reported, and gets no packets either', () => {
    for (const method of ['onEvents', 'onTick'] as const) {
      const faults: string[] = [];
      let packets = 0;
      const analyzer: Analyzer = {
        name: 'broken',
        interest: { transport: 'any', packets: 'payload', events: ['flow.ended'] },
        onPackets: () => {
          packets += 1;
        },
        [method]: boom,
      };
      const engine = newEngine([plugin('broken', [analyzer])], faults);
      for (let round = 0; round < 3; round++) {
        process(engine);
        // Ends the flows of the round, so that there are events.
        engine.tick(1_800_000_000_000_000 + round * 1e9);
        engine.tick(1_800_000_000_500_000 + round * 1e9);
      }
      assert.equal(faults.length, 1, method);
      const before = packets;
      process(engine);
      assert.equal(packets, before, 'stopped for good');
    }
  });

  it('with something that is no Error is reported too', () => {
    const faults: string[] = [];
    const odd: Analyzer = {
      name: 'odd',
      interest: { transport: 'any', packets: 'payload' },
      onPackets: () => {
        throw 'just text';
      },
    };
    const engine = newEngine([plugin('odd', [odd])], faults);
    process(engine);
    process(engine);
    assert.deepEqual(faults, ['"odd" failed 3 times and was stopped; the run goes on without it: just text']);
  });
});
