// Cost of a flow that ends, before anybody writes of it: looked up, and shown to the built-in classifier.
import { FlowClasses } from '@kaipo/core/engine/flow-classes.js';
import { liveFlows } from '../fixtures/live-flows.js';
import type { Bench } from './measure.js';

export const bench: Bench = {
  name: 'flow that ends',
  unit: 'flow',
  setup() {
    const { engine, flows } = liveFlows();
    // What is said is not kept: the next round asks again.
    const forgetful = Object.assign(Object.create(engine.notebook), { setClassified: () => undefined });
    const classes = new FlowClasses(forgetful, engine.host);
    const run = (): void => {
      for (const flow of flows) {
        engine.analysis.ended.read(flow);
        classes.finish(engine.analysis.ended);
      }
    };
    return { run, units: flows.length };
  },
};
