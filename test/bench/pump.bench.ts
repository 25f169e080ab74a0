// Cost of a packet in the whole engine with the built-in plugins: decode, flow table, analyzers, bus.
import { Engine } from '@kaipo/core/engine/engine.js';
import { builtinPlugins } from '@kaipo/plugins/all.js';
import { frameBatch, syntheticFrames } from '../fixtures/synthetic-traffic.js';
import type { Bench } from './measure.js';

export const bench: Bench = {
  name: 'engine with built-in plugins',
  unit: 'packet',
  setup() {
    const engine = new Engine({ plugins: builtinPlugins, maxFlows: 262_144 });
    engine.bus.subscribe({ name: 'bench', wants: 'all', capacity: 4096, whenFull: 'flush', deliver: () => undefined });
    const batch = frameBatch(syntheticFrames({ flows: 20_000 }));
    return { run: () => engine.process(batch), units: batch.length };
  },
};
