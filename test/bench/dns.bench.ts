// Cost of a DNS packet through the engine: two events for each question and answer.
import { Engine } from '@kaipo/core/engine/engine.js';
import { builtinPlugins } from '@kaipo/plugins/all.js';
import { dnsAnswer, dnsQuery } from '../fixtures/dns-messages.js';
import { ethernetIp } from '../fixtures/link-layers.js';
import { frameBatch } from '../fixtures/synthetic-traffic.js';
import { udp } from '../fixtures/transport-layers.js';
import type { Bench } from './measure.js';

const EXCHANGES = 500;

export const bench: Bench = {
  name: 'engine, DNS only',
  unit: 'message',
  setup() {
    const engine = new Engine({ plugins: builtinPlugins, maxFlows: 262_144 });
    engine.bus.subscribe({ name: 'bench', wants: 'all', capacity: 4096, whenFull: 'flush', deliver: () => undefined });
    const resolver = { ip: '192.0.2.53', port: 53 };
    const frames = Array.from({ length: EXCHANGES }, (_, id) => {
      const client = { ip: '192.0.2.10', port: 20_000 + id };
      const name = `host-${id}.example.com`;
      return [
        ethernetIp(udp(client, resolver, dnsQuery(id, name))),
        ethernetIp(udp(resolver, client, dnsAnswer(id, name, ['198.51.100.80', '198.51.100.81']))),
      ];
    }).flat();
    const batch = frameBatch(frames);
    return { run: () => engine.process(batch), units: frames.length };
  },
};
