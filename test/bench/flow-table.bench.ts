// Cost of finding the flow of a packet and adding it, with 100,000 flows in the table.
import { decodeBatch } from '@kaipo/core/decode/decode-batch.js';
import { FlowTable } from '@kaipo/core/flow/flow-table.js';
import { frameBatch, syntheticFrames } from '../fixtures/synthetic-traffic.js';
import type { Bench } from './measure.js';

const BATCHES = 16;

export const bench: Bench = {
  name: 'flow table, 100,000 flows',
  unit: 'packet',
  setup() {
    const flows = new FlowTable({ capacity: 262_144 });
    const batches = Array.from({ length: BATCHES }, (_, seed) => frameBatch(syntheticFrames({ seed, flows: 100_000 })));
    for (const batch of batches) decodeBatch(batch);
    const run = (): void => {
      for (const batch of batches) flows.touchBatch(batch);
    };
    return { run, units: batches.reduce((sum, batch) => sum + batch.length, 0) };
  },
};
