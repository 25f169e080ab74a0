// Kernel events into claims on sockets. Owns: what each event proves. Must not know records, flows or the wall clock. Bounds: MAX_CLAIMS claims, MAX_SOCKETS sockets that are open or being opened, MAX_PACKET_SENDS.
import { BEFORE_ALL_US, type Claim, type ClaimKind, Claims } from './claims.js';
import { type Connecting, ConnectingSockets } from './connecting-sockets.js';
import type { EventHandlers } from './event-records.js';
import { HandOvers } from './hand-overs.js';
import { PacketSends } from './packet-sends.js';
import type { TracedProcess, TracedProcesses } from './traced-processes.js';

export type SocketClaim = Claim<TracedProcess | undefined>;

const MAX_CLAIMS = 131_072;
const MAX_SOCKETS = 131_072;
/** Claims of one port that are looked through, newest first. */
const MAX_SEARCH = 8;

const PROTOCOL_TCP = 6;
const PROTOCOL_UDP = 17;
const AF_INET = 2;
const AF_INET6 = 10;
const AF_PACKET = 17;
/** include/net/tcp_states.h */
const ESTABLISHED = 1;
const SYN_SENT = 2;
const SYN_RECV = 3;
const FIN_WAIT1 = 4;
const CLOSE = 7;
const LAST_ACK = 9;
const LISTEN = 10;

export class SocketEvents implements EventHandlers {
  readonly claims = new Claims<TracedProcess | undefined>(MAX_CLAIMS);
  readonly packetSends = new PacketSends();
  readonly handOvers = new HandOvers();
  readonly processes: TracedProcesses;
  readonly #connecting = new ConnectingSockets<TracedProcess>(MAX_SOCKETS);
  readonly #open = new Map<number, SocketClaim>();
  /** The last send, because programs send again and again to where they sent before. */
  #lastTask = 0;
  #lastProtocol = 0;
  #lastLocalPort = 0;
  #lastRemotePort = 0;
  #lastRemoteKey = 0;
  #lastClaim: SocketClaim | undefined;
  #lastBound: SocketClaim | undefined;

  constructor(processes: TracedProcesses) {
    this.processes = processes;
  }

  /** Connections under way towards this end, whose local port is not known yet. */
  connectingTo(remotePort: number, remoteKey: number): Iterable<Connecting<TracedProcess>> {
    return this.#connecting.towards(remotePort, remoteKey);
  }

  get openSockets(): number {
    return this.#open.size + this.#connecting.size;
  }

  onState(
    sk: number,
    old: number,
    now: number,
    task: number,
    protocol: number,
    localPort: number,
    localKey: number,
    remotePort: number,
    remoteKey: number,
    timeUs: number,
  ): void {
    if (now === SYN_SENT) {
      if (task === 0) return;
      const process = this.processes.ofTask(task);
      this.processes.identify(process);
      this.#connecting.add(sk, { process, timeUs, remotePort, remoteKey });
      return;
    }
    const connecting = this.#connecting.take(sk);
    if (connecting !== undefined) {
      if (localPort === 0) return;
      const claim = this.#add(
        'connect',
        connecting.process,
        protocol,
        localPort,
        localKey,
        remotePort,
        remoteKey,
        connecting.timeUs,
      );
      if (now === CLOSE) claim.closeUs = timeUs;
      else this.#keepOpen(sk, claim);
      return;
    }
    if (now === LISTEN) {
      const process = task === 0 ? undefined : this.processes.ofTask(task);
      if (process !== undefined) this.processes.identify(process);
      this.#keepOpen(sk, this.#add('listen', process, protocol, localPort, localKey, 0, 0, timeUs));
    } else if (now === ESTABLISHED && old === SYN_RECV) {
      const listener = this.listener(protocol, localPort, localKey, timeUs);
      const claim = this.#add('accept', listener?.holder, protocol, localPort, localKey, remotePort, remoteKey, timeUs);
      // Of the listener it is known since then; whether it still listens, nobody can say who missed something.
      if (listener !== undefined) claim.knownUs = listener.knownUs;
      this.#keepOpen(sk, claim);
    } else if (now === FIN_WAIT1 || now === LAST_ACK || now === CLOSE) {
      const claim = this.#open.get(sk) ?? this.#older(protocol, localPort, localKey, remotePort, remoteKey);
      if (claim === undefined) return;
      if (task !== 0) this.#own(claim, this.processes.ofTask(task));
      if (now !== CLOSE) return;
      claim.closeUs = timeUs;
      this.#open.delete(sk);
    }
  }

  onNewTask(parentTask: number, task: number, cloneFlags: number, timeUs: number): void {
    this.processes.newTask(parentTask, task, cloneFlags, timeUs);
  }

  onExec(task: number, oldTask: number, path: string, timeUs: number): void {
    this.processes.exec(task, oldTask, path, timeUs);
  }

  onExit(task: number, isWhole: boolean, timeUs: number): void {
    this.processes.exit(task, isWhole, timeUs);
  }

  onLength(
    isSend: boolean,
    sk: number,
    family: number,
    protocol: number,
    task: number,
    bytes: number,
    timeUs: number,
  ): void {
    if (bytes < 0) return;
    if (family === AF_PACKET) {
      if (isSend) this.packetSends.add(this.processes.ofTask(task), bytes, timeUs);
    } else if (family === AF_INET || family === AF_INET6) {
      const process = this.processes.ofTask(task);
      const socket = this.#open.get(sk);
      if (socket !== undefined) this.#own(socket, process);
      else this.#seen(process, protocol, 0, 0, 0, 0, timeUs);
    }
  }

  /** Who listened on a port at a moment: on this address, else on any. */
  listener(protocol: number, localPort: number, localKey: number, timeUs: number): SocketClaim | undefined {
    let any: SocketClaim | undefined;
    const claims = this.claims.bound(protocol, localPort);
    for (let i = claims.length - 1; i >= 0; i--) {
      const claim = claims[i]!;
      if (claim.kind !== 'listen' || claim.openUs > timeUs || claim.closeUs < timeUs) continue;
      if (claim.localKey === localKey) return claim;
      if (claim.localKey === 0) any ??= claim;
    }
    return any;
  }

  /** A socket that was there before the events: known by its ends, not by its address in the kernel. */
  addOlder(
    kind: ClaimKind,
    holder: TracedProcess,
    protocol: number,
    localPort: number,
    localKey: number,
    remotePort: number,
    remoteKey: number,
  ): void {
    this.#add(kind, holder, protocol, localPort, localKey, remotePort, remoteKey, BEFORE_ALL_US);
  }

  #older(
    protocol: number,
    localPort: number,
    localKey: number,
    remotePort: number,
    remoteKey: number,
  ): SocketClaim | undefined {
    const isListener = remotePort === 0;
    const claims = isListener
      ? this.claims.bound(protocol, localPort)
      : this.claims.connected(protocol, localPort, remotePort, remoteKey);
    return claims.find(
      (claim) =>
        claim.openUs === BEFORE_ALL_US &&
        claim.closeUs === Number.POSITIVE_INFINITY &&
        claim.protocol === protocol &&
        claim.localPort === localPort &&
        claim.localKey === localKey &&
        claim.remoteKey === remoteKey,
    );
  }

  /** An accepted socket is its listener's, until a process is seen that closes it or sends on it. */
  #own(claim: SocketClaim, process: TracedProcess): void {
    if (claim.kind !== 'accept' || claim.isOwn) return;
    this.processes.identify(process);
    claim.holder = process;
    claim.isOwn = true;
    claim.knownUs = claim.openUs;
  }

  /** A route was looked up for a packet: this process sends from here to there. */
  onRoute(
    task: number,
    protocol: number,
    localPort: number,
    localKey: number,
    remotePort: number,
    remoteKey: number,
    timeUs: number,
  ): void {
    if (
      task === this.#lastTask &&
      protocol === this.#lastProtocol &&
      localPort === this.#lastLocalPort &&
      remotePort === this.#lastRemotePort &&
      remoteKey === this.#lastRemoteKey &&
      this.#lastClaim?.holder?.endedUs === Number.POSITIVE_INFINITY
    ) {
      this.#lastClaim.lastUs = timeUs;
      if (this.#lastBound !== undefined) this.#lastBound.lastUs = timeUs;
      return;
    }
    if (protocol === PROTOCOL_TCP || (protocol === PROTOCOL_UDP && localPort === 0)) return;
    const process = this.processes.ofTask(task);
    this.processes.identify(process);
    this.#lastTask = task;
    this.#lastProtocol = protocol;
    this.#lastLocalPort = localPort;
    this.#lastRemotePort = remotePort;
    this.#lastRemoteKey = remoteKey;
    this.#lastClaim = this.#seen(process, protocol, localPort, localKey, remotePort, remoteKey, timeUs);
    this.#lastBound = localPort === 0 ? undefined : this.#seen(process, protocol, localPort, localKey, 0, 0, timeUs);
  }

  /** The claim of this process on this socket, made or made to last. */
  #seen(
    process: TracedProcess,
    protocol: number,
    localPort: number,
    localKey: number,
    remotePort: number,
    remoteKey: number,
    timeUs: number,
  ): SocketClaim {
    const isBound = remotePort === 0 && remoteKey === 0;
    const claims = isBound
      ? this.claims.bound(protocol, localPort)
      : this.claims.connected(protocol, localPort, remotePort, remoteKey);
    for (let i = claims.length - 1; i >= Math.max(0, claims.length - MAX_SEARCH); i--) {
      const claim = claims[i]!;
      if (claim.holder !== process || claim.kind !== 'send') continue;
      if (claim.protocol !== protocol || claim.localPort !== localPort || claim.remotePort !== remotePort) continue;
      if (claim.remoteKey !== remoteKey) continue;
      claim.lastUs = timeUs;
      return claim;
    }
    if (!isBound && protocol === PROTOCOL_UDP && claims.length > 0)
      this.handOvers.add(localPort, remotePort, remoteKey, timeUs);
    return this.#add('send', process, protocol, localPort, localKey, remotePort, remoteKey, timeUs);
  }

  #add(
    kind: ClaimKind,
    holder: TracedProcess | undefined,
    protocol: number,
    localPort: number,
    localKey: number,
    remotePort: number,
    remoteKey: number,
    openUs: number,
  ): SocketClaim {
    const claim: SocketClaim = {
      kind,
      holder,
      isOwn: kind !== 'accept',
      protocol,
      localPort,
      localKey,
      remotePort,
      remoteKey,
      openUs,
      lastUs: openUs,
      knownUs: openUs,
      closeUs: Number.POSITIVE_INFINITY,
    };
    this.claims.add(claim);
    return claim;
  }

  #keepOpen(sk: number, claim: SocketClaim): void {
    if (this.#open.size >= MAX_SOCKETS) this.#open.delete(this.#open.keys().next().value!);
    this.#open.set(sk, claim);
  }
}
