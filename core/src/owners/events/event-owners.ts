// Owners of sockets from the kernel's own events, and behind them whoever else knows. Owns: the join of a flow and the claims on its
// socket, by 5-tuple and time; what may be concluded when events were lost. Must not know packets or pages.
// Rule of the house: a label that could be another's is no label.
import type { FlowOwner, OwnerQuality } from '../../api/events.js';
import { addressKey } from '../../kernel/address-key.js';
import type { FlowOwners, OwnerCounters, OwnerQuestion, SocketOwners } from '../socket-owners.js';
import { BEFORE_ALL_US } from './claims.js';
import { parseEventFormat } from './event-format.js';
import { EventMerge } from './event-merge.js';
import { EventRecords } from './event-records.js';
import type { HandOvers } from './hand-overs.js';
import { LossWindows } from './loss-windows.js';
import { parseSnapshotRows } from './snapshot-rows.js';
import { type SocketClaim, SocketEvents } from './socket-events.js';
import type { TracedProcess, TracedProcesses } from './traced-processes.js';

const TCP = 6;
const PROTOCOLS = new Map(Object.entries({ icmp: 1, tcp: TCP, udp: 17, icmp6: 58, sctp: 132 }));
/** A claim is stamped when the kernel decides, a packet when it passes: so far may they be apart, in either direction. */
const SLACK_US = 2000;
/** The tables of sockets are read about once a second. */
const CURRENT_US = 3e6;
/** An answer may come so much later than the question that began the flow. */
const CONNECT_BEFORE_US = 20_000;
/** Claims that are looked through for one whose port was translated. */
const MAX_TRANSLATED = 4096;

/** How a round of events ended; the same as of the helper's stream. Times in nanoseconds. */
export interface OwnerRound {
  readonly completeToNs: number;
  readonly monotonicNs: number;
  readonly wallNs: number;
  readonly lost: number;
  readonly routesOff: boolean;
}

export interface EventCounters {
  events: number;
  pages: number;
  damagedPages: number;
  strayRecords: number;
  /** By the kernel's own statistics. */
  lost: number;
  claims: number;
  evictedClaims: number;
}

export class EventOwners implements FlowOwners {
  readonly #events: SocketEvents;
  readonly #records: EventRecords;
  readonly #merge: EventMerge;
  readonly #fallback: SocketOwners;
  readonly #processes: TracedProcesses;
  /** Whose an owner is: pids are used again, and clocks are set. */
  readonly #found = new WeakMap<FlowOwner, TracedProcess>();
  readonly #lost = new LossWindows();
  readonly #withoutRoutes = new LossWindows();
  /** Of the events: what is older than they are is not in them. */
  #beginUs = Number.POSITIVE_INFINITY;
  #offsetUs = 0;
  #completeToUs = Number.NEGATIVE_INFINITY;
  #lostCount = 0;
  #lostOfStream = 0;
  #routesOff = false;
  /** Somebody was known for it, but not any more: events were lost in between. */
  #refused: OwnerQuestion | undefined;
  #isRefusing = false;
  /** Of the last `refresh`; the tables were not read since. */
  #nowUs = 0;
  #isStale = false;

  constructor(processes: TracedProcesses, fallback: SocketOwners) {
    this.#processes = processes;
    this.#events = new SocketEvents(processes);
    this.#records = new EventRecords(this.#events);
    this.#merge = new EventMerge(this.#records.handle);
    this.#fallback = fallback;
  }

  get counters(): Readonly<OwnerCounters> {
    return this.#fallback.counters;
  }

  /** When pairs of ends get another owner; for the flow table. */
  get handOvers(): HandOvers {
    return this.#events.handOvers;
  }

  get eventCounters(): EventCounters {
    return {
      events: this.#records.events,
      pages: this.#merge.pages,
      damagedPages: this.#merge.damagedPages,
      strayRecords: this.#records.strayRecords,
      lost: this.#lostCount,
      claims: this.#events.claims.size,
      evictedClaims: this.#events.claims.evicted,
    };
  }

  /** Are route lookups switched off at the moment? */
  get isTurnedDown(): boolean {
    return this.#routesOff;
  }

  /** Does a helper tell of events? */
  get hasEvents(): boolean {
    return this.#beginUs !== Number.POSITIVE_INFINITY;
  }

  /** More than that nobody has it: what was known is lost. After `lookup` of the same question. */
  whyUnknown(question: OwnerQuestion): 'events-lost' | undefined {
    if (question === this.#refused) return 'events-lost';
    const fromUs = question.startUs - this.#offsetUs - SLACK_US;
    const toUs = question.endUs - this.#offsetUs + SLACK_US;
    const isWithoutRoute = question.transport !== 'tcp' && this.#withoutRoutes.touches(fromUs, toUs);
    return isWithoutRoute || this.#lost.touches(fromUs, toUs) ? 'events-lost' : undefined;
  }

  /** Text of a format file. */
  addFormat(text: string): void {
    const format = parseEventFormat(text);
    if (format !== undefined) this.#records.addFormat(format);
  }

  addSnapshot(bytes: Uint8Array): void {
    for (const row of parseSnapshotRows(bytes)) {
      this.#processes.addSnapshot(row);
      for (const inode of row.socketInodes) this.#fallback.addHolder?.(inode, row.pid);
    }
  }

  addPage(cpu: number, bytes: Uint8Array): void {
    this.#merge.add(cpu, bytes);
  }

  endRound(round: OwnerRound): void {
    this.#offsetUs = (round.wallNs - round.monotonicNs) / 1000;
    const completeToUs = round.completeToNs / 1000;
    const nowUs = round.monotonicNs / 1000;
    if (this.#beginUs === Number.POSITIVE_INFINITY) {
      this.#beginUs = completeToUs;
      this.#takeOlder();
    }
    const sinceUs = Math.max(this.#completeToUs, this.#beginUs);
    if (round.lost > this.#lostOfStream) {
      this.#lostCount += round.lost - this.#lostOfStream;
      this.#lostOfStream = round.lost;
      this.#lost.add(sinceUs, nowUs);
      this.#processes.doubt(nowUs);
    }
    if (round.routesOff || this.#routesOff) this.#withoutRoutes.add(sinceUs, nowUs);
    this.#routesOff = round.routesOff;
    this.#processes.beginRound();
    this.#merge.takeUntil(round.completeToNs);
    this.#events.handOvers.endRound(this.#offsetUs, nowUs);
    this.#completeToUs = completeToUs;
  }

  /** Sockets that were there when the events began, while they still are. */
  #takeOlder(): void {
    this.#fallback.visitSockets?.((row, pid) => {
      const isBound = row.listening || row.remotePort === 0;
      const localKey = row.localIp === '*' ? 0 : addressKey(row.localIp);
      const remoteKey = isBound || row.remoteIp === '*' ? 0 : addressKey(row.remoteIp);
      if (localKey === undefined || remoteKey === undefined) return;
      const kind = row.listening ? 'listen' : row.transport === 'tcp' ? 'connect' : 'send';
      const protocol = PROTOCOLS.get(row.transport)!;
      const holder = this.#processes.ofTask(pid);
      this.#events.addOlder(kind, holder, protocol, row.localPort, localKey, isBound ? 0 : row.remotePort, remoteKey);
    });
  }

  /** Another helper begins: between the two nobody listened. */
  endStream(): void {
    this.#merge.end();
    if (this.#completeToUs !== Number.NEGATIVE_INFINITY) {
      const nowUs = Number(process.hrtime.bigint() / 1000n);
      this.#lost.add(this.#completeToUs, nowUs);
      this.#processes.doubt(nowUs);
    }
    this.#lostOfStream = 0;
    this.#routesOff = false;
  }

  /** Of an owner found here; undefined: events do not tell. */
  isRunning(owner: FlowOwner): boolean | undefined {
    const process = this.#found.get(owner);
    return process && this.#processes.isRunning(process);
  }

  /** Where the kernel's events tell of sockets, the tables are read when somebody asks for what these did not tell. */
  refresh(nowUs: number): void {
    this.#nowUs = nowUs;
    this.#isStale = true;
    if (!this.hasEvents) this.#refreshTables();
  }

  #refreshTables(): void {
    if (this.#isStale) this.#fallback.refresh(this.#nowUs);
    this.#isStale = false;
  }

  lookup(question: OwnerQuestion): FlowOwner | undefined {
    const protocol = PROTOCOLS.get(question.transport) ?? Number(question.transport);
    const flow: FlowTimes = {
      protocol,
      localKey: question.localKey,
      remoteKey: question.remoteKey,
      localPort: question.localPort ?? 0,
      remotePort: question.remotePort ?? 0,
      startUs: question.startUs - this.#offsetUs,
      endUs: question.endUs - this.#offsetUs,
      isOutgoing: question.isOutgoing,
    };
    this.#isRefusing = false;
    const owner =
      this.#exact(flow) ??
      (protocol === TCP ? this.#unfinished(flow) : undefined) ??
      this.#bound(flow) ??
      this.#older(question, flow) ??
      this.#translated(flow) ??
      this.#sender(flow, question.meanSentBytes);
    this.#refused = owner === undefined && this.#isRefusing ? question : undefined;
    return owner;
  }

  /** Somebody was seen with this very pair of ends. */
  #exact(flow: FlowTimes): FlowOwner | undefined {
    let best: SocketClaim | undefined;
    let bestUs = Number.POSITIVE_INFINITY;
    let isTie = false;
    let isTranslated = false;
    for (const claim of this.#events.claims.connected(flow.protocol, flow.localPort, flow.remotePort, flow.remoteKey)) {
      if (claim.protocol !== flow.protocol || claim.localPort !== flow.localPort) continue;
      if (claim.remotePort !== flow.remotePort || claim.remoteKey !== flow.remoteKey || !this.#fits(claim, flow))
        continue;
      const isOther = claim.localKey !== 0 && claim.localKey !== flow.localKey;
      const distanceUs = distance(claim, flow) + (isOther ? TRANSLATED_US : 0);
      if (distanceUs < bestUs) {
        best = claim;
        bestUs = distanceUs;
        isTie = false;
        isTranslated = isOther;
      } else if (distanceUs === bestUs && claim.holder !== best?.holder) isTie = true;
    }
    if (best === undefined || isTie || best.holder === undefined) return undefined;
    if (isTranslated) return this.#owner(best.holder, 'nat-joined', flow);
    return this.#owner(best.holder, qualityOf(best), flow);
  }

  /** A connection that was not answered yet, or not to this host: its port is not known, but when it began is. */
  #unfinished(flow: FlowTimes): FlowOwner | undefined {
    if (!flow.isOutgoing) return undefined;
    let found: TracedProcess | undefined;
    for (const { process, timeUs } of this.#events.connectingTo(flow.remotePort, flow.remoteKey)) {
      if (timeUs > flow.startUs + SLACK_US || timeUs < flow.startUs - CONNECT_BEFORE_US) continue;
      if (found !== undefined && found !== process) return undefined;
      found = process;
    }
    return found && this.#owner(found, 'event', flow);
  }

  /** Somebody holds the local port towards anybody: a server, or a socket that sends here and there. */
  #bound(flow: FlowTimes): FlowOwner | undefined {
    if (flow.protocol === TCP) {
      const claim = this.#events.listener(flow.protocol, flow.localPort, flow.localKey, flow.endUs);
      if (claim?.holder === undefined || flow.isOutgoing || this.#isLost(claim.openUs, flow)) return undefined;
      return this.#owner(claim.holder, 'listener', flow);
    }
    let active: SocketClaim | undefined;
    let last: SocketClaim | undefined;
    for (const claim of this.#events.claims.bound(flow.protocol, flow.localPort)) {
      if (claim.holder === undefined || !this.#fits(claim, flow)) continue;
      if (claim.localKey !== 0 && claim.localKey !== flow.localKey) continue;
      if (last === undefined || claim.lastUs >= last.lastUs) last = claim;
      if (claim.lastUs < flow.startUs - SLACK_US) continue;
      // Two that used it meanwhile: nobody can tell whose this was.
      if (active !== undefined && active.holder !== claim.holder) return undefined;
      active = claim;
    }
    const found = active ?? last;
    return found?.holder && this.#owner(found.holder, qualityOf(found), flow);
  }

  /** Sockets that are older than the events, or only ever receive: whoever has them open now. */
  #older(question: OwnerQuestion, flow: FlowTimes): FlowOwner | undefined {
    const { transport } = question;
    if (flow.localPort === 0 || (transport !== 'tcp' && transport !== 'udp')) return undefined;
    // What is only forwarded has no socket here: what was read last is good enough to make sure.
    if (!question.isForwarded) this.#refreshTables();
    if (this.#fallback.hasPort?.(transport, flow.localPort) === false) return undefined;
    // A connection that began later has claims: without any it is older than the events, or they were lost.
    const isOlder = this.#events.claims.connected(TCP, flow.localPort, flow.remotePort, flow.remoteKey).length === 0;
    if (transport === 'tcp' && flow.isOutgoing && !isOlder && !this.#lost.touches(flow.startUs, flow.endUs))
      return undefined;
    // Who has a socket now had it when the flow was there, if that was just now.
    const nowUs = Number(process.hrtime.bigint() / 1000n);
    if (this.hasEvents && flow.endUs < nowUs - CURRENT_US) return undefined;
    const { localIp, remoteIp } = question;
    const found = this.#fallback.lookup(transport, localIp, flow.localPort, remoteIp, flow.remotePort);
    if (found?.pid === undefined || this.#beginUs === Number.POSITIVE_INFINITY) return found;
    // The helper has seen programs that this process may not look at.
    return this.#owner(this.#processes.ofTask(found.pid), found.quality, flow);
  }

  /** Behind address translation that changed the port, too: who else, at another address, turned to the same end just then. */
  #translated(flow: FlowTimes): FlowOwner | undefined {
    // Every TCP connection of this host is known by its own ends; of UDP that cannot be said.
    if (!flow.isOutgoing || flow.protocol !== TCP) return undefined;
    if (!this.#events.claims.mayConnectTo(flow.remotePort, flow.remoteKey)) return undefined;
    let found: SocketClaim | undefined;
    for (const claim of this.#events.claims.newest(MAX_TRANSLATED)) {
      if (claim.remoteKey !== flow.remoteKey || claim.remotePort !== flow.remotePort) continue;
      if (claim.kind !== 'connect' || claim.protocol !== TCP || claim.localKey === flow.localKey) continue;
      if (claim.openUs > flow.startUs + SLACK_US || claim.openUs < flow.startUs - CONNECT_BEFORE_US) continue;
      if (found !== undefined && found.holder !== claim.holder) return undefined;
      found = claim;
    }
    return found?.holder && !this.#isLost(found.openUs, flow)
      ? this.#owner(found.holder, 'nat-joined', flow)
      : undefined;
  }

  /** Frames a program made itself: nothing but the moment and the length tells. */
  #sender(flow: FlowTimes, frameBytes: number): FlowOwner | undefined {
    if (!flow.isOutgoing) return undefined;
    // Only where nobody else can have sent it: what a socket sent would have been told.
    const [fromUs, toUs] = [flow.startUs - SLACK_US, flow.startUs + SLACK_US];
    if (this.#lost.touches(fromUs, toUs) || this.#withoutRoutes.touches(fromUs, toUs)) return undefined;
    const process = this.#events.packetSends.onlySenderAt(flow.startUs, frameBytes);
    return process && this.#owner(process, 'inferred', flow);
  }

  /** Was it held while the flow was there, and is nothing missing in between? */
  #fits(claim: SocketClaim, flow: FlowTimes): boolean {
    // Who accepts, answers or receives is known after the flow began; who sends first, before.
    const isLate = claim.openUs > (flow.isOutgoing && claim.kind !== 'accept' ? flow.startUs : flow.endUs) + SLACK_US;
    if (isLate || claim.closeUs < flow.startUs - SLACK_US) return false;
    if (claim.kind === 'send' && (claim.holder?.endedUs ?? 0) < flow.startUs - SLACK_US) return false;
    return !this.#isLost(claim.kind === 'send' ? claim.lastUs : claim.knownUs, flow);
  }

  /** Between what is known of a socket and the flow, events were lost: it may be another's by then. */
  #isLost(knownUs: number, flow: FlowTimes): boolean {
    if (knownUs >= flow.startUs) return false;
    const isLost =
      this.#lost.touches(knownUs, flow.startUs) ||
      (flow.protocol !== TCP && this.#withoutRoutes.touches(knownUs, flow.startUs));
    this.#isRefusing ||= isLost;
    return isLost;
  }

  /** Undefined: what it ran when the flow began is not known any more. */
  #owner(process: TracedProcess, quality: OwnerQuality, flow: FlowTimes): FlowOwner | undefined {
    if (this.#lost.touches(process.namedUs, flow.startUs)) {
      this.#isRefusing = true;
      return undefined;
    }
    const { bornUs } = process;
    const owner: FlowOwner = {
      ...this.#processes.ownerOf(process),
      quality: process.isKernel ? 'kernel' : quality,
      ...(bornUs === undefined ? {} : { startUs: bornUs + this.#offsetUs }),
    };
    this.#found.set(owner, process);
    return owner;
  }
}

function qualityOf(claim: SocketClaim): OwnerQuality {
  if (claim.openUs === BEFORE_ALL_US) return 'proc-snapshot';
  if (claim.localPort === 0 && claim.remotePort === 0) return 'inferred';
  return claim.isOwn ? 'event' : 'listener';
}

/** A claim with another local address comes after every one with the right one. */
const TRANSLATED_US = 1e15;

interface FlowTimes {
  readonly protocol: number;
  readonly localKey: number;
  readonly remoteKey: number;
  /** 0: none. */
  readonly localPort: number;
  readonly remotePort: number;
  /** On the monotonic clock. */
  readonly startUs: number;
  readonly endUs: number;
  readonly isOutgoing: boolean;
}

/** How far apart in time; 0 is within. A claim that was opened while the flow was there is its own more than one from before. */
function distance(claim: SocketClaim, flow: FlowTimes): number {
  return Math.abs(claim.openUs - flow.startUs);
}
