// The whole hot path, in the order a packet meets it: frames to flows, then flows to what they say. Nothing here allocates per packet.
/** @hot */
import type { EventWriter } from '../api/events.js';
import { decodeBatch } from '../decode/decode-batch.js';
import type { FlowHealthMeter } from '../flow/flow-health.js';
import type { FlowTable } from '../flow/flow-table.js';
import type { FrameBatch } from '../frame/frame-batch.js';
import type { DeviceFrames } from './device-frames.js';
import type { FlowNotebook } from './flow-notes.js';
import type { Inspection } from './inspect/inspection.js';
import type { Lanes } from './lanes.js';
import type { PluginHost } from './plugin-host.js';
import type { Tally } from './tally.js';

export function pumpFlows(batch: FrameBatch, flows: FlowTable, tally: Tally, health: FlowHealthMeter): void {
  decodeBatch(batch);
  flows.touchBatch(batch);
  tally.add(batch);
  health.observe(batch);
}

export function pumpContents(
  batch: FrameBatch,
  devices: DeviceFrames,
  inspection: Inspection,
  lanes: Lanes,
  host: PluginHost,
  notebook: FlowNotebook,
  out: EventWriter,
): void {
  devices.read(batch);
  inspection.observe(batch);
  lanes.select(batch);
  for (let lane = 0; lane < lanes.all.length; lane++) {
    if (lanes.all[lane]!.length > 0) host.runLane(lanes.all[lane]!, batch, notebook, out);
  }
}
