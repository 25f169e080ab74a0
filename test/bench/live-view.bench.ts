// Cost of one look of the live view: 20,000 live flows, a fifth of which moved.
import { Engine } from '@kaipo/core/engine/engine.js';
import { LiveView } from '@kaipo/core/query/live-view.js';
import { TrafficZones } from '@kaipo/core/query/traffic-zone.js';
import { frameBatch, syntheticFrames } from '../fixtures/synthetic-traffic.js';
import type { Bench } from './measure.js';

const WARM_BATCHES = 16;

export const bench: Bench = {
  name: 'live view, 20,000 flows',
  unit: 'look',
  setup() {
    const engine = new Engine({ plugins: [], maxFlows: 262_144 });
    for (let seed = 0; seed < WARM_BATCHES; seed++)
      engine.process(frameBatch(syntheticFrames({ seed, flows: 20_000 })));
    const batch = frameBatch(syntheticFrames({ seed: 99, flows: 20_000 }));
    const zones = new TrafficZones();
    zones.refresh([{ address: '10.0.0.2' }]);
    const view = new LiveView({
      flows: engine.flows,
      protocolName: (id) => engine.notebook.protocolName(id),
      serverName: () => undefined,
      setOwner: () => undefined,
      nameOf: () => undefined,
      interfaceName: () => undefined,
      addresses: zones,
      takeStrays: (visit) =>
        engine.tally.strays.take((id, _, isSent, packets, bytes) =>
          visit(id, 'other', undefined, isSent, packets, bytes),
        ),
      findOwner: () => 'no-socket',
    });
    const run = (): void => {
      engine.process(batch);
      view.take();
    };
    return { run, units: 1 };
  },
};
