// Cost of a flow of QUIC: its keys, the client's first packet opened and read, and its record.
import { ethernetIp } from '../fixtures/link-layers.js';
import { cryptoFrame, initialPacket } from '../fixtures/quic-packets.js';
import { randomBytes, seededRandom } from '../fixtures/seeded-random.js';
import { clientHelloBody } from '../fixtures/tls-messages.js';
import { udp } from '../fixtures/transport-layers.js';
import { flowsBench } from './flows-bench.js';

const body = clientHelloBody();
const hello = cryptoFrame(0, Buffer.concat([Buffer.of(1, 0, body.length >> 8, body.length & 255), body]));
const server = { ip: '192.0.2.20', port: 443 };
const random = seededRandom(1);

export const bench = flowsBench('engine, QUIC only', (i) => {
  const packet = initialPacket(hello, { keyCid: randomBytes(random, 8), padTo: 1200 });
  return [ethernetIp(udp({ ip: '192.0.2.10', port: 20_000 + i }, server, packet))];
});
