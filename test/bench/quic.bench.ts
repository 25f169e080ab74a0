// Cost of a flow of QUIC: its keys, the client's first packet opened and read, and its record.
import { Engine } from '@kaipo/core/engine/engine.js';
import { builtinPlugins } from '@kaipo/plugins/all.js';
import { ethernetIp } from '../fixtures/link-layers.js';
import { cryptoFrame, initialPacket } from '../fixtures/quic-packets.js';
import { randomBytes, seededRandom } from '../fixtures/seeded-random.js';
import { frameBatch } from '../fixtures/synthetic-traffic.js';
import { clientHelloBody } from '../fixtures/tls-messages.js';
import { udp } from '../fixtures/transport-layers.js';
import type { Bench } from './measure.js';

const FLOWS = 200;

export const bench: Bench = {
  name: 'engine, QUIC only',
  unit: 'flow',
  setup() {
    const engine = new Engine({ plugins: builtinPlugins, maxFlows: 1024 });
    engine.bus.subscribe({ name: 'bench', wants: 'all', capacity: 4096, whenFull: 'flush', deliver: () => undefined });
    const body = clientHelloBody();
    const hello = cryptoFrame(0, Buffer.concat([Buffer.of(1, 0, body.length >> 8, body.length & 255), body]));
    const random = seededRandom(1);
    const server = { ip: '192.0.2.20', port: 443 };
    const frames = Array.from({ length: FLOWS }, (_, i) => {
      const packet = initialPacket(hello, { keyCid: randomBytes(random, 8), padTo: 1200 });
      return ethernetIp(udp({ ip: '192.0.2.10', port: 20_000 + i }, server, packet));
    });
    const batch = frameBatch(frames);
    const run = () => {
      engine.process(batch);
      engine.finish();
    };
    return { run, units: FLOWS };
  },
};
