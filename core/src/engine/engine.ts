// One machine: frames in, events out. Owns: the wiring of decode, flows, analyzers and bus, and the life of flows.
// Must not know where frames come from or who listens. Bound: that of its parts.
import type { FlowEndReason } from '../api/events.js';
import type { KaipoPlugin } from '../api/plugin.js';
import { EventBus } from '../bus/event-bus.js';
import { FlowHealthMeter } from '../flow/flow-health.js';
import { type FlowSplits, FlowTable, type FlowTimeouts } from '../flow/flow-table.js';
import type { FrameBatch } from '../frame/frame-batch.js';
import { vendorOf } from '../wire/vendor-of.js';
import { DeviceBook } from './device-book.js';
import { DeviceFrames } from './device-frames.js';
import { FlowClasses } from './flow-classes.js';
import { FlowNotebook } from './flow-notes.js';
import { type FlowNaming, flowRecord } from './flow-record.js';
import { Inspection } from './inspect/inspection.js';
import { ProtocolSet } from './inspect/protocol-set.js';
import { Lanes } from './lanes.js';
import { NameCache } from './name-cache.js';
import { PluginHost } from './plugin-host.js';
import { pump } from './pump.js';
import { Tally } from './tally.js';

export interface EngineOptions {
  readonly plugins: readonly KaipoPlugin[];
  readonly maxFlows: number;
  /** Live capture: who knows when ports got another owner. */
  readonly splits?: FlowSplits;
  readonly keyByInterface?: boolean;
  readonly timeouts?: FlowTimeouts;
  pluginConfig?(name: string): unknown;
  interfaceName?(interfaceId: number): string | undefined;
  /** Told about analyzers that failed. */
  onFault?(text: string): void;
  /** Called with the number of each flow that has ended, while its columns are still those of the flow. */
  onFlowEnded?(flow: number): void;
}

const END_REASONS: readonly FlowEndReason[] = ['idle', 'closed', 'end-of-input'];

export class Engine {
  readonly bus = new EventBus();
  readonly flows: FlowTable;
  readonly health: FlowHealthMeter;
  readonly notebook: FlowNotebook;
  readonly names = new NameCache();
  readonly tally = new Tally();
  readonly devices = new DeviceBook(vendorOf);
  readonly host: PluginHost;
  readonly naming: FlowNaming;
  readonly protocols: ProtocolSet;
  readonly inspection: Inspection;
  readonly #lanes = new Lanes();
  readonly #deviceFrames = new DeviceFrames((sighting) => this.bus.write({ kind: 'device.seen', ...sighting }));
  readonly #onFlowEnded: (flow: number) => void;
  readonly #classes: FlowClasses;

  constructor(options: EngineOptions) {
    this.flows = new FlowTable({
      capacity: options.maxFlows,
      ...(options.splits === undefined ? {} : { splits: options.splits }),
      ...(options.keyByInterface === undefined ? {} : { keyByInterface: options.keyByInterface }),
      ...(options.timeouts === undefined ? {} : { timeouts: options.timeouts }),
    });
    this.health = new FlowHealthMeter(options.maxFlows);
    this.notebook = new FlowNotebook(this.flows);
    this.#onFlowEnded = options.onFlowEnded ?? (() => undefined);
    this.host = new PluginHost(options.onFault ?? (() => undefined));
    this.naming = {
      notebook: this.notebook,
      names: this.names,
      health: this.health.columns,
      interfaceName: options.interfaceName ?? (() => undefined),
      deviceOf: (ip) => this.devices.deviceOf(ip),
      placeOf: (ip) => this.host.placeOf(ip),
    };
    this.#classes = new FlowClasses(this.flows, this.notebook, this.names, this.host);
    this.host.registerAll(options.plugins, this.notebook, options.pluginConfig ?? (() => undefined));
    this.protocols = new ProtocolSet(this.host.protocols, (name) => this.notebook.protocolId(name), this.host.strikes);
    this.inspection = new Inspection(this.flows, this.notebook, this.protocols, this.bus);
    for (const analyzer of this.host.analyzers) {
      this.#lanes.add(analyzer);
      const wants = analyzer.interest.events;
      if (wants === undefined || analyzer.onEvents === undefined) continue;
      this.bus.subscribe({
        name: analyzer.name,
        wants,
        capacity: 1024,
        whenFull: 'flush',
        deliver: (events) => this.host.runEvents(analyzer, events, this.bus),
      });
    }
    this.bus.subscribe({
      name: 'name-cache',
      wants: ['dns.answered'],
      capacity: 256,
      whenFull: 'flush',
      deliver: (events) => {
        for (const event of events) this.names.learn(event);
      },
    });
    this.bus.subscribe({
      name: 'device-book',
      wants: ['device.seen'],
      capacity: 256,
      whenFull: 'flush',
      deliver: (events) => {
        for (const event of events) if (event.kind === 'device.seen') this.devices.learn(event);
      },
    });
  }

  /** Everything there is to do with a batch of frames. The batch is the caller's again when this returns. */
  process(batch: FrameBatch): void {
    pump(
      batch,
      this.tally,
      this.flows,
      this.#deviceFrames,
      this.health,
      this.inspection,
      this.#lanes,
      this.host,
      this.notebook,
      this.bus,
    );
    this.bus.flush();
    this.#drainEnded();
    if (batch.length > 0) this.flows.advance(batch.tsUs[batch.length - 1]!);
    this.#drainEnded();
  }

  /** Time passes without packets: flows end, analyzers get their tick. */
  tick(nowUs: number): void {
    this.flows.advance(nowUs);
    this.#drainEnded();
    this.host.tick(nowUs, this.bus);
    this.bus.flush();
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
    const isRecorded = this.bus.isWanted('flow.ended');
    for (let i = 0; i < flows.endedCount; i++) {
      const flow = flows.ended[i]!;
      this.inspection.end(flow);
      this.#classes.finish(flow);
      this.#onFlowEnded(flow);
      if (isRecorded) this.#record(flow);
      this.notebook.forget(flow);
    }
    if (flows.endedCount > 0) flows.clearEnded();
  }

  #record(flow: number): void {
    const record = flowRecord(this.flows.columns, flow, this.naming);
    const reason = END_REASONS[this.flows.columns.endReason[flow]!]!;
    this.bus.write({ kind: 'flow.ended', tsUs: record.endUs, reason, flow: record });
  }
}
