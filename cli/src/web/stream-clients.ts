// Who reads the stream of intervals over a WebSocket, and what becomes of those who read slowly: they get fewer updates and are told how
// many they missed, then they are shown out. Owns connections and their bounds. Must not know routes, guards or where pictures come from.
// Bounds: `maxClients`; for each of them `waitingBytes` and one frame, beyond what the kernel holds; MAX_WORDS messages from them.
import { WebSocket } from 'ws';
import type { LiveFeed } from './live-feed.js';
import type { LivePicture, TickView } from './live-picture.js';

export interface StreamLimits {
  /** A tab of a browser each; a tick is made once for all, and 32 times 50 kB a second is what a slow machine sends with ease. */
  readonly maxClients: number;
  /** A client for whom more waits gets no further update until it has read. */
  readonly waitingBytes: number;
  /** Who has not read for so long is shown out. */
  readonly stuckMs: number;
  /** Who did not answer the ping before is gone. */
  readonly pingMs: number;
}

export const STREAM_LIMITS: StreamLimits = {
  maxClients: 32,
  waitingBytes: 65_536,
  stuckMs: 30_000,
  pingMs: 30_000,
};

/** What the largest message of a client may have. They have nothing to say. */
export const MAX_MESSAGE_BYTES = 1024;
const MAX_WORDS = 16;
/** Codes of RFC 6455 and its registry. */
const GOING_AWAY = 1001;
const POLICY = 1008;
const TRY_AGAIN_LATER = 1013;
/** For the close handshake; then the connection is cut. */
const LAST_WORD_MS = 500;

interface Client {
  readonly socket: WebSocket;
  readonly view: TickView;
  skipped: number;
  /** When it began not to read; undefined: it reads. */
  stuckSinceMs: number | undefined;
  isAlive: boolean;
  words: number;
}

export class StreamClients {
  readonly #feed: Pick<LiveFeed, 'latest' | 'listen' | 'keep'>;
  readonly #limits: StreamLimits;
  readonly #clients = new Set<Client>();
  #unlisten: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Updates that were left out, and clients that were shown out or refused, since start. */
  skipped = 0;
  closed = 0;
  refused = 0;

  constructor(feed: Pick<LiveFeed, 'latest' | 'listen' | 'keep'>, limits: StreamLimits = STREAM_LIMITS) {
    this.#feed = feed;
    this.#limits = limits;
  }

  get size(): number {
    return this.#clients.size;
  }

  get isFull(): boolean {
    return this.#clients.size >= this.#limits.maxClients;
  }

  /** A connection whose handshake is over. It gets the latest interval at once. */
  add(socket: WebSocket, view: TickView): void {
    // What is wrong with a connection ends it; ws sends the right code by itself.
    socket.on('error', () => socket.terminate());
    if (this.isFull) {
      this.refused += 1;
      showOut(socket, TRY_AGAIN_LATER, 'too many readers');
      return;
    }
    const client: Client = { socket, view, skipped: 0, stuckSinceMs: undefined, isAlive: true, words: 0 };
    this.#clients.add(client);
    socket.on('close', () => this.#remove(client));
    socket.on('pong', () => {
      client.isAlive = true;
    });
    socket.on('message', () => {
      client.words += 1;
      if (client.words > MAX_WORDS) showOut(socket, POLICY, 'this stream is for reading');
    });
    this.#unlisten ??= this.#feed.listen((picture) => this.#publish(picture));
    this.#timer ??= setInterval(() => this.#look(), this.#limits.pingMs).unref();
    this.#feed.keep();
    if (this.#feed.latest !== undefined) this.#send(client, this.#feed.latest);
  }

  /** Says goodbye to all; resolves when they are gone. */
  async close(): Promise<void> {
    const gone = [...this.#clients].map(({ socket }) => {
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      showOut(socket, GOING_AWAY, 'kaipo serve ends');
      return closed;
    });
    await Promise.all(gone);
  }

  #publish(picture: LivePicture): void {
    if (this.#clients.size === 0) return;
    this.#feed.keep();
    for (const client of this.#clients) this.#send(client, picture);
  }

  #send(client: Client, picture: LivePicture): void {
    const { socket } = client;
    if (socket.readyState !== WebSocket.OPEN) return;
    if (socket.bufferedAmount > this.#limits.waitingBytes) {
      client.skipped += 1;
      this.skipped += 1;
      client.stuckSinceMs ??= performance.now();
      this.#closeStuck(client);
      return;
    }
    if (client.skipped > 0) socket.send(JSON.stringify({ type: 'lag', skipped: client.skipped }));
    client.skipped = 0;
    client.stuckSinceMs = undefined;
    socket.send(picture.bytes(client.view), { binary: false });
  }

  #closeStuck({ socket, stuckSinceMs }: Client): void {
    if (stuckSinceMs === undefined || performance.now() - stuckSinceMs < this.#limits.stuckMs) return;
    this.closed += 1;
    showOut(socket, TRY_AGAIN_LATER, 'reads too slowly');
  }

  /** Intervals may be long: who is gone or stuck is found without them. */
  #look(): void {
    this.#feed.keep();
    for (const client of this.#clients) {
      if (client.stuckSinceMs !== undefined) this.#closeStuck(client);
      else if (!client.isAlive) client.socket.terminate();
      else if (client.socket.readyState === WebSocket.OPEN) {
        client.isAlive = false;
        client.socket.ping();
      }
    }
  }

  #remove(client: Client): void {
    this.#clients.delete(client);
    if (this.#clients.size > 0) return;
    this.#unlisten?.();
    this.#unlisten = undefined;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/** Whoever does not answer the goodbye is cut off. */
function showOut(socket: WebSocket, code: number, why: string): void {
  if (socket.readyState !== WebSocket.OPEN) return;
  socket.close(code, why);
  const timer = setTimeout(() => socket.terminate(), LAST_WORD_MS).unref();
  socket.once('close', () => clearTimeout(timer));
}
