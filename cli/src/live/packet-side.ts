// Everything that only a run with capture has: helper stream, engine, plugins, flow table, owners, view. Loaded when there is
// something to capture, so that counters alone stay light. Owns: how these fit together. Must not know counters, screens, stores.
// Bound: that of its parts.
import { networkInterfaces } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { CaptureEnd, PreparedCapture } from '@kaipo/capture-helper/launch/index.js';
import type { KaipoEvent } from '@kaipo/core/api/index.js';
import type { IntervalRecord } from '@kaipo/core/api/interval-record.js';
import { Engine } from '@kaipo/core/engine/engine.js';
import { MAX_FLOWS } from '@kaipo/core/kernel/limits.js';
import type { MemoryLimits } from '@kaipo/core/kernel/memory-limits.js';
import { type CapturedSums, capturedByInterface } from '@kaipo/core/query/captured-sums.js';
import type { ListBounds } from '@kaipo/core/query/list-bounds.js';
import type { DetailKnowledge } from '@kaipo/core/query/live-details.js';
import type { LiveCapture, LiveNotice, LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import { type LiveMovement, LiveView } from '@kaipo/core/query/live-view.js';
import { TrafficZones } from '@kaipo/core/query/traffic-zone.js';
import { type PluginTables, pluginSet } from '../plugins/plugin-set.js';
import { addSums, CaptureIntake, type CaptureSums, NO_PACKETS } from './capture-intake.js';
import { flowOwners, type LiveOwners } from './flow-owners.js';
import { viewSource } from './view-source.js';

const ADDRESSES_FOR_US = 10e6;
const BEGIN_MS = 3000;

export interface PacketSideHandlers {
  /** [plugins.…] of the configuration. */
  readonly pluginTables: PluginTables;
  readonly limits: MemoryLimits;
  onEvent(event: KaipoEvent): void;
  onNotice(severity: LiveNotice['severity'], text: string): void;
  onEnd(end: CaptureEnd): void;
}

/** What was captured in one interval. */
export interface PacketInterval {
  readonly movement: LiveMovement;
  readonly capture: LiveCapture;
  readonly rung: 'capture' | 'capture+events';
  readonly helper: string | undefined;
  /** Of the interfaces that are captured; empty before the first stream has named them. */
  readonly interfaceNames: readonly string[];
  /** By interface, also of those from which something came late. */
  readonly captured: ReadonlyMap<string, CapturedSums>;
  readonly flowTable: LiveSnapshot['flowTable'];
}

export class PacketSide {
  readonly #engine: Engine;
  readonly #intake: CaptureIntake;
  readonly #view: LiveView;
  readonly #zones = new TrafficZones();
  readonly #owners: LiveOwners;
  readonly #session: ReturnType<PreparedCapture['start']>;
  #addressesAtUs = Number.NEGATIVE_INFINITY;
  #lastSums = new Map<string, CaptureSums>();

  /** Begins to capture. */
  constructor(prepared: PreparedCapture, handlers: PacketSideHandlers) {
    const { limits } = handlers;
    this.#owners = flowOwners(handlers.onNotice.bind(handlers));
    this.#intake = new CaptureIntake({
      onBatch: (batch) => this.#engine.process(batch),
      onNotice: (severity, text) => handlers.onNotice(severity, text),
      onEnd: (end) => handlers.onEnd(end),
      events: this.#owners.handlers,
      onStreamEnd: () => this.#owners.endStream(),
    });
    this.#engine = new Engine({
      ...pluginSet(handlers.pluginTables),
      // More rows than MAX_FLOWS would take too long to look through in every interval.
      maxFlows: Math.min(limits.flows, MAX_FLOWS),
      limits,
      keyByInterface: true,
      splits: this.#owners.handOvers,
      interfaceName: (id) => this.#intake.interfaceName(id),
      onFault: (text) => handlers.onNotice('warning', text),
      onFlowEnded: (flow) => this.#view.flowEnded(flow),
    });
    this.#owners.handOvers.attach(this.#engine.flows);
    this.#view = new LiveView(
      viewSource(this.#engine, {
        interfaceName: (id) => this.#intake.interfaceName(id),
        addresses: this.#zones,
        findOwner: (question) => this.#owners.find(question),
        isRunning: (owner) => this.#owners.isRunning(owner),
      }),
    );
    this.#engine.bus.subscribe({
      name: 'live',
      wants: 'all',
      capacity: 4096,
      whenFull: 'flush',
      deliver: (events) => {
        for (const event of events) handlers.onEvent(event);
      },
    });
    this.#refreshAddresses(performance.now() * 1000);
    this.#session = prepared.start(this.#intake);
    this.#intake.session = this.#session;
  }

  /** Resolves when packets are captured, at the latest after BEGIN_MS: rings are large, and opening them takes some tenths of a second. */
  async begun(): Promise<void> {
    const waiting = new AbortController();
    await Promise.race([
      this.#intake.begun,
      delay(BEGIN_MS, undefined, { signal: waiting.signal }).catch(() => undefined),
    ]);
    waiting.abort();
  }

  get hasSeenPackets(): boolean {
    return this.#engine.tally.packets > 0;
  }

  /** Ends the capture in order: packets on their way are still counted. */
  async stop(): Promise<void> {
    await this.#session.stop();
  }

  /** What is known of flows and addresses besides what rows show. */
  get knowledge(): DetailKnowledge {
    const { names, host, devices } = this.#engine;
    return {
      recordOf: (id) => this.#view.recordOf(id),
      answerOf: (ip) => names.answerOf(ip),
      placeOf: (ip) => host.placeOf(ip),
      deviceOf: (ip) => devices.deviceOf(ip),
    };
  }

  /** The capture is over for good. */
  forget(): void {
    this.#intake.forget();
  }

  /** The interval as it is recorded: detectors are told; what they find belongs to the next. */
  tellInterval(record: IntervalRecord): void {
    this.#engine.analysis.detectors.interval(record);
    this.#engine.bus.flush();
  }

  /** Ends some of the flows; false when none was left. */
  finishSome(): boolean {
    return this.#engine.finishSome();
  }

  /** Closes the interval that began at the last call, at `tsUs` of the wall clock and `monoUs` of one that only goes forwards. */
  take(tsUs: number, monoUs: number, bounds: ListBounds): PacketInterval {
    this.#refreshAddresses(monoUs);
    this.#owners.refresh(monoUs);
    this.#engine.tick(tsUs);
    const movement = this.#view.take(this.#intake.isRunning ? tsUs : undefined, bounds);
    const { sums, all } = this.#takeSums();
    const { reports: _, ...counts } = all;
    const { flows } = this.#engine;
    const { privileges, gaps, helper, interfaceNames } = this.#intake;
    const { events } = this.#owners;
    const dropsKnown = privileges?.drops !== 'unknown';
    return {
      movement,
      capture: { ...counts, dropsKnown, gaps, ...(events === undefined ? {} : { events }) },
      rung: privileges?.events === true ? 'capture+events' : 'capture',
      helper,
      interfaceNames,
      captured: capturedByInterface(movement.scoped, sums, this.#intake.takeCoverage()),
      flowTable: {
        active: flows.active,
        capacity: flows.columns.capacity,
        refused: flows.refused,
        evicted: flows.evicted,
      },
    };
  }

  /** Packets since the last call, by interface and in all. */
  #takeSums(): { sums: Map<string, CaptureSums>; all: CaptureSums } {
    const now = this.#intake.sums();
    const last = this.#lastSums;
    this.#lastSums = now;
    const sums = new Map<string, CaptureSums>();
    for (const [name, { received, delivered, droppedByKernel, droppedByHelper, reports }] of now) {
      const before = last.get(name) ?? NO_PACKETS;
      sums.set(name, {
        received: received - before.received,
        delivered: delivered - before.delivered,
        droppedByKernel: droppedByKernel - before.droppedByKernel,
        droppedByHelper: droppedByHelper - before.droppedByHelper,
        reports: reports - before.reports,
      });
    }
    return { sums, all: [...sums.values()].reduce(addSums, NO_PACKETS) };
  }

  #refreshAddresses(monoUs: number): void {
    if (monoUs - this.#addressesAtUs < ADDRESSES_FOR_US) return;
    this.#addressesAtUs = monoUs;
    this.#zones.refresh(Object.values(networkInterfaces()).flatMap((list) => list ?? []));
  }
}
