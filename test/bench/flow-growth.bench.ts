// What a packet costs as flows become more, and what a flow takes of memory: node test/dist/bench/flow-growth.bench.js [CAPTURE]
// Flows take turns, so that every packet is of the flow nobody has seen for longest: the worst case of a table. With a capture its
// own packets are read, decoded and counted instead. Each number of flows is measured in a process of its own.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { FlowIntake } from '@kaipo/core/engine/flow-intake.js';
import { CaptureReader } from '@kaipo/core/frame/capture-reader.js';
import { DIRECTION_UNKNOWN, FrameBatch } from '@kaipo/core/frame/frame-batch.js';
import { BATCH_ROWS } from '@kaipo/core/kernel/limits.js';
import { readCaptureFile } from '@kaipo/core/source/file-source.js';
import { ethernetIp } from '../fixtures/link-layers.js';
import { tcp } from '../fixtures/transport-layers.js';

const COUNTS = [1000, 100_000, 1_000_000];
const MAX_FLOWS = 1_048_576;
const PACKETS = 4_000_000;
const START_US = 1_767_225_600e6;
const SOURCE = 26;
const ACK = 16;

/** One batch of equal frames; `turn` gives each the address of the flow whose turn it is. */
class Turns {
  readonly batch: FrameBatch;
  readonly #frame = ethernetIp(tcp({ ip: '10.0.0.0', port: 40_000 }, { ip: '192.0.2.1', port: 443 }, { flags: ACK }));
  readonly #flows: number;
  #packet = 0;

  constructor(flows: number) {
    this.#flows = flows;
    const length = this.#frame.length;
    this.batch = new FrameBatch(new Uint8Array(BATCH_ROWS * length));
    for (let row = 0; row < BATCH_ROWS; row++) {
      this.batch.bytes.set(this.#frame, row * length);
      this.batch.frameStart[row] = row * length;
      this.batch.capLen[row] = this.batch.wireLen[row] = length;
      this.batch.linkType[row] = 1;
      this.batch.direction[row] = DIRECTION_UNKNOWN;
    }
    this.batch.length = BATCH_ROWS;
  }

  turn(): void {
    const view = new DataView(this.batch.bytes.buffer);
    for (let row = 0; row < BATCH_ROWS; row++) {
      const flow = this.#packet % this.#flows;
      view.setUint32(this.batch.frameStart[row]! + SOURCE, 0x0a00_0000 + flow);
      this.batch.tsUs[row] = START_US + this.#packet;
      this.#packet += 1;
    }
  }
}

/** Nanoseconds of processor time of this thread: what others do at the same time does not count. */
function threadNs(): number {
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1').split(' ')[0]);
}

function growth(flows: number): string {
  const before = process.memoryUsage().rss;
  const intake = new FlowIntake({ maxFlows: MAX_FLOWS });
  const turns = new Turns(flows);
  let ns = 0;
  let packets = 0;
  for (let at = 0; at < PACKETS + flows; at += BATCH_ROWS) {
    turns.turn();
    const from = threadNs();
    intake.take(turns.batch);
    // The first round makes the flows.
    if (at < flows) continue;
    ns += threadNs() - from;
    packets += BATCH_ROWS;
  }
  const bytes = (process.memoryUsage().rss - before) / flows;
  const size = flows < 1_000_000 ? '' : `${bytes.toFixed(0).padStart(8)} bytes of memory a flow`;
  return `${flows.toLocaleString('en').padStart(12)} flows${(ns / packets).toFixed(0).padStart(8)} ns a packet${size}\n`;
}

async function capture(path: string): Promise<string> {
  const intake = new FlowIntake({ maxFlows: MAX_FLOWS });
  const reader = new CaptureReader((batch) => {
    intake.take(batch);
    intake.advance(batch.tsUs[batch.length - 1]!);
  });
  const from = threadNs();
  await readCaptureFile(path, reader);
  const ns = (threadNs() - from) / intake.tally.packets;
  return `${path}: ${intake.tally.packets} packets, ${intake.flows.created} flows, ${ns.toFixed(0)} ns a packet to read, decode and count\n`;
}

const argument = process.argv[2];
if (argument === undefined) {
  for (const count of COUNTS)
    process.stdout.write(execFileSync(process.execPath, [process.argv[1]!, String(count)], { encoding: 'utf8' }));
} else process.stdout.write(/^\d+$/.test(argument) ? growth(Number(argument)) : await capture(argument));
