// Cost of the line of a flow that has ended: ndjson into a buffer, nothing written out.
import { writeFlow } from '@kaipo/cli/analysis/flow-line.js';
import { ByteText } from '@kaipo/core/kernel/byte-text.js';
import { liveFlows } from '../fixtures/live-flows.js';
import type { Bench } from './measure.js';

export const bench: Bench = {
  name: 'line of a flow',
  unit: 'flow',
  setup() {
    const { engine, flows } = liveFlows();
    const { ended } = engine.analysis;
    const out = new ByteText(() => undefined);
    const run = (): void => {
      for (const flow of flows) {
        ended.read(flow);
        writeFlow(out, ended, true);
      }
    };
    return { run, units: flows.length };
  },
};
