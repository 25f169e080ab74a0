// What each TCP socket has moved since it was asked last. Owns: sockets by their cookie, which the kernel never gives twice, and the rule
// that a byte is counted once: what a socket had before the first snapshot is not counted, what is destroyed is not counted again.
// Must not know: processes, interfaces. Bound: MAX_SNAPSHOT_SOCKETS sockets that live and as many that ended since the last
// take; what does not fit is counted.
import { FLAG_LISTENS, MAX_SNAPSHOT_SOCKETS } from '@kaipo/capture-helper/contract/sockets.js';
import { wallClockUs } from '../../kernel/clock.js';
import { receivedPayload, receivedPayloadAtEnd, sentPayload, TCP_LISTEN } from './payload-bytes.js';
import type { SocketRecord, SocketStreamHandlers } from './socket-stream.js';

/** A socket is gone when so many whole snapshots are without it: the news of its end may come after the first of them. */
const GONE_AFTER = 2;
const TCP_ESTABLISHED = 1;

export interface FollowedSocket {
  readonly cookie: number;
  readonly localIp: string;
  readonly localPort: number;
  readonly remoteIp: string;
  readonly remotePort: number;
  readonly isListener: boolean;
  /** When it was first seen. */
  readonly startUs: number;
  /** 0: not known, or nobody has it open. */
  inode: number;
  /** Known with the inode only. */
  uid: number | undefined;
  /** The other side opened it; undefined: not known. */
  isAccepted: boolean | undefined;
  /** It began after the first snapshot, and was not taken yet. */
  isNew: boolean;
  /** Payload since the last take. */
  txBytes: number;
  rxBytes: number;
  /** Payload of its whole life that is counted, or was before the first snapshot. */
  txBytesTotal: number;
  rxBytesTotal: number;
  state: number;
  round: number;
}

export interface SocketMovement {
  readonly socket: FollowedSocket;
  readonly txBytes: number;
  readonly rxBytes: number;
  readonly isNew: boolean;
}

export class SocketLedger implements SocketStreamHandlers {
  /** Sockets that were too many to follow. */
  refused = 0;
  /** Sockets that went without a word: what they moved last is not known. */
  vanished = 0;
  /** Times the kernel had no room to tell of ends, over all streams. */
  lost = 0;
  /** Whole snapshots. */
  snapshots = 0;
  readonly #live = new Map<number, FollowedSocket>();
  readonly #listeners = new Map<number, FollowedSocket>();
  /** The round in which a cookie ended: a row that was read before the news of its end says nothing new. */
  readonly #dead = new Map<number, number>();
  #closed: FollowedSocket[] = [];
  #lostOfStream = 0;

  /** Another program took over: what lives goes on, what ended in between is found missing. */
  streamStarted(): void {
    this.#lostOfStream = 0;
  }

  onSocket(row: SocketRecord): void {
    if (this.#dead.has(row.cookie)) return;
    const known = this.#live.get(row.cookie) ?? this.#follow(row, this.#live);
    if (known === undefined) return;
    known.round = this.snapshots;
    known.state = row.state;
    if (row.inode !== 0) {
      known.inode = row.inode;
      known.uid = row.uid;
    }
    // A connection that was opened here has its SYN acknowledged, and nothing else than payload yet.
    if (row.state === TCP_ESTABLISHED && row.bytesAcked > sentPayload(row)) known.isAccepted = false;
    if (!known.isListener) move(known, sentPayload(row), receivedPayload(row));
  }

  onClosed(row: SocketRecord): void {
    if (this.#dead.has(row.cookie)) return;
    if (this.#dead.size < MAX_SNAPSHOT_SOCKETS) this.#dead.set(row.cookie, this.snapshots);
    const lived = this.#live.get(row.cookie);
    this.#live.delete(row.cookie);
    if (lived?.isListener === true || row.remotePort === 0) {
      // A listener; or a connection that was cut with its counts (SO_LINGER 0): what it had moved at the last look stays.
      if (lived !== undefined && !lived.isListener) this.#keep(lived);
      return;
    }
    const socket = lived ?? this.#follow(row, undefined);
    if (socket === undefined) return;
    if ((row.flags & FLAG_LISTENS) !== 0) socket.isAccepted = true;
    move(socket, sentPayload(row), receivedPayloadAtEnd(row, lived?.state, socket.isAccepted));
    this.#keep(socket);
  }

  onSnapshot(isComplete: boolean): void {
    if (!isComplete) return;
    this.snapshots += 1;
    for (const socket of this.#live.values()) {
      if (this.snapshots - socket.round <= GONE_AFTER) continue;
      this.#live.delete(socket.cookie);
      this.vanished += 1;
      if (!socket.isListener) this.#keep(socket);
    }
    for (const [port, { round }] of this.#listeners)
      if (this.snapshots - round > GONE_AFTER) this.#listeners.delete(port);
    for (const [cookie, round] of this.#dead) if (this.snapshots - round > GONE_AFTER) this.#dead.delete(cookie);
  }

  onLost(times: number): void {
    this.lost += Math.max(0, times - this.#lostOfStream);
    this.#lostOfStream = times;
  }

  /** Sockets that live, listeners too. */
  live(): Iterable<FollowedSocket> {
    return this.#live.values();
  }

  /** Who listens on a port, or did a moment ago. */
  listenerOf(port: number): FollowedSocket | undefined {
    return this.#listeners.get(port);
  }

  /** What began or moved since the last call. */
  take(): SocketMovement[] {
    const moved: SocketMovement[] = [];
    for (const sockets of [this.#closed, this.#live.values()]) {
      for (const socket of sockets) {
        const { txBytes, rxBytes, isNew } = socket;
        if (txBytes === 0 && rxBytes === 0 && !isNew) continue;
        moved.push({ socket, txBytes, rxBytes, isNew });
        socket.txBytes = 0;
        socket.rxBytes = 0;
        socket.isNew = false;
      }
    }
    this.#closed = [];
    return moved;
  }

  /** `into` undefined: it has ended already. Before the first whole snapshot what a socket has moved is from before. */
  #follow(row: SocketRecord, into: Map<number, FollowedSocket> | undefined): FollowedSocket | undefined {
    const isOld = this.snapshots === 0;
    if (into === undefined && isOld) return undefined;
    if (into !== undefined && into.size >= MAX_SNAPSHOT_SOCKETS) {
      this.refused += 1;
      return undefined;
    }
    const isListener = row.state === TCP_LISTEN;
    const socket: FollowedSocket = {
      cookie: row.cookie,
      localIp: row.localIp,
      localPort: row.localPort,
      remoteIp: row.remoteIp,
      remotePort: row.remotePort,
      isListener,
      startUs: wallClockUs(),
      inode: 0,
      uid: undefined,
      isAccepted: !isListener && this.#listeners.has(row.localPort) ? true : undefined,
      isNew: !isOld && !isListener,
      txBytes: 0,
      rxBytes: 0,
      txBytesTotal: isOld ? sentPayload(row) : 0,
      rxBytesTotal: isOld ? receivedPayload(row) : 0,
      state: row.state,
      round: this.snapshots,
    };
    into?.set(row.cookie, socket);
    if (isListener) this.#listeners.set(row.localPort, socket);
    return socket;
  }

  #keep(socket: FollowedSocket): void {
    if (this.#closed.length < MAX_SNAPSHOT_SOCKETS) this.#closed.push(socket);
    else this.refused += 1;
  }
}

/** Counts never go back: a lower one is an older one. */
function move(socket: FollowedSocket, sent: number, received: number): void {
  const txBytes = Math.max(0, sent - socket.txBytesTotal);
  const rxBytes = Math.max(0, received - socket.rxBytesTotal);
  socket.txBytes += txBytes;
  socket.rxBytes += rxBytes;
  socket.txBytesTotal += txBytes;
  socket.rxBytesTotal += rxBytes;
}
