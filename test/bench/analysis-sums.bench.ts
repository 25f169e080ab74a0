// Cost of adding a flow that has ended to the sums of an analysis.
import { AnalysisSums } from '@kaipo/cli/analysis/analysis-sums.js';
import { liveFlows } from '../fixtures/live-flows.js';
import type { Bench } from './measure.js';

export const bench: Bench = {
  name: 'sums of a flow',
  unit: 'flow',
  setup() {
    const { engine, flows } = liveFlows();
    const { ended } = engine.analysis;
    const sums = new AnalysisSums(65_536);
    const run = (): void => {
      for (const flow of flows) {
        ended.read(flow);
        sums.addFlow(ended);
      }
    };
    return { run, units: flows.length };
  },
};
