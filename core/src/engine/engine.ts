// One machine: frames in, events out. Owns: its two halves in one thread, and the life of flows between them.
// Must not know where frames come from or who listens. Bound: that of its parts.
import type { EventBus } from '../bus/event-bus.js';
import type { FlowHealthMeter } from '../flow/flow-health.js';
import type { FlowTable } from '../flow/flow-table.js';
import type { FrameBatch } from '../frame/frame-batch.js';
import type { DeviceBook } from './device-book.js';
import { FlowAnalysis, type FlowAnalysisOptions } from './flow-analysis.js';
import { FINISH_FLOWS, FlowIntake, type FlowIntakeOptions } from './flow-intake.js';
import type { FlowNotebook } from './flow-notes.js';
import type { Inspection } from './inspect/inspection.js';
import type { ProtocolSet } from './inspect/protocol-set.js';
import type { NameCache } from './name-cache.js';
import type { PluginHost } from './plugin-host.js';
import type { Tally } from './tally.js';

export interface EngineOptions extends FlowAnalysisOptions, Omit<FlowIntakeOptions, 'shared'> {}

export class Engine {
  readonly intake: FlowIntake;
  readonly analysis: FlowAnalysis;
  readonly flows: FlowTable;
  readonly health: FlowHealthMeter;
  readonly tally: Tally;
  readonly bus: EventBus;
  readonly notebook: FlowNotebook;
  readonly names: NameCache;
  readonly devices: DeviceBook;
  readonly host: PluginHost;
  readonly protocols: ProtocolSet;
  readonly inspection: Inspection;

  constructor(options: EngineOptions) {
    this.intake = new FlowIntake(options);
    const { flows, health, tally } = this.intake;
    this.analysis = new FlowAnalysis(flows, health.columns, options);
    const { bus, notebook, names, devices, host, protocols, inspection } = this.analysis;
    this.flows = flows;
    this.health = health;
    this.tally = tally;
    this.bus = bus;
    this.notebook = notebook;
    this.names = names;
    this.devices = devices;
    this.host = host;
    this.protocols = protocols;
    this.inspection = inspection;
  }

  /** Everything there is to do with a batch of frames. The batch is the caller's again when this returns. */
  process(batch: FrameBatch): void {
    this.intake.take(batch);
    this.analysis.look(batch);
    this.#endFlows();
    if (batch.length === 0) return;
    this.intake.advance(batch.tsUs[batch.length - 1]!);
    this.#endFlows();
  }

  /** Time passes without packets: flows end, analyzers get their tick. */
  tick(nowUs: number): void {
    this.intake.advance(nowUs);
    this.#endFlows();
    this.analysis.tick(nowUs);
  }

  /** The input is over: ends every flow and delivers every event. */
  finish(): void {
    while (this.finishSome());
  }

  /** The same in pieces, for whoever must write down what ended before more does; false when all is done. */
  finishSome(maxFlows = FINISH_FLOWS): boolean {
    const hasEnded = this.intake.endSome(maxFlows);
    this.#endFlows();
    if (hasEnded) this.bus.flush();
    else this.analysis.finish();
    return hasEnded;
  }

  #endFlows(): void {
    const { ended, endedStart, endedCount } = this.intake;
    this.analysis.endFlows(ended, endedStart, endedCount);
  }
}
