// The running monitor: engine, capture, counters and owners, and a snapshot of them whenever asked. Owns: how these fit together.
// Must not know how a snapshot is shown or stored. Bound: that of its parts.
import { networkInterfaces } from 'node:os';
import type { PreparedCapture } from '@kaipo/capture-helper/launch/index.js';
import type { DnsAnswered, FlowEnded } from '@kaipo/core/api/index.js';
import { Engine } from '@kaipo/core/engine/engine.js';
import { MAX_FLOWS } from '@kaipo/core/kernel/limits.js';
import { socketOwners } from '@kaipo/core/owners/socket-owners.js';
import { BooksKeeper } from '@kaipo/core/query/live-books.js';
import type { LiveInterface, LiveNotice, LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import { type LiveMovement, LiveView } from '@kaipo/core/query/live-view.js';
import { counterSource } from '@kaipo/core/source/counters.js';
import { CounterDeltas } from '@kaipo/core/source/counters-deltas.js';
import { builtinPlugins } from '@kaipo/plugins/all.js';
import { runnableCommand } from '../output/runnable-command.js';
import { CaptureIntake, type CaptureSums } from './capture-intake.js';
import { RecentEvents } from './recent-events.js';
import { viewSource } from './view-source.js';

const ADDRESSES_FOR_US = 10e6;

const LOOPBACK_HEADER_BYTES = 14;

export interface LiveSessionOptions {
  /** Undefined: counters only. */
  readonly prepared: PreparedCapture | undefined;
  /** Interfaces to show; empty: all but loopback. */
  readonly interfaces: readonly string[];
  /** The command that reaches the next rung. */
  readonly rungFix: string | undefined;
  onCaptureEnd(message: string, exitCode: number | undefined, fix: string | undefined): void;
}

/** One interval: what is shown, and what is recorded besides. */
export interface LiveInterval {
  readonly snapshot: LiveSnapshot;
  readonly startUs: number;
  readonly movement: LiveMovement;
  readonly ended: readonly FlowEnded[];
  readonly names: readonly DnsAnswered[];
}

export class LiveSession {
  readonly engine: Engine;
  readonly #options: LiveSessionOptions;
  readonly #intake: CaptureIntake;
  readonly #view: LiveView;
  readonly #counters = counterSource();
  readonly #deltas = new CounterDeltas();
  readonly #books = new BooksKeeper();
  readonly #owners = socketOwners();
  readonly #recent = new RecentEvents();
  #lostEvents = 0;
  #addresses = new Set<string>();
  #addressesAtUs = 0;
  #lastMonoUs = 0;
  /** `ending`: capture was lost in this interval. */
  #coverage: 'counters' | 'capture' | 'ending' = 'counters';
  #lastBytes = 0;
  #lastSums: CaptureSums = { received: 0, delivered: 0, droppedByKernel: 0, droppedByHelper: 0 };
  #rungFix: string | undefined;
  #session: ReturnType<PreparedCapture['start']> | undefined;

  constructor(options: LiveSessionOptions) {
    this.#options = options;
    this.#rungFix = options.rungFix;
    this.#intake = new CaptureIntake({
      onBatch: (batch) => this.engine.process(batch),
      onNotice: (severity, text) => this.notice(severity, text),
      onEnd: (end) => {
        if (end.message !== undefined) this.notice(end.reason === 'failed' ? 'critical' : 'info', end.message);
        if (end.reason === 'failed') options.onCaptureEnd(end.message ?? 'capture ended', end.exitCode, end.fix);
      },
    });
    this.engine = new Engine({
      plugins: builtinPlugins,
      maxFlows: MAX_FLOWS,
      keyByInterface: true,
      interfaceName: (id) => this.#intake.interfaceName(id),
      onFault: (text) => this.notice('warning', text),
      onFlowEnded: (flow) => this.#view.flowEnded(flow),
    });
    this.#view = new LiveView(
      viewSource(this.engine, {
        interfaceName: (id) => this.#intake.interfaceName(id),
        isLocalAddress: (ip) => this.#addresses.has(ip),
        findOwner: (transport, localIp, localPort, remoteIp, remotePort) =>
          transport === 'tcp' || transport === 'udp'
            ? this.#owners.lookup(transport, localIp, localPort, remoteIp, remotePort)
            : undefined,
      }),
    );
    this.engine.bus.subscribe({
      name: 'live',
      wants: 'all',
      capacity: 4096,
      whenFull: 'flush',
      deliver: (events) => {
        for (const event of events) this.#recent.add(event);
      },
    });
  }

  /** Takes the baseline of the counters and begins to capture. */
  async start(): Promise<void> {
    this.#lastMonoUs = monotonicUs();
    this.#deltas.update(this.#lastMonoUs, await this.#counters.read());
    this.#refreshAddresses(this.#lastMonoUs);
    if (this.#options.prepared === undefined) return;
    this.#session = this.#options.prepared.start(this.#intake);
    this.#intake.session = this.#session;
    this.#coverage = 'capture';
  }

  /** Ends the capture in order: packets on their way are still counted. */
  async stop(): Promise<void> {
    await this.#session?.stop();
  }

  /** The run is over: ends some of the flows and answers with them; empty when none is left. */
  finishSome(): readonly FlowEnded[] {
    let ended: readonly FlowEnded[] = [];
    while (ended.length === 0 && this.engine.finishSome()) ended = this.#recent.take().ended;
    return ended;
  }

  notice(severity: LiveNotice['severity'], text: string): void {
    this.#recent.notice(severity, text);
  }

  /** Capture has ended for good while running: this interval is still one with capture, the next ones come from counters. */
  captureLost(fix: string | undefined): void {
    this.#session = undefined;
    this.#coverage = 'ending';
    this.#rungFix = fix;
  }

  /** Closes the interval that began at the last call. */
  async takeInterval(recording: LiveSnapshot['recording']): Promise<LiveInterval> {
    const monoUs = monotonicUs();
    const tsUs = Date.now() * 1000;
    const intervalUs = monoUs - this.#lastMonoUs;
    this.#lastMonoUs = monoUs;
    this.#refreshAddresses(monoUs);
    const hasCapture = this.#coverage !== 'counters';
    if (hasCapture) this.#owners.refresh(monoUs);
    const interfaces = this.#readInterfaces(this.#deltas.update(monoUs, await this.#counters.read()));
    this.engine.tick(tsUs);
    const movement = this.#view.take();
    const capture = this.#takeCapture();
    const snapshot: LiveSnapshot = {
      tsUs,
      intervalUs,
      rung: !hasCapture ? 'counters' : this.#intake.privileges?.events === true ? 'capture+events' : 'capture',
      ...(this.#rungFix === undefined ? {} : { rungFix: runnableCommand(this.#rungFix) }),
      ...(this.#intake.helper === undefined ? {} : { helper: this.#intake.helper }),
      interfaces,
      capture,
      books: this.#closeBooks(interfaces, capture, movement.attributedBytes, hasCapture),
      apps: movement.apps,
      flows: movement.flows,
      hosts: movement.hosts,
      protocols: movement.protocols,
      ...this.#takeShown(),
      flowTable: {
        active: this.engine.flows.active,
        capacity: this.engine.flows.columns.capacity,
        refused: this.engine.flows.refused,
      },
      recording,
    };
    if (this.#coverage === 'ending') {
      this.#coverage = 'counters';
      this.#intake.forget();
    }
    return { snapshot, startUs: tsUs - intervalUs, movement, ...this.#recent.take() };
  }

  #takeShown(): ReturnType<RecentEvents['shown']> {
    const lost = this.#recent.lost - this.#lostEvents;
    this.#lostEvents = this.#recent.lost;
    if (lost > 0) this.notice('warning', `${lost} ended flows and names of this interval were too many to record`);
    return this.#recent.shown();
  }

  #closeBooks(
    interfaces: readonly LiveInterface[],
    capture: LiveSnapshot['capture'],
    attributedBytes: number,
    hasCapture: boolean,
  ): LiveSnapshot['books'] {
    const capturedBytes = this.engine.tally.bytes - this.#lastBytes;
    this.#lastBytes = this.engine.tally.bytes;
    const kernelBytes = interfaces
      .filter((row) => row.captured || !hasCapture)
      .reduce((sum, row) => sum + countedBytes(row), 0);
    if (!hasCapture) return this.#books.closeWithoutCapture(kernelBytes);
    return this.#books.close({
      kernelBytes,
      capturedBytes,
      capturedPackets: capture.delivered,
      droppedPackets: capture.droppedByKernel + capture.droppedByHelper,
      attributedBytes,
    });
  }

  #readInterfaces(deltas: ReturnType<CounterDeltas['update']>): LiveInterface[] {
    const captured = new Set(this.#intake.interfaceNames);
    const wanted = this.#options.interfaces;
    return deltas
      .filter((row) => (wanted.length > 0 ? wanted.includes(row.name) : row.name !== 'lo' || captured.has('lo')))
      .map((row) => ({
        name: row.name,
        rxBytes: row.rxBytes,
        txBytes: row.txBytes,
        rxPackets: row.rxPackets,
        txPackets: row.txPackets,
        rxBytesTotal: row.rxBytesTotal,
        txBytesTotal: row.txBytesTotal,
        class: row.name === 'lo' ? 'loopback' : 'physical',
        counted: row.name !== 'lo',
        up: row.up,
        captured: captured.has(row.name),
        ...(row.speedMbit === undefined ? {} : { speedMbit: row.speedMbit }),
      }));
  }

  #takeCapture(): LiveSnapshot['capture'] {
    const sums = this.#intake.sums();
    const last = this.#lastSums;
    this.#lastSums = sums;
    return {
      received: sums.received - last.received,
      delivered: sums.delivered - last.delivered,
      droppedByKernel: sums.droppedByKernel - last.droppedByKernel,
      droppedByHelper: sums.droppedByHelper - last.droppedByHelper,
      dropsKnown: this.#intake.privileges?.drops !== 'unknown',
      gaps: this.#intake.gaps,
    };
  }

  #refreshAddresses(nowUs: number): void {
    if (nowUs - this.#addressesAtUs < ADDRESSES_FOR_US) return;
    this.#addressesAtUs = nowUs;
    this.#addresses = new Set(
      Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map((entry) => entry.address)),
    );
  }
}

/**
 * Bytes of an interface as packets have them. The kernel counts each loopback packet sent and received, and without the link
 * header it is captured with; the capture has it once (PROTOCOL.md).
 */
function countedBytes(row: LiveInterface): number {
  if (row.name === 'lo') return row.rxBytes + row.rxPackets * LOOPBACK_HEADER_BYTES;
  return row.rxBytes + row.txBytes;
}

/** Time that only goes forwards: intervals are measured with it, whatever happens to the clock on the wall. */
const monotonicUs = (): number => performance.now() * 1000;
