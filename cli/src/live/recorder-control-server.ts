// The control socket of a recorder: answers requests, and sends every snapshot to whoever attached. Owns connections and what
// happens to slow ones. Must not know how a request is carried out. Bounds: MAX_CLIENTS connections, MAX_REQUEST_BYTES a request,
// one snapshot waiting for each reader (the newest; the ones it missed are counted and told).
import { lstatSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import type { LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import {
  encodeFrame,
  FrameReader,
  MAX_REQUEST_BYTES,
  RECORDER_REQUESTS,
  type RecorderFrame,
  type RecorderRequest,
  type RecorderStatus,
} from './recorder-control-frames.js';

export const MAX_CLIENTS = 16;
/** A reader that does not read when the recorder ends gets this long. */
const LAST_READ_MS = 500;
/** A connection that asks nothing. */
const SILENT_MS = 10_000;

export interface ControlHandlers {
  status(): RecorderStatus;
  /** Everything that was measured until now is in the store when it resolves. */
  flush(): Promise<void>;
  compact(): Promise<Record<string, unknown>>;
  reload(): Promise<Record<string, unknown>>;
}

interface Client {
  readonly socket: Socket;
  isAttached: boolean;
  isBusy: boolean;
  /** A snapshot is on its way. */
  isSending: boolean;
  waiting: LiveSnapshot | undefined;
  missed: number;
}

export class RecorderControl {
  readonly path: string;
  readonly #handlers: ControlHandlers;
  readonly #clients = new Set<Client>();
  readonly #server: Server;
  /** Whoever attaches sees something at once. */
  #latest: LiveSnapshot | undefined;

  /**
   * Listens at `path` (0600) from `open` on. What lies there is replaced when it is a socket: whoever holds the writer's lock
   * of the store is the recorder.
   */
  constructor(path: string, handlers: ControlHandlers) {
    this.path = path;
    this.#handlers = handlers;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  async open(): Promise<void> {
    if (lstatSync(this.path, { throwIfNoEntry: false })?.isSocket() === true) rmSync(this.path, { force: true });
    // Bound in this call, before anything else can run: nobody sees the socket with other permissions.
    const umask = process.umask(0o177);
    const listening = new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.path, () => {
        this.#server.off('error', reject);
        resolve();
      });
    }).finally(() => this.#server.on('error', () => undefined));
    process.umask(umask);
    await listening;
    // The recorder ends when its work ends, whoever is connected.
    this.#server.unref();
  }

  /** One snapshot for everybody who attached. Packed once; never waits. */
  publish(snapshot: LiveSnapshot): void {
    this.#latest = snapshot;
    let frame: Buffer | undefined;
    for (const client of this.#clients) {
      if (!client.isAttached) continue;
      if (client.isSending) {
        if (client.waiting !== undefined) client.missed += 1;
        client.waiting = snapshot;
      } else {
        frame ??= encodeFrame({ kind: 'snapshot', missed: 0, snapshot } satisfies RecorderFrame);
        this.#send(client, frame);
      }
    }
  }

  /** Says goodbye and takes the socket away. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const { socket } of this.#clients) socket.end(encodeFrame({ kind: 'end' } satisfies RecorderFrame));
    // What nobody reads must not hold the end up.
    const timer = setTimeout(() => {
      for (const { socket } of this.#clients) socket.destroy();
    }, LAST_READ_MS);
    await closed;
    clearTimeout(timer);
    try {
      rmSync(this.path, { force: true });
    } catch {
      // A folder that may not be entered any more: the next recorder takes it away.
    }
  }

  #accept(socket: Socket): void {
    const client: Client = {
      socket,
      isAttached: false,
      isBusy: false,
      isSending: false,
      waiting: undefined,
      missed: 0,
    };
    socket.on('error', () => socket.destroy());
    if (this.#clients.size >= MAX_CLIENTS) {
      const refusal = new KaipoError(
        'KAIPO_NO_RECORDER',
        `${MAX_CLIENTS} programs are connected to the recorder already`,
      );
      // Read and forgotten: what lies unread when a socket is closed would take the answer with it.
      socket.resume().end(encodeFrame(errorFrame(refusal)));
      socket.setTimeout(LAST_READ_MS, () => socket.destroy()).unref();
      return;
    }
    this.#clients.add(client);
    socket.unref();
    socket.setTimeout(SILENT_MS, () => {
      if (!client.isAttached && !client.isBusy) socket.destroy();
    });
    socket.on('close', () => this.#clients.delete(client));
    const reader = new FrameReader(MAX_REQUEST_BYTES);
    socket.on('data', (bytes) => {
      if (!reader.push(bytes, (frame) => void this.#answer(client, frame))) socket.destroy();
    });
  }

  /** One frame on its way at a time; when it has left, the newest snapshot that came meanwhile follows. */
  #send(client: Client, frame: Buffer): void {
    client.isSending = true;
    client.socket.write(frame, (error) => {
      client.isSending = false;
      const { waiting: snapshot, missed } = client;
      client.waiting = undefined;
      client.missed = 0;
      if (snapshot !== undefined && error == null)
        this.#send(client, encodeFrame({ kind: 'snapshot', missed, snapshot } satisfies RecorderFrame));
    });
  }

  /** One request at a time of each connection: a second one before the answer ends it. */
  async #answer(client: Client, frame: Record<string, unknown>): Promise<void> {
    const request = RECORDER_REQUESTS.find((each) => each === frame['request']);
    if (client.isBusy || client.isAttached || request === undefined) {
      client.socket.destroy();
      return;
    }
    client.isBusy = true;
    try {
      const answer = await this.#carryOut(request);
      client.socket.write(encodeFrame({ ...answer, kind: 'answer' } satisfies RecorderFrame));
      client.isAttached = request === 'attach';
      if (client.isAttached && this.#latest !== undefined)
        this.#send(
          client,
          encodeFrame({ kind: 'snapshot', missed: 0, snapshot: this.#latest } satisfies RecorderFrame),
        );
    } catch (error) {
      client.socket.write(encodeFrame(errorFrame(error)));
    } finally {
      client.isBusy = false;
    }
  }

  async #carryOut(request: RecorderRequest): Promise<object> {
    const handlers = this.#handlers;
    if (request === 'flush') {
      await handlers.flush();
      return {};
    }
    if (request === 'compact') return handlers.compact();
    if (request === 'reload') return handlers.reload();
    return handlers.status();
  }
}

function errorFrame(error: unknown): RecorderFrame {
  if (!(error instanceof KaipoError)) return { kind: 'error', code: '', message: (error as Error).message };
  const { code, message, fix } = error;
  return { kind: 'error', code, message, ...(fix !== undefined && { fix }) };
}
