// Runs in its own process, so that its memory can be measured: damaged helper streams into the analyzer's end of the wall and an
// engine behind it. Prints one JSON object; ends with an exception when anything throws.
//   node hostile-stream-main.js RUNS SEED
import {
  BLOCK_ENHANCED_PACKET,
  CUSTOM_INTERFACE,
  CUSTOM_MAGIC,
  CUSTOM_NOTICE,
  CUSTOM_PEN,
  CUSTOM_PRIVILEGES,
} from '@kaipo/capture-helper/contract/index.js';
import { Engine } from '@kaipo/core/engine/engine.js';
import { FrameBatch } from '@kaipo/core/frame/frame-batch.js';
import { ARENA_BYTES, MAX_FLOWS } from '@kaipo/core/kernel/limits.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { HelperStream } from '@kaipo/core/source/helper-stream.js';
import { builtinPlugins } from '@kaipo/plugins/all.js';
import { ascii, joined } from '../fixtures/bytes.js';
import { dnsAnswer, dnsQuery } from '../fixtures/dns-messages.js';
import { ethernetIp } from '../fixtures/link-layers.js';
import { PcapngWriter } from '../fixtures/pcapng-writer.js';
import { below, type Random, seededRandom } from '../fixtures/seeded-random.js';
import { ACK, SYN, tcp, udp } from '../fixtures/transport-layers.js';
import { damaged } from './damage.js';

const MAX_REASONS = 40;
/** One for all streams, as the live capture has it. */
const batch = new FrameBatch(new Uint8Array(ARENA_BYTES));
const [runs, seed] = [Number(process.argv[2] ?? 1000), Number(process.argv[3] ?? 1)];

const PRIVILEGES =
  'helper=native\nversion=0.1.0\npid=4242\nuid=65534\ngid=65534\ncapEff=0\ncapPrm=0\ncapAmb=0\ncapBnd=0\n' +
  'noNewPrivs=true\nseccomp=2\ntimestamps=kernel\ndrops=counted\nevents=false\nringMiB=32\n';

const writer = new PcapngWriter();
const text = (kind: number, value: string): Uint8Array => {
  const bytes = ascii(value);
  return writer.custom(CUSTOM_PEN, joined(writer.u32(CUSTOM_MAGIC), writer.u32(kind), writer.u32(bytes.length), bytes));
};
const client = { ip: '192.0.2.10', port: 51_000 };
const server = { ip: '198.51.100.80', port: 443 };
const resolver = { ip: '192.0.2.53', port: 53 };
const FRAMES = [
  tcp(client, server, { flags: SYN }),
  tcp(server, client, { flags: SYN | ACK }),
  tcp(client, server, { flags: ACK, payload: ascii('hello') }),
  udp(client, resolver, dnsQuery(7, 'www.example.com')),
  udp(resolver, client, dnsAnswer(7, 'www.example.com', ['198.51.100.80', '198.51.100.81'])),
  udp({ ip: '2001:db8::1', port: 5353 }, { ip: '2001:db8::2', port: 5353 }, dnsQuery(0, 'printer.local')),
].map((packet) => ethernetIp(packet));

/** A stream that keeps the contract, block by block. */
function streamBlocks(): Uint8Array[] {
  const counts = (received: bigint, dropped: bigint, delivered: bigint) =>
    new Map([
      [4, received],
      [7, dropped],
      [8, delivered],
    ]);
  return [
    writer.section([{ code: 4, value: ascii('kaipo-capture 0.1.0 native') }]),
    writer.interface({ name: 'eth0', timeResolution: 9 }),
    writer.interface({ name: 'eth1', timeResolution: 9 }),
    text(CUSTOM_PRIVILEGES, PRIVILEGES),
    text(CUSTOM_NOTICE, 'the ring is smaller than asked for'),
    ...FRAMES.map((bytes, index) =>
      writer.packet({ timeNs: BigInt(index), bytes, interfaceId: index % 2, direction: 1 + (index % 2) }, 1n),
    ),
    text(CUSTOM_INTERFACE, 'interfaceId=1\nname=eth1\nstate=down\n'),
    writer.statistics(0, counts(4n, 1n, 3n)),
    writer.statistics(1, counts(3n, 0n, 3n)),
  ];
}

const blocks = streamBlocks();
const packetBlocks = blocks
  .filter((block) => block[0] === BLOCK_ENHANCED_PACKET)
  .map((block) => Buffer.from(block.buffer));

/** Time goes on from stream to stream, so that flows end. */
function setTime(timeNs: bigint): void {
  for (const block of packetBlocks) {
    block.writeUInt32LE(Number(timeNs >> 32n), 12);
    block.writeUInt32LE(Number(timeNs & 0xffffffffn), 16);
  }
}

const demand = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(what);
};
const isSafe = (value: string): boolean => safeText(value, Number.MAX_SAFE_INTEGER) === value;

const baseline = process.memoryUsage.rss();
let peak = baseline;
const engine = new Engine({
  plugins: builtinPlugins,
  maxFlows: MAX_FLOWS,
  keyByInterface: true,
  onFault: (fault) => {
    throw new Error(`an analyzer failed: ${fault}`);
  },
});
let events = 0;
engine.bus.subscribe({
  name: 'count',
  wants: 'all',
  capacity: 64,
  whenFull: 'flush',
  deliver: (batch) => {
    events += batch.length;
  },
});

let nowUs = 0;
let packets = 0;
const newStream = (): HelperStream => {
  const stream: HelperStream = new HelperStream(
    {
      onBatch: (batch) => {
        for (let row = 0; row < batch.length; row++) {
          demand(batch.frameStart[row]! + batch.capLen[row]! <= batch.bytes.length, 'a row outside the arena');
          demand(batch.tsUs[row]! <= nowUs + 120e6, 'a time in the future');
          demand(stream.interfaceName(batch.interfaceId[row]!) !== undefined, 'a row of an unknown interface');
        }
        packets += batch.length;
        engine.process(batch);
      },
      onPrivileges: (report) => demand(isSafe(report.version), 'unsafe text in the privilege report'),
      onInterfaceState: (notice) => demand(isSafe(notice.name), 'unsafe text in an interface notice'),
      onNotice: (notice) => demand(isSafe(notice), 'unsafe text in a notice'),
    },
    batch,
  );
  return stream;
};

/** In one to four pieces, until the stream is refused. */
function feed(stream: HelperStream, bytes: Uint8Array, random: Random): void {
  let at = 0;
  for (let pieces = 1 + below(random, 4); pieces > 0 && at < bytes.length; pieces--) {
    const end = pieces === 1 ? bytes.length : at + 1 + below(random, bytes.length - at);
    if (!stream.push(bytes.subarray(at, end))) break;
    at = end;
  }
  demand(stream.failure === undefined || !stream.push(bytes), 'a refused stream takes more bytes');
}

const random = seededRandom(seed);
const startNs = BigInt(Date.now() - 86_400_000) * 1_000_000n;
const refusals = new Map<string, number>();
let refused = 0;
let unexplained = 0;
let intactFailures = 0;
const started = performance.now();
for (let run = 0; run < runs; run++) {
  nowUs = Date.now() * 1000;
  setTime(startNs + BigInt(run) * 10_000_000n);
  const isIntact = run % 100 === 0;
  const stream = newStream();
  feed(stream, isIntact ? Buffer.concat(blocks) : damaged(blocks, random), random);
  for (const name of stream.interfaceNames) demand(isSafe(name), 'unsafe text in an interface name');
  if (isIntact && stream.failure !== undefined) intactFailures += 1;
  if (stream.failure !== undefined) {
    refused += 1;
    if (stream.failure.code !== 'KAIPO_STREAM_HOSTILE' || stream.failure.message.length < 20) unexplained += 1;
    const reason = stream.failure.message
      .replace(/^.*contract: /, '')
      .replace(/ \(it begins.*/, '')
      .replace(/\d+/g, 'N');
    if (refusals.size < MAX_REASONS || refusals.has(reason)) refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
  }
  if (run % 16 === 0) peak = Math.max(peak, process.memoryUsage.rss());
  if (run % 256 === 0) {
    engine.tick(Number(startNs / 1000n) + run * 10_000);
  }
}
engine.finish();
peak = Math.max(peak, process.memoryUsage.rss());
const report = {
  runs,
  refused,
  unexplained,
  intactFailures,
  packets,
  events,
  flows: engine.flows.created,
  refusedFlows: engine.flows.refused,
  grownMiB: (peak - baseline) / 2 ** 20,
  baselineMiB: baseline / 2 ** 20,
  seconds: (performance.now() - started) / 1000,
  refusals: Object.fromEntries(refusals),
};
process.stdout.write(`${JSON.stringify(report)}\n`);
