// Cost of decoding: frames in the arena to columns.
import { decodeBatch } from '@kaipo/core/decode/decode-batch.js';
import { frameBatch, syntheticFrames } from '../fixtures/synthetic-traffic.js';
import type { Bench } from './measure.js';

export const bench: Bench = {
  name: 'decode',
  unit: 'packet',
  setup() {
    const batch = frameBatch(syntheticFrames());
    return { run: () => decodeBatch(batch), units: batch.length };
  },
};
