// The whole hot path, in the order a packet meets it: frames to flows, then flows to what they say. Nothing here allocates per packet.
/** @hot */
import type { EventBus } from '../bus/event-bus.js';
import { decodeBatch } from '../decode/decode-batch.js';
import type { FlowHealthMeter } from '../flow/flow-health.js';
import type { FlowTable } from '../flow/flow-table.js';
import type { FrameBatch } from '../frame/frame-batch.js';
import type { DeviceFrames } from './device-frames.js';
import type { FlowNotebook } from './flow-notes.js';
import type { Inspection } from './inspect/inspection.js';
import type { Lanes } from './lanes.js';
import type { PluginHost } from './plugin-host.js';
import {
  STAGE_ANALYZERS,
  STAGE_DECODE,
  STAGE_EVENTS,
  STAGE_FLOWS,
  STAGE_HEALTH,
  STAGE_INSPECTION,
  STAGE_SUMS,
  type StageClock,
} from './stage-clock.js';
import type { Tally } from './tally.js';

export function pumpFlows(
  batch: FrameBatch,
  flows: FlowTable,
  tally: Tally,
  health: FlowHealthMeter | undefined,
  clock: StageClock,
): void {
  clock.start();
  decodeBatch(batch);
  clock.lap(STAGE_DECODE);
  flows.touchBatch(batch);
  clock.lap(STAGE_FLOWS);
  tally.add(batch);
  clock.lap(STAGE_SUMS);
  if (health === undefined) return;
  health.observe(batch);
  clock.lap(STAGE_HEALTH);
}

export function pumpContents(
  batch: FrameBatch,
  devices: DeviceFrames,
  inspection: Inspection,
  lanes: Lanes,
  host: PluginHost,
  notebook: FlowNotebook,
  bus: EventBus,
  clock: StageClock,
): void {
  clock.start();
  devices.read(batch);
  inspection.observe(batch);
  clock.lap(STAGE_INSPECTION);
  lanes.select(batch);
  for (let lane = 0; lane < lanes.all.length; lane++) {
    if (lanes.all[lane]!.length > 0) host.runLane(lanes.all[lane]!, batch, notebook, bus);
  }
  clock.lap(STAGE_ANALYZERS);
  bus.flush();
  clock.lap(STAGE_EVENTS);
}
