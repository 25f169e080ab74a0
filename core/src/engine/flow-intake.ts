// The lower half of an engine: frames become flows, and everything that is counted is counted. Owns: flow table, sums, health.
// Must not know plugins, events or names: it may run in a thread of its own. Bound: that of its parts.
import { FlowHealthMeter } from '../flow/flow-health.js';
import { FlowTable } from '../flow/flow-table.js';
import type { FlowTableOptions } from '../flow/flow-table-options.js';
import type { FrameBatch } from '../frame/frame-batch.js';
import { pumpFlows } from './pump.js';
import { Tally } from './tally.js';

export class FlowIntake {
  readonly flows: FlowTable;
  readonly health: FlowHealthMeter;
  readonly tally = new Tally();

  constructor(options: FlowTableOptions) {
    this.flows = new FlowTable(options);
    this.health = new FlowHealthMeter(options.capacity);
  }

  /** Decodes the batch and finds its flows. Flows that end in it are in `flows.ended`. */
  take(batch: FrameBatch): void {
    pumpFlows(batch, this.flows, this.tally, this.health);
  }

  /** Time has come to the end of the batch: flows that were silent too long are in `flows.ended`. */
  advance(batch: FrameBatch): void {
    if (batch.length > 0) this.flows.advance(batch.tsUs[batch.length - 1]!);
  }
}
