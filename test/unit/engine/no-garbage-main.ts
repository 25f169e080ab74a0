// Runs in its own process: decode and flow table over a million packets after a warm-up, and how often the collector ran meanwhile.
// Prints one JSON object.
import { decodeBatch } from '@kaipo/core/decode/decode-batch.js';
import { Tally } from '@kaipo/core/engine/tally.js';
import { FlowTable } from '@kaipo/core/flow/flow-table.js';
import { BATCH_ROWS } from '@kaipo/core/kernel/limits.js';
import { frameBatch, syntheticFrames } from '../../fixtures/synthetic-traffic.js';
import { quietestMillion } from './garbage-meter.js';

const STEP_US = 1_000;

const batches = [1, 2, 3, 4].map((seed) => frameBatch(syntheticFrames({ seed, flows: 5000 })));
const flows = new FlowTable({ capacity: 65_536 });
const tally = new Tally();

let nowUs = 1_767_225_600_000_000;
function process(packets: number): void {
  for (let done = 0, index = 0; done < packets; done += BATCH_ROWS, index++) {
    const batch = batches[index % batches.length]!;
    nowUs += STEP_US * 1000;
    for (let row = 0; row < batch.length; row++) batch.tsUs[row] = nowUs + row;
    decodeBatch(batch);
    flows.touchBatch(batch);
    tally.add(batch);
    flows.advance(nowUs);
    flows.clearEnded();
  }
}

const report = await quietestMillion(process);
globalThis.process.stdout.write(
  `${JSON.stringify({ ...report, flows: flows.created, decoded: tally.decodedPackets })}\n`,
);
