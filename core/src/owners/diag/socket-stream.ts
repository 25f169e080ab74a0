// The stream of kaipo-sockets: bytes into rows. Owns: the layout (SOCKETS.md) and its checks. Trusts nothing: a record that breaks the
// contract ends the stream, and nothing of it is used. Must not know: processes, sums. Bound: one record of SOCKET_RECORD_BYTES.
import {
  FLAG_COMPLETE,
  RECORD_CLOSED,
  RECORD_HELLO,
  RECORD_LOST,
  RECORD_SNAPSHOT,
  RECORD_SOCKET,
  SOCKET_RECORD_BYTES,
  SOCKET_STREAM_MAGIC,
} from '@kaipo/capture-helper/contract/sockets.js';
import { ipv4Text, ipv6Text } from '../../wire/address-text.js';

/** include/net/tcp_states.h has 1 to 13. */
const MAX_STATE = 13;
const LOCAL_AT = 24;
const REMOTE_AT = 40;

export interface SocketStreamHandlers {
  /** A socket that lives. The row is valid during the call only. */
  onSocket(row: SocketRecord): void;
  /** A socket that was destroyed, with its last counts. Likewise. */
  onClosed(row: SocketRecord): void;
  /** All sockets were told since the last call; `isComplete`: none is missing. */
  onSnapshot(isComplete: boolean): void;
  /** The kernel had no room to tell of destroyed sockets, so many times since the stream began. */
  onLost(times: number): void;
}

/** One socket as the kernel has it; counts are raw (`payload-bytes.ts` knows what they mean). */
export class SocketRecord {
  cookie = 0;
  state = 0;
  flags = 0;
  /** 0 when nobody has the socket open, as after the end. */
  inode = 0;
  /** Means nothing when inode is 0. */
  uid = 0;
  localPort = 0;
  remotePort = 0;
  /** Received and not yet read. */
  receiveQueue = 0;
  bytesSent = 0;
  bytesSentAgain = 0;
  bytesAcked = 0;
  bytesReceived = 0;
  #family = 4;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Canonical text; an IPv4-mapped address as IPv4, which is what goes over the wire. */
  get localIp(): string {
    return this.#address(LOCAL_AT);
  }

  get remoteIp(): string {
    return this.#address(REMOTE_AT);
  }

  /** Takes the record in; false when it is none. */
  read(view: DataView): boolean {
    this.#family = view.getUint8(1);
    this.state = view.getUint8(2);
    this.flags = view.getUint8(3);
    this.uid = view.getUint32(4, true);
    this.cookie = wide(view, 8);
    this.inode = view.getUint32(16, true);
    this.localPort = view.getUint16(20, true);
    this.remotePort = view.getUint16(22, true);
    this.receiveQueue = view.getUint32(60, true);
    this.bytesSent = wide(view, 64);
    this.bytesSentAgain = wide(view, 72);
    this.bytesAcked = wide(view, 80);
    this.bytesReceived = wide(view, 88);
    const isKnown = (this.#family === 4 || this.#family === 6) && this.state >= 1 && this.state <= MAX_STATE;
    const counts = [this.cookie, this.bytesSent, this.bytesSentAgain, this.bytesAcked, this.bytesReceived];
    return isKnown && this.cookie > 0 && counts.every(Number.isSafeInteger);
  }

  #address(at: number): string {
    if (this.#family === 4) return ipv4Text(this.#bytes, at);
    const text = ipv6Text(this.#bytes, at);
    return text.startsWith('::ffff:') && text.includes('.') ? text.slice(7) : text;
  }
}

export class SocketStream {
  /** Why the stream is not read any further; undefined while it keeps the contract. */
  failure: string | undefined;
  readonly #handlers: SocketStreamHandlers;
  readonly #record = new Uint8Array(SOCKET_RECORD_BYTES);
  readonly #view = new DataView(this.#record.buffer);
  readonly #row = new SocketRecord(this.#record);
  #filled = 0;
  #hasHello = false;

  constructor(handlers: SocketStreamHandlers) {
    this.#handlers = handlers;
  }

  /** Any bytes, in pieces of any length. */
  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length && this.failure === undefined) {
      const taken = Math.min(SOCKET_RECORD_BYTES - this.#filled, bytes.length - at);
      this.#record.set(bytes.subarray(at, at + taken), this.#filled);
      this.#filled += taken;
      at += taken;
      if (this.#filled < SOCKET_RECORD_BYTES) return;
      this.#filled = 0;
      this.failure = this.#take();
    }
  }

  /** One whole record; answers what is wrong with it. */
  #take(): string | undefined {
    const kind = this.#view.getUint8(0);
    if (!this.#hasHello) {
      this.#hasHello = true;
      const isHello = kind === RECORD_HELLO && this.#view.getUint32(4, true) === SOCKET_STREAM_MAGIC;
      return isHello ? undefined : 'it does not begin as such a stream does';
    }
    switch (kind) {
      case RECORD_SOCKET:
      case RECORD_CLOSED:
        if (!this.#row.read(this.#view)) return 'a socket that cannot be';
        if (kind === RECORD_SOCKET) this.#handlers.onSocket(this.#row);
        else this.#handlers.onClosed(this.#row);
        return undefined;
      case RECORD_SNAPSHOT:
        this.#handlers.onSnapshot((this.#view.getUint8(1) & FLAG_COMPLETE) !== 0);
        return undefined;
      case RECORD_LOST: {
        const times = wide(this.#view, 8);
        if (!Number.isSafeInteger(times)) return 'a loss that cannot be';
        this.#handlers.onLost(times);
        return undefined;
      }
      default:
        return `a record of kind ${kind}`;
    }
  }
}

/** 64 bits; not a safe integer when it is more than a number holds exactly. */
const wide = (view: DataView, at: number): number =>
  view.getUint32(at, true) + view.getUint32(at + 4, true) * 0x1_0000_0000;
