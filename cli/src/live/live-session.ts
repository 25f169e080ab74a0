// The running monitor: engine, capture, counters and owners, and a snapshot of them whenever asked. Owns: how these fit together.
// Must not know how a snapshot is shown or stored. Bound: that of its parts; MAX_NOTICES notices, MAX_RECENT events a kind.
import { networkInterfaces } from 'node:os';
import type { PreparedCapture } from '@kaipo/capture-helper/launch/index.js';
import type { AlertRaised, DnsAnswered, DnsAsked, FlowEnded } from '@kaipo/core/api/index.js';
import { Engine } from '@kaipo/core/engine/engine.js';
import { MAX_FLOWS } from '@kaipo/core/kernel/limits.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { socketOwners } from '@kaipo/core/owners/socket-owners.js';
import { BooksKeeper } from '@kaipo/core/query/live-books.js';
import type { LiveInterface, LiveNotice, LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import { type LiveMovement, LiveView } from '@kaipo/core/query/live-view.js';
import { counterSource } from '@kaipo/core/source/counters.js';
import { CounterDeltas } from '@kaipo/core/source/counters-deltas.js';
import { builtinPlugins } from '@kaipo/plugins/all.js';
import { runnableCommand } from '../output/runnable-command.js';
import { CaptureIntake, type CaptureSums } from './capture-intake.js';

const MAX_NOTICES = 64;
const MAX_RECENT = 200;
const ADDRESSES_FOR_US = 10e6;

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
  readonly #notices: LiveNotice[] = [];
  readonly #dns: (DnsAsked | DnsAnswered)[] = [];
  readonly #alerts: AlertRaised[] = [];
  #ended: FlowEnded[] = [];
  #names: DnsAnswered[] = [];
  #addresses = new Set<string>();
  #addressesAtUs = 0;
  #lastUs = 0;
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
    const { notebook, names } = this.engine;
    this.#view = new LiveView({
      flows: this.engine.flows,
      protocolName: (id) => notebook.protocolName(id),
      serverName: (flow) => notebook.textsOf(flow)?.serverName,
      owner: (flow) => notebook.textsOf(flow)?.owner,
      setOwner: (flow, owner) => notebook.setOwner(flow, owner),
      nameOf: (ip) => names.nameOf(ip),
      interfaceName: (id) => this.#intake.interfaceName(id),
      isLocalAddress: (ip) => this.#addresses.has(ip),
      findOwner: (transport, localIp, localPort, remoteIp, remotePort) =>
        transport === 'tcp' || transport === 'udp'
          ? this.#owners.lookup(transport, localIp, localPort, remoteIp, remotePort)
          : undefined,
    });
    this.engine.bus.subscribe({
      name: 'live',
      wants: 'all',
      capacity: 4096,
      whenFull: 'flush',
      deliver: (events) => {
        for (const event of events) {
          if (event.kind === 'flow.ended') push(this.#ended, event, 65_536);
          else if (event.kind === 'alert.raised') push(this.#alerts, event, MAX_RECENT);
          else if (event.kind !== 'http.exchanged') push(this.#dns, event, MAX_RECENT);
          if (event.kind === 'dns.answered') push(this.#names, event, 4096);
        }
      },
    });
  }

  /** Takes the baseline of the counters and begins to capture. */
  async start(nowUs: number): Promise<void> {
    this.#deltas.update(nowUs, await this.#counters.read());
    this.#lastUs = nowUs;
    this.#refreshAddresses(nowUs);
    if (this.#options.prepared === undefined) return;
    this.#session = this.#options.prepared.start(this.#intake);
    this.#intake.session = this.#session;
  }

  /** Ends the capture in order: packets on their way are still counted. */
  async stop(): Promise<void> {
    await this.#session?.stop();
  }

  /** The end: every flow has ended. Answers with the flows no interval has had yet. */
  finish(): readonly FlowEnded[] {
    this.engine.finish();
    return this.#ended;
  }

  notice(severity: LiveNotice['severity'], text: string): void {
    push(this.#notices, { tsUs: Date.now() * 1000, severity, text: safeText(text) }, MAX_NOTICES);
  }

  /** Capture has ended for good while running: goes on from counters. */
  captureLost(fix: string | undefined): void {
    this.#session = undefined;
    this.#rungFix = fix;
  }

  /** Closes the interval that began at the last call. */
  async takeInterval(nowUs: number, recording: LiveSnapshot['recording']): Promise<LiveInterval> {
    this.#refreshAddresses(nowUs);
    const hasCapture = this.#session !== undefined;
    if (hasCapture) this.#owners.refresh(nowUs);
    const interfaces = this.#readInterfaces(this.#deltas.update(nowUs, await this.#counters.read()));
    this.engine.tick(nowUs);
    const movement = this.#view.take();
    const capturedBytes = this.engine.tally.bytes - this.#lastBytes;
    this.#lastBytes = this.engine.tally.bytes;
    const kernelBytes = interfaces
      .filter((row) => row.captured || !hasCapture)
      .reduce((sum, row) => sum + row.rxBytes + row.txBytes, 0);
    const startUs = this.#lastUs;
    this.#lastUs = nowUs;
    const capture = this.#takeCapture();
    const snapshot: LiveSnapshot = {
      tsUs: nowUs,
      intervalUs: nowUs - startUs,
      rung: !hasCapture ? 'counters' : this.#intake.privileges?.events === true ? 'capture+events' : 'capture',
      ...(this.#rungFix === undefined ? {} : { rungFix: runnableCommand(this.#rungFix) }),
      ...(this.#intake.helper === undefined ? {} : { helper: this.#intake.helper }),
      interfaces,
      capture,
      books: hasCapture
        ? this.#books.close({
            kernelBytes,
            capturedBytes,
            capturedPackets: capture.delivered,
            droppedPackets: capture.droppedByKernel + capture.droppedByHelper,
            attributedBytes: movement.attributedBytes,
          })
        : this.#books.closeWithoutCapture(kernelBytes),
      apps: movement.apps,
      flows: movement.flows,
      hosts: movement.hosts,
      protocols: movement.protocols,
      dns: [...this.#dns],
      alerts: [...this.#alerts],
      notices: [...this.#notices],
      flowTable: {
        active: this.engine.flows.active,
        capacity: this.engine.flows.columns.capacity,
        refused: this.engine.flows.refused,
      },
      recording,
    };
    const ended = this.#ended;
    const names = this.#names;
    this.#ended = [];
    this.#names = [];
    return { snapshot, startUs, movement, ended, names };
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

/** Appends; beyond `max` the oldest goes. */
function push<T>(list: T[], item: T, max: number): void {
  list.push(item);
  if (list.length > max) list.shift();
}
