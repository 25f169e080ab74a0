// The running monitor: counters, the packet side when there is one, else the sockets, and the books, an interval whenever asked. Owns: how these
// fit together. Must not know how a snapshot is shown or stored. Bound: that of its parts.
import { setImmediate as turn } from 'node:timers/promises';
import type { CaptureEnd, PreparedCapture } from '@kaipo/capture-helper/launch/index.js';
import type { AlertRaised, DnsAnswered, FlowEnded } from '@kaipo/core/api/index.js';
import type { IntervalRecord } from '@kaipo/core/api/interval-record.js';
import { MAX_FLOWS } from '@kaipo/core/kernel/limits.js';
import { DEFAULT_MEMORY_BYTES, memoryLimits } from '@kaipo/core/kernel/memory-limits.js';
import { InterfaceBooks, sumBooks } from '@kaipo/core/query/interface-books.js';
import type { ClosedBooks, Coverage, IntervalSums } from '@kaipo/core/query/live-books.js';
import { type LiveDetails, type LiveSubject, liveDetails } from '@kaipo/core/query/live-details.js';
import type { LiveCapture, LiveInterface, LiveNotice, LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import { catchUp } from '@kaipo/core/source/catch-up.js';
import { parseBaseline } from '@kaipo/core/source/counter-baseline.js';
import { CounterLedger, type InterfaceDelta } from '@kaipo/core/source/counter-ledger.js';
import { counterMoment, startMoment } from '@kaipo/core/source/counter-moment.js';
import { counterSource, type InterfaceCounters, type WantedInterfaces } from '@kaipo/core/source/counters.js';
import { runnableCommand } from '../output/runnable-command.js';
import type { PluginTables } from '../plugins/plugin-set.js';
import { countedBytes } from './counted-bytes.js';
import { caughtUpRecord, correctionRecord, intervalRecord, type Privacy } from './interval-record.js';
import { type LiveViewer, LiveViewers } from './live-viewers.js';
import type { PacketInterval, PacketSide } from './packet-side.js';
import { RecentEvents } from './recent-events.js';
import { runningProcesses } from './running-processes.js';
import type { SocketInterval, SocketSide } from './socket-side.js';

const REMEMBERED_STARTS = 16;

export interface LiveSessionOptions {
  /** Undefined: counters only. */
  readonly prepared: PreparedCapture | undefined;
  /** Interfaces to show; empty: all but loopback. */
  readonly interfaces: readonly string[];
  /** Interfaces whose bytes add to totals; default `auto`, the ones that lead out. */
  readonly counted?: WantedInterfaces;
  /** The command that reaches the next rung. */
  readonly rungFix: string | undefined;
  /** What of an interval may be recorded; what is shown stays whole. Default `full`. */
  readonly privacy?: Privacy;
  /** [plugins.…] of the configuration. */
  readonly pluginTables?: PluginTables;
  /** Memory the process may take; default DEFAULT_MEMORY_BYTES. */
  readonly memoryBytes?: number;
  onCaptureEnd(message: string, exitCode: number | undefined, fix: string | undefined): void;
}

export interface LiveStart {
  /** What moved while no recorder ran, as far as the counters tell. */
  readonly caughtUp: readonly IntervalRecord[];
  /** Where the counters stand now: to be stored with the rows of caughtUp, or they are caught up once more. */
  readonly baseline: unknown;
  /** What a person should know about that, in plain words. */
  readonly notices: readonly string[];
}

/** One interval: what is shown, and what is recorded besides. */
export interface LiveInterval {
  readonly snapshot: LiveSnapshot;
  readonly startUs: number;
  /** Sums of the interval, ready for the store. */
  readonly record: IntervalRecord;
  /** What earlier intervals called unknown and is known now: to be recorded besides. */
  readonly corrections: readonly IntervalRecord[];
  readonly ended: readonly FlowEnded[];
  readonly names: readonly DnsAnswered[];
  /** Of detectors; none where no address may be stored. */
  readonly findings: readonly AlertRaised[];
  /** Where the counters stood at its end: plain data to keep with the record, and to give to the next `start`. */
  readonly baseline: unknown;
}

export class LiveSession {
  readonly #options: LiveSessionOptions;
  readonly #counters = counterSource();
  readonly #ledger = new CounterLedger();
  readonly #books = new InterfaceBooks();
  readonly #recent = new RecentEvents();
  #privacy: Privacy;
  #packets: PacketSide | undefined;
  /** Where packets are not seen. */
  #sockets: SocketSide | undefined;
  #lastDeltas: readonly InterfaceDelta[] = [];
  #isUnreadable = false;
  #counted: WantedInterfaces = 'auto';
  /** Interfaces that were asked for were there at the last interval, as far as was said. */
  #isCounting = true;
  /** `ending`: capture was lost in this interval. */
  #coverage: 'counters' | 'capture' | 'ending' = 'counters';
  #lostEvents = 0;
  #lastMonoUs = 0;
  /** When the latest intervals began, oldest first. */
  readonly #starts: number[] = [];
  #rungFix: string | undefined;
  readonly #viewers = new LiveViewers((subject, ended) => this.#describe(subject, ended));
  /** Whoever runs this. */
  readonly #own = this.#viewers.add();
  readonly #processes = runningProcesses();
  #latest: LiveSnapshot | undefined;

  constructor(options: LiveSessionOptions) {
    this.#options = options;
    this.#rungFix = options.rungFix;
    this.#privacy = options.privacy ?? 'full';
    this.count(options.counted ?? 'auto');
  }

  /** Somebody looks: until they close it, they have a say in what a snapshot has. */
  addViewer(): LiveViewer {
    return this.#viewers.add();
  }

  /** Snapshots carry the details of this row from now on; answers what is known of it now. */
  watch(subject: LiveSubject | undefined): LiveDetails | undefined {
    return this.#own.watch(subject);
  }

  /** Snapshots have the long lists from the next one on, for a screen that scrolls. */
  widen(isWide: boolean): void {
    this.#own.isWide = isWide;
  }

  /** From the next interval on the bytes of these interfaces add to totals. */
  count(interfaces: WantedInterfaces): void {
    this.#counters.select(interfaces);
    this.#counted = interfaces;
    this.#isCounting = true;
  }

  /** From this interval on: what was seen and not yet taken is recorded by the new rule. */
  protect(privacy: Privacy): void {
    this.#privacy = privacy;
  }

  /** Takes up the counters where `baseline` left them, if it is given, and begins to capture. */
  async start({ baseline }: { readonly baseline?: unknown } = {}): Promise<LiveStart> {
    const { prepared } = this.#options;
    const packetSide = prepared === undefined ? undefined : await import('./packet-side.js');
    const readings = await this.#counters.read();
    const moment = startMoment();
    const caught = catchUp(parseBaseline(baseline), readings, moment);
    this.#lastMonoUs = moment.monotonicUs;
    this.#lastDeltas = this.#ledger.update(moment, readings);
    if (prepared !== undefined && packetSide !== undefined) {
      this.#packets = new packetSide.PacketSide(prepared, {
        pluginTables: this.#options.pluginTables ?? {},
        limits: memoryLimits(this.#options.memoryBytes ?? DEFAULT_MEMORY_BYTES),
        onEvent: (event) => this.#recent.add(event),
        onNotice: (severity, text) => this.notice(severity, text),
        onEnd: (end) => this.#onEnd(end),
      });
      this.#coverage = 'capture';
      // Who is told that this runs may rely on it.
      await this.#packets.begun();
    } else {
      await this.#openSockets();
    }
    for (const text of caught.notices) this.notice('info', text);
    return { caughtUp: caught.parts.map(caughtUpRecord), baseline: this.#ledger.baseline(), notices: caught.notices };
  }

  /** Ends the capture in order: packets on their way are still counted. */
  async stop(): Promise<void> {
    await Promise.all([this.#packets?.stop(), this.#sockets?.stop()]);
  }

  /** The run is over: ends some of the flows and answers with them; empty when none is left, or none may be recorded. */
  finishSome(): readonly FlowEnded[] {
    let ended: readonly FlowEnded[] = [];
    if (this.#privacy === 'usage-only') return ended;
    while (ended.length === 0 && this.#packets?.finishSome() === true) ended = this.#recent.take().ended;
    return ended;
  }

  /** Has any packet been captured since the start? */
  get hasSeenPackets(): boolean {
    return this.#packets?.hasSeenPackets ?? false;
  }

  notice(severity: LiveNotice['severity'], text: string): void {
    this.#recent.notice(severity, text);
  }

  /** Capture has ended for good while running: this interval is still one with capture, the next ones come from counters. */
  captureLost(fix: string | undefined): void {
    if (this.#coverage === 'capture') this.#coverage = 'ending';
    this.#rungFix = fix;
  }

  /** Closes the interval that began at the last call. */
  async takeInterval(recording: LiveSnapshot['recording']): Promise<LiveInterval> {
    // After a stall, what is already here is read first: it belongs to the time before.
    if (this.#packets !== undefined || this.#sockets !== undefined) await turn();
    this.#sockets?.hold();
    const readings = await this.#readCounters();
    const moment = counterMoment();
    const { monotonicUs, wallUs: tsUs } = moment;
    const deltas = readings === undefined ? this.#lastDeltas.map(still) : this.#ledger.update(moment, readings);
    this.#lastDeltas = deltas;
    for (const text of this.#ledger.takeNotices()) this.notice('info', text);
    this.#sayUncounted(deltas);
    const intervalUs = Math.max(0, monotonicUs - this.#lastMonoUs);
    this.#lastMonoUs = monotonicUs;
    const { bounds } = this.#viewers;
    const packets = this.#coverage === 'counters' ? undefined : this.#packets?.take(tsUs, monotonicUs, bounds);
    const sockets = this.#sockets?.take(countedNames(deltas), monotonicUs, bounds);
    const books = this.#closeBooks(deltas, packets, sockets, intervalUs);
    const startUs = tsUs - intervalUs;
    const seen = this.#snapshot(tsUs, intervalUs, deltas, packets, sockets, books, recording);
    const events = { ...this.#recent.take(), findings: this.#recent.takeFindings() };
    this.#latest = seen;
    this.#viewers.refresh(events.ended);
    const { details } = this.#own;
    const interval = {
      startUs,
      snapshot: details === undefined ? seen : { ...seen, details },
      record: intervalRecord({
        startUs,
        endUs: tsUs,
        mode: packets?.rung ?? 'counters',
        interfaces: deltas,
        movement: (packets ?? sockets)?.movement.scoped,
        capture: packets?.capture ?? NO_CAPTURE,
        books,
        privacy: this.#privacy,
      }),
      corrections: this.#corrections(packets, startUs),
      baseline: this.#ledger.baseline(),
      ...(this.#privacy === 'usage-only' ? { ended: [], names: [], findings: [] } : events),
    };
    this.#packets?.tellInterval(interval.record);
    if (this.#coverage === 'ending') {
      this.#coverage = 'counters';
      this.#packets?.forget();
      await this.#openSockets();
    }
    return interval;
  }

  /** An interval nobody remembers the start of is corrected no more. */
  #corrections(packets: PacketInterval | undefined, startUs: number): readonly IntervalRecord[] {
    const starts = this.#starts;
    const records = (packets?.movement.corrections ?? []).flatMap((rows) => {
      const began = starts.at(-rows.intervalsAgo);
      return began === undefined ? [] : [correctionRecord(began, packets!.rung, rows)];
    });
    starts.push(startUs);
    if (starts.length > REMEMBERED_STARTS) starts.shift();
    return this.#privacy === 'usage-only' ? [] : records;
  }

  /** Loaded only where nothing better is: counters and packets are complete without. */
  async #openSockets(): Promise<void> {
    const { SocketSide } = await import('./socket-side.js');
    this.#sockets = SocketSide.open((severity, text) => this.notice(severity, text));
  }

  /** Undefined when they cannot be read now: nothing is counted in this interval, the next one has the bytes of both. */
  async #readCounters(): Promise<readonly InterfaceCounters[] | undefined> {
    try {
      const readings = await this.#counters.read();
      this.#isUnreadable = false;
      return readings;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (!this.#isUnreadable) this.notice('warning', `the counters of the interfaces cannot be read: ${why}`);
      this.#isUnreadable = true;
      return undefined;
    }
  }

  /** Names may be of interfaces that come later; until then totals stand still, which looks like a quiet network. */
  #sayUncounted(deltas: readonly InterfaceDelta[]): void {
    const isCounting = this.#counted === 'auto' || deltas.some((row) => row.counted);
    if (!isCounting && this.#isCounting)
      this.notice(
        'warning',
        `nothing adds to totals: none of ${[...this.#counted].join(', ')} (monitoring.interface) is there`,
      );
    this.#isCounting = isCounting;
  }

  #onEnd({ reason, message, exitCode, fix }: CaptureEnd): void {
    if (message !== undefined) this.notice(reason === 'failed' ? 'critical' : 'info', message);
    if (reason === 'failed') this.#options.onCaptureEnd(message ?? 'capture ended', exitCode, fix);
  }

  #describe(subject: LiveSubject, ended: readonly FlowEnded[]): LiveDetails | undefined {
    if (this.#latest === undefined) return undefined;
    return liveDetails(subject, this.#latest, { ...this.#packets?.knowledge, ...this.#processes }, ended);
  }

  #snapshot(
    tsUs: number,
    intervalUs: number,
    deltas: readonly InterfaceDelta[],
    packets: PacketInterval | undefined,
    sockets: SocketInterval | undefined,
    books: ReadonlyMap<string, ClosedBooks>,
    recording: LiveSnapshot['recording'],
  ): LiveSnapshot {
    const interfaces = this.#shownInterfaces(deltas, packets?.interfaceNames ?? []);
    const shown = new Set(interfaces.map((row) => row.name));
    const movement = (packets ?? sockets)?.movement;
    this.#sayLost();
    return {
      tsUs,
      intervalUs,
      rung: packets?.rung ?? 'counters',
      ...(this.#rungFix === undefined ? {} : { rungFix: runnableCommand(this.#rungFix) }),
      ...(packets?.helper === undefined ? {} : { helper: packets.helper }),
      interfaces,
      capture: packets?.capture ?? NO_CAPTURE,
      books: sumBooks(books, (name) => shown.has(name)),
      ...(sockets === undefined || packets !== undefined ? {} : { appsFrom: 'tcp-sockets' as const }),
      apps: movement?.apps ?? [],
      ...(movement === undefined ? {} : { processes: movement.processes }),
      flows: movement?.flows ?? [],
      hosts: movement?.hosts ?? [],
      protocols: movement?.protocols ?? [],
      ...this.#recent.shown(),
      flowTable: packets?.flowTable ?? NO_FLOWS,
      recording,
    };
  }

  #sayLost(): void {
    const lost = this.#recent.lost - this.#lostEvents;
    this.#lostEvents = this.#recent.lost;
    if (lost > 0)
      this.notice('warning', `${lost} ended flows, names and findings of this interval were too many to record`);
  }

  #shownInterfaces(deltas: readonly InterfaceDelta[], capturedNames: readonly string[]): LiveInterface[] {
    const captured = new Set(capturedNames);
    const wanted = this.#options.interfaces;
    return deltas
      .filter((row) => (wanted.length > 0 ? wanted.includes(row.name) : row.name !== 'lo' || captured.has('lo')))
      .map(({ packetsKnown: _, note: __, ...row }) => ({ ...row, captured: captured.has(row.name) }));
  }

  #closeBooks(
    deltas: readonly InterfaceDelta[],
    packets: PacketInterval | undefined,
    sockets: SocketInterval | undefined,
    intervalUs: number,
  ): Map<string, ClosedBooks> {
    const captured = new Set(packets?.interfaceNames);
    const sums = new Map<string, IntervalSums>();
    for (const row of deltas) {
      const arrived = (packets ?? sockets)?.captured.get(row.name);
      if (!row.counted && !captured.has(row.name) && arrived === undefined) continue;
      const kernelBytes = countedBytes(row);
      const alone = sockets?.isRunning === true ? 'sockets' : 'counters-only';
      const without = packets === undefined ? alone : captured.size > 0 ? 'not-selected' : 'broken';
      const coverage = captured.has(row.name) ? (arrived?.coverage ?? 'broken') : without;
      const reports = packets === undefined ? (sockets?.snapshots ?? 0) : (arrived?.reports ?? 0);
      sums.set(row.name, { ...(arrived ?? NOTHING_CAPTURED), coverage, reports, kernelBytes, intervalUs });
    }
    for (const [name, arrived] of packets?.captured ?? []) {
      // Packets of an interface that has no counters any more.
      if (!sums.has(name) && arrived.capturedPackets > 0) sums.set(name, { ...arrived, kernelBytes: 0, intervalUs });
    }
    return this.#books.close(sums, intervalUs);
  }
}

const countedNames = (deltas: readonly InterfaceDelta[]): Set<string> =>
  new Set(deltas.filter((row) => row.counted).map((row) => row.name));

/** An interface that moved nothing, as far as is known. */
const still = ({ note: _, ...row }: InterfaceDelta): InterfaceDelta => ({
  ...row,
  rxBytes: 0,
  txBytes: 0,
  rxPackets: 0,
  txPackets: 0,
});

const NO_CAPTURE: LiveCapture = {
  received: 0,
  delivered: 0,
  droppedByKernel: 0,
  droppedByHelper: 0,
  dropsKnown: true,
  gaps: 0,
};

const NO_FLOWS: LiveSnapshot['flowTable'] = { active: 0, capacity: MAX_FLOWS, refused: 0, evicted: 0 };

const NOTHING_CAPTURED: Omit<IntervalSums, 'kernelBytes' | 'intervalUs'> & { readonly coverage: Coverage } = {
  coverage: 'counters-only',
  attributedBytes: 0,
  unknown: {},
  capturedPackets: 0,
  droppedByKernel: 0,
  droppedByHelper: 0,
  reports: 0,
};
