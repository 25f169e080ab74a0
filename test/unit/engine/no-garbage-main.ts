// Runs in its own process: decode and flow table over a million packets after a warm-up, and how often the collector ran meanwhile.
// Prints one JSON object.
import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { decodeBatch } from '@kaipo/core/decode/decode-batch.js';
import { Tally } from '@kaipo/core/engine/tally.js';
import { FlowTable } from '@kaipo/core/flow/flow-table.js';
import { BATCH_ROWS } from '@kaipo/core/kernel/limits.js';
import { frameBatch, syntheticFrames } from '../../fixtures/synthetic-traffic.js';

const PACKETS = 1_000_000;
const WARM_UP_PACKETS = 1_000_000;
const STEP_US = 1_000;

const batches = [1, 2, 3, 4].map((seed) => frameBatch(syntheticFrames({ seed, flows: 5000 })));
const flows = new FlowTable({ capacity: 65_536 });
const tally = new Tally();
const collections: number[] = [];
const observer = new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) collections.push(entry.startTime);
});
observer.observe({ entryTypes: ['gc'] });

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

process(WARM_UP_PACKETS);
await turn();
// What start-up left in the young generation is collected now, not in the middle.
(globalThis as { gc?: () => void }).gc?.();
await new Promise((resolve) => setTimeout(resolve, 50));
collections.length = 0;
const heapBefore = globalThis.process.memoryUsage().heapUsed;
const started = performance.now();
process(PACKETS);
const ended = performance.now();
const grownBytes = globalThis.process.memoryUsage().heapUsed - heapBefore;
// Entries are handed over later.
await new Promise((resolve) => setTimeout(resolve, 50));
const during = collections.filter((startTime) => startTime >= started && startTime <= ended);
const report = {
  packets: PACKETS,
  collections: during.length,
  grownBytes,
  nsPerPacket: ((ended - started) * 1e6) / PACKETS,
  flows: flows.created,
  decoded: tally.decodedPackets,
};
globalThis.process.stdout.write(`${JSON.stringify(report)}\n`);
