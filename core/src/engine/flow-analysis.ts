// The upper half of an engine: what packets and flows say becomes names, classes and events. Owns: the wiring of inspection,
// analyzers, classifiers and bus, and what is done when a flow ends.
// Must not know where frames come from, who counts them, or who listens. Bound: that of its parts.
import type { FlowEndReason, FlowRecord } from '../api/events.js';
import type { KaipoPlugin } from '../api/plugin.js';
import { EventBus } from '../bus/event-bus.js';
import type { FlowRows } from '../flow/flow-columns.js';
import type { FlowHealthColumns } from '../flow/flow-health.js';
import type { FrameBatch } from '../frame/frame-batch.js';
import { DEFAULT_MEMORY_BYTES, type MemoryLimits, memoryLimits } from '../kernel/memory-limits.js';
import { vendorOf } from '../wire/vendor-of.js';
import { DetectorHost } from './detector-host.js';
import { DeviceBook } from './device-book.js';
import { DeviceFrames } from './device-frames.js';
import { EndedFlow } from './ended-flow.js';
import { FlowClasses } from './flow-classes.js';
import { FlowNotebook } from './flow-notes.js';
import { flowRecord } from './flow-record.js';
import { Inspection } from './inspect/inspection.js';
import { ProtocolSet } from './inspect/protocol-set.js';
import { Lanes } from './lanes.js';
import { type LiveClass, LiveClasses } from './live-classes.js';
import { NameCache } from './name-cache.js';
import { PluginHost } from './plugin-host.js';
import { pumpContents } from './pump.js';
import { STAGE_ENDED, StageClock } from './stage-clock.js';
import type { WrittenFlow } from './written-flows.js';

export interface FlowAnalysisOptions {
  /** Bounds of what is kept; absent: those of DEFAULT_MEMORY_BYTES. */
  readonly limits?: MemoryLimits;
  readonly plugins: readonly KaipoPlugin[];
  pluginConfig?(name: string): unknown;
  interfaceName?(interfaceId: number): string | undefined;
  /** What another thread writes of the flows that end. */
  readonly written?: WrittenFlow;
  /** Told about analyzers that failed. */
  onFault?(text: string): void;
  /** Called with the number of each flow that has ended, while its columns and `ended` are still those of the flow. */
  onFlowEnded?(flow: number): void;
}

const END_REASONS: readonly FlowEndReason[] = ['idle', 'closed', 'end-of-input', 'evicted'];

export class FlowAnalysis {
  readonly bus = new EventBus();
  readonly clock = new StageClock();
  readonly notebook: FlowNotebook;
  readonly names: NameCache;
  readonly devices = new DeviceBook(vendorOf);
  readonly host: PluginHost;
  /** The flow that ends now, for `onFlowEnded`. */
  readonly ended: EndedFlow;
  readonly protocols: ProtocolSet;
  readonly inspection: Inspection;
  readonly detectors: DetectorHost;
  readonly #flows: FlowRows;
  readonly #lanes = new Lanes();
  readonly #deviceFrames = new DeviceFrames((sighting) => this.bus.write({ kind: 'device.seen', ...sighting }));
  readonly #onFlowEnded: (flow: number) => void;
  readonly #classes: FlowClasses;
  readonly #liveClasses: LiveClasses;
  /** A flow that still runs, for whoever asks about it. */
  readonly #running: EndedFlow;

  constructor(flows: FlowRows, health: FlowHealthColumns, options: FlowAnalysisOptions) {
    this.#flows = flows;
    const { flowTexts, names, reassemblyBytes } = options.limits ?? memoryLimits(DEFAULT_MEMORY_BYTES);
    this.notebook = new FlowNotebook(flows, flowTexts);
    this.names = new NameCache(names);
    this.#onFlowEnded = options.onFlowEnded ?? (() => undefined);
    this.host = new PluginHost(options.onFault ?? (() => undefined));
    const naming = {
      notebook: this.notebook,
      names: this.names,
      health,
      ...(options.written === undefined ? {} : { written: options.written }),
      interfaceName: options.interfaceName ?? (() => undefined),
      deviceOf: (ip: string) => this.devices.deviceOf(ip),
      placeOf: (ip: string) => this.host.placeOf(ip),
    };
    this.ended = new EndedFlow(flows.columns, naming);
    this.#running = new EndedFlow(flows.columns, naming);
    this.#liveClasses = new LiveClasses(this.host);
    this.#classes = new FlowClasses(this.notebook, this.host);
    this.host.registerAll(options.plugins, this.notebook, options.pluginConfig ?? (() => undefined));
    this.protocols = new ProtocolSet(this.host.protocols, (name) => this.notebook.protocolId(name), this.host.strikes);
    this.inspection = new Inspection(flows, this.notebook, this.protocols, this.bus, reassemblyBytes);
    this.#subscribeAnalyzers();
    this.detectors = new DetectorHost(this.host.detectors, this.bus, this.host.strikes, {
      columns: flows.columns,
      interfaceName: naming.interfaceName,
    });
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

  /** A batch whose rows have their flows. */
  look(batch: FrameBatch): void {
    const { host, notebook, bus, clock } = this;
    pumpContents(batch, this.#deviceFrames, this.inspection, this.#lanes, host, notebook, bus, clock);
    this.detectors.observe(batch, clock);
  }

  /** Flows have ended, `count` numbers from `start` of this ring: classifies and reports each. */
  endFlows(ended: Uint32Array, start: number, count: number): void {
    if (count === 0) return;
    this.clock.start();
    const isRecorded = this.bus.isWanted('flow.ended');
    for (let i = 0; i < count; i++) {
      const place = (start + i) % ended.length;
      const flow = ended[place]!;
      this.inspection.end(flow);
      this.ended.read(flow, place);
      this.#classes.finish(this.ended);
      this.#liveClasses.forget(flow);
      this.#onFlowEnded(flow);
      if (isRecorded) this.#record();
      this.notebook.forget(flow);
    }
    this.clock.lap(STAGE_ENDED);
  }

  /** What is known by now of a flow that runs. */
  liveClassOf(flow: number): LiveClass {
    this.#running.read(flow);
    return this.#liveClasses.of(this.#running);
  }

  /** The record a flow that runs would leave if it ended now. */
  recordOf(flow: number): FlowRecord {
    const { application, category } = this.liveClassOf(flow);
    return {
      ...flowRecord(this.#running),
      ...(application === undefined ? {} : { application }),
      ...(category === undefined ? {} : { category }),
    };
  }

  /** Analyzers get their tick, listeners what waits. */
  tick(nowUs: number): void {
    this.host.tick(nowUs, this.bus);
    this.bus.flush();
    this.detectors.tick(nowUs);
    this.bus.flush();
  }

  /** The input is over and every flow has ended. */
  finish(): void {
    this.bus.flush();
    this.detectors.finish();
    this.bus.flush();
  }

  #subscribeAnalyzers(): void {
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
  }

  #record(): void {
    const record = flowRecord(this.ended);
    const reason = END_REASONS[this.#flows.columns.endReason[this.ended.flow]!]!;
    this.bus.write({ kind: 'flow.ended', tsUs: record.endUs, reason, flow: record });
  }
}
