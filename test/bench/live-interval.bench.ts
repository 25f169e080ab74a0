// Cost of a second of `kaipo live` besides the packets: 8,192 flows begin in it, those of the second before go on, those of five seconds
// ago end; none belongs to this machine, and there are more hosts than rows for them.
import { flowOwners } from '@kaipo/cli/live/flow-owners.js';
import { decodeBatch } from '@kaipo/core/decode/decode-batch.js';
import { FlowNotebook } from '@kaipo/core/engine/flow-notes.js';
import { FlowTable } from '@kaipo/core/flow/flow-table.js';
import type { FrameBatch } from '@kaipo/core/frame/frame-batch.js';
import { LiveView } from '@kaipo/core/query/live-view.js';
import { TrafficZones } from '@kaipo/core/query/traffic-zone.js';
import { frameBatch, syntheticFrames } from '../fixtures/synthetic-traffic.js';
import type { Bench } from './measure.js';

const START_US = 1_767_225_600_000_000;
const FLOWS = 8192;
const LIVE_S = 5;

export const bench: Bench = {
  name: 'live interval, new flows',
  unit: 'flow',
  setup() {
    const flows = new FlowTable({
      capacity: 262_144,
      keyByInterface: true,
      timeouts: { tcpS: LIVE_S, tcpClosedS: LIVE_S, otherS: LIVE_S },
    });
    const notebook = new FlowNotebook(flows);
    const zones = new TrafficZones();
    zones.refresh([{ address: '192.0.2.10', cidr: '192.0.2.10/24' }]);
    const owners = flowOwners(() => undefined);
    const view = new LiveView({
      flows,
      protocolName: (id) => notebook.protocolName(id),
      serverName: () => undefined,
      setOwner: (flow, owner) => notebook.setOwner(flow, owner),
      nameOf: () => undefined,
      interfaceName: () => 'eth0',
      addresses: zones,
      takeStrays: () => undefined,
      findOwner: (question) => owners.find(question),
    });
    const batches = Array.from({ length: FLOWS / 4096 }, (_, seed) => distinctFlows(seed));
    let second = 0;
    const run = (): void => {
      second += 1;
      for (const batch of batches) {
        for (const era of [second - 1, second]) {
          stamp(batch, era, START_US + second * 1e6);
          flows.touchBatch(batch);
        }
      }
      const nowUs = START_US + (second + 0.9) * 1e6;
      flows.advance(nowUs);
      for (let i = 0; i < flows.endedCount; i++) {
        view.flowEnded(flows.ended[i]!);
        notebook.forget(flows.ended[i]!);
      }
      flows.clearEnded();
      view.take(nowUs);
    };
    return { run, units: FLOWS };
  },
};

/** Every row a flow of its own. */
function distinctFlows(seed: number): FrameBatch {
  const batch = frameBatch(syntheticFrames({ seed, flows: 60_000 }));
  decodeBatch(batch);
  for (let row = 0; row < batch.length; row++) {
    const at = batch.srcAddr[row]!;
    batch.bytes[at + 2] = (row >> 8) + seed * 16;
    batch.bytes[at + 3] = row;
  }
  return batch;
}

/** The same packets between the hosts of another time. */
function stamp(batch: FrameBatch, era: number, tsUs: number): void {
  for (let row = 0; row < batch.length; row++) {
    batch.bytes[batch.srcAddr[row]! + 1] = era;
    batch.tsUs[row] = tsUs + row;
  }
}
