// Runs in its own process: the whole engine with all plugins over packets of flows that are named already, of flows that nobody knows,
// and of bodies that are read over; how often the collector ran for a million of them. Prints one JSON object.
import { Engine } from '@kaipo/core/engine/engine.js';
import { BATCH_ROWS } from '@kaipo/core/kernel/limits.js';
import { builtinPlugins } from '@kaipo/plugins/all.js';
import { ascii } from '../../fixtures/bytes.js';
import { ethernetIp } from '../../fixtures/link-layers.js';
import { randomBytes, seededRandom } from '../../fixtures/seeded-random.js';
import { frameBatch } from '../../fixtures/synthetic-traffic.js';
import { ACK, PSH, SYN, tcp, udp } from '../../fixtures/transport-layers.js';
import { quietestMillion } from './garbage-meter.js';

const FLOWS = 500;
const SEGMENT_BYTES = 1000;

const engine = new Engine({ plugins: builtinPlugins, maxFlows: 65_536 });

const client = (flow: number) => ({ ip: `10.0.${flow >> 8}.${flow & 255}`, port: 40_000 });
const SERVER = { ip: '198.51.100.7', port: 80 };
const RESPONSE = ascii('HTTP/1.1 200 OK\r\nContent-Length: 4000000000\r\n\r\n');
const random = seededRandom(1);
const noise = randomBytes(random, SEGMENT_BYTES);

/** A request and the head of an endless response; every third flow is one nobody knows, over UDP. */
function opening(): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let flow = 0; flow < FLOWS; flow++) {
    if (flow % 3 === 2) {
      for (let i = 0; i < 10; i++) frames.push(ethernetIp(udp(client(flow), { ...SERVER, port: 50_000 }, noise)));
      continue;
    }
    frames.push(ethernetIp(tcp(client(flow), SERVER, { flags: SYN, seq: 0 })));
    const request = ascii(`GET /${flow} HTTP/1.1\r\nHost: www.example.com\r\n\r\n`);
    frames.push(ethernetIp(tcp(client(flow), SERVER, { flags: PSH | ACK, seq: 1, payload: request })));
    frames.push(ethernetIp(tcp(SERVER, client(flow), { flags: PSH | ACK, seq: 1, ack: 1, payload: RESPONSE })));
  }
  return frames;
}

/** One packet of each flow; `round` decides where in the body it is. */
const bulk = frameBatch(
  Array.from({ length: BATCH_ROWS }, (_, row) => {
    const flow = row % FLOWS;
    if (flow % 3 === 2) return ethernetIp(udp(client(flow), { ...SERVER, port: 50_000 }, noise));
    const at = 1 + RESPONSE.length + Math.floor(row / FLOWS) * SEGMENT_BYTES;
    return ethernetIp(tcp(SERVER, client(flow), { flags: ACK, seq: at, ack: 1, payload: noise }));
  }),
);

let nowUs = 1_767_225_600_000_000;
engine.process(frameBatch(opening().slice(0, BATCH_ROWS), nowUs));
function process(packets: number): void {
  for (let done = 0; done < packets; done += bulk.length) {
    nowUs += 1000;
    for (let row = 0; row < bulk.length; row++) bulk.tsUs[row] = nowUs;
    engine.process(bulk);
  }
}

const report = await quietestMillion(process);
globalThis.process.stdout.write(`${JSON.stringify({ ...report, flows: engine.flows.created })}\n`);
