// One machine: frames in, events out. Owns: its two halves in one thread, and the life of flows between them.
// Must not know where frames come from or who listens. Bound: that of its parts.
import type { EventBus } from '../bus/event-bus.js';
import type { FlowHealthMeter } from '../flow/flow-health.js';
import type { FlowTable } from '../flow/flow-table.js';
import type { FlowSplits, FlowTimeouts } from '../flow/flow-table-options.js';
import type { FrameBatch } from '../frame/frame-batch.js';
import type { DeviceBook } from './device-book.js';
import { FlowAnalysis, type FlowAnalysisOptions } from './flow-analysis.js';
import { FlowIntake } from './flow-intake.js';
import type { FlowNotebook } from './flow-notes.js';
import type { Inspection } from './inspect/inspection.js';
import type { ProtocolSet } from './inspect/protocol-set.js';
import type { NameCache } from './name-cache.js';
import type { PluginHost } from './plugin-host.js';
import type { Tally } from './tally.js';

export interface EngineOptions extends FlowAnalysisOptions {
  readonly maxFlows: number;
  /** Live capture: who knows when ports got another owner. */
  readonly splits?: FlowSplits;
  readonly keyByInterface?: boolean;
  readonly timeouts?: FlowTimeouts;
}

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
    this.intake = new FlowIntake({
      capacity: options.maxFlows,
      ...(options.splits === undefined ? {} : { splits: options.splits }),
      ...(options.keyByInterface === undefined ? {} : { keyByInterface: options.keyByInterface }),
      ...(options.timeouts === undefined ? {} : { timeouts: options.timeouts }),
    });
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
    this.#drainEnded();
    this.intake.advance(batch);
    this.#drainEnded();
  }

  /** Time passes without packets: flows end, analyzers get their tick. */
  tick(nowUs: number): void {
    this.flows.advance(nowUs);
    this.#drainEnded();
    this.analysis.tick(nowUs);
  }

  /** The input is over: ends every flow and delivers every event. */
  finish(): void {
    while (this.finishSome());
  }

  /** The same in pieces, for whoever must write down what ended before more does; false when all is done. */
  finishSome(maxFlows = 8192): boolean {
    const hasEnded = this.flows.endSome(maxFlows);
    this.#drainEnded();
    this.bus.flush();
    return hasEnded;
  }

  #drainEnded(): void {
    const flows = this.flows;
    if (flows.endedCount === 0) return;
    this.analysis.endFlows(flows.ended, 0, flows.endedCount);
    flows.clearEnded();
  }
}
