// The control socket of a recorder: answers requests, and sends every snapshot to whoever attached. Owns connections and what
// happens to slow ones. Must not know how a request is carried out. Bounds: MAX_CLIENTS connections, MAX_REQUEST_BYTES a request,
// one snapshot waiting for each reader (the newest; the ones it missed are counted and told).
import { lstatSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { FEW_ROWS, MANY_ROWS, narrowSnapshot } from '@kaipo/core/query/list-bounds.js';
import type { LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import type { LiveViewer } from './live-viewers.js';
import {
  encodeFrame,
  FrameReader,
  MAX_REQUEST_BYTES,
  RECORDER_REQUESTS,
  type RecorderFrame,
  type RecorderRequest,
  type RecorderStatus,
  viewRequest,
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
  /** Mutes, or acknowledges. Absent: keeps no alerts. */
  alerts?(change: unknown): Promise<object>;
  /** Somebody attached; absent: nobody can say what they want to see. */
  addViewer?(): LiveViewer;
}

interface Client {
  readonly socket: Socket;
  isAttached: boolean;
  isBusy: boolean;
  /** A snapshot is on its way. */
  isSending: boolean;
  waiting: LiveSnapshot | undefined;
  missed: number;
  /** Since they said what they want to see. */
  viewer: LiveViewer | undefined;
  /** The details they asked for wait until what is on its way has left. */
  hasAsked: boolean;
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

  /** One snapshot for everybody who attached. Packed once a width; never waits. */
  publish(snapshot: LiveSnapshot): void {
    this.#latest = snapshot;
    const frames = new SnapshotFrames(snapshot);
    for (const client of this.#clients) {
      if (!client.isAttached) continue;
      if (client.isSending) {
        if (client.waiting !== undefined) client.missed += 1;
        client.waiting = snapshot;
      } else this.#send(client, frames.of(client, 0));
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
      viewer: undefined,
      hasAsked: false,
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
    socket.on('close', () => {
      this.#clients.delete(client);
      client.viewer?.close();
    });
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
      const { waiting: snapshot, missed, hasAsked } = client;
      client.waiting = undefined;
      client.missed = 0;
      client.hasAsked = false;
      if (error != null) return;
      if (snapshot !== undefined) this.#send(client, new SnapshotFrames(snapshot).of(client, missed));
      else if (hasAsked) this.#send(client, detailsFrame(client));
    });
  }

  /** What they see from now on; the details at once. */
  #view(client: Client, frame: Record<string, unknown>): void {
    const wanted = viewRequest(frame);
    if (wanted === undefined) {
      client.socket.destroy();
      return;
    }
    client.viewer ??= this.#handlers.addViewer?.();
    if (client.viewer === undefined) return;
    client.viewer.isWide = wanted.isWide;
    client.viewer.watch(wanted.subject);
    if (wanted.subject === undefined) return;
    if (client.isSending) client.hasAsked = true;
    else this.#send(client, detailsFrame(client));
  }

  /** One request at a time of each connection: a second one before the answer ends it. */
  async #answer(client: Client, frame: Record<string, unknown>): Promise<void> {
    const request = RECORDER_REQUESTS.find((each) => each === frame['request']);
    if (request === 'view' && client.isAttached && !client.isBusy) {
      this.#view(client, frame);
      return;
    }
    if (client.isBusy || client.isAttached || request === undefined || request === 'view') {
      client.socket.destroy();
      return;
    }
    client.isBusy = true;
    try {
      const answer = await this.#carryOut(request, frame['change']);
      client.socket.write(encodeFrame({ ...answer, kind: 'answer' } satisfies RecorderFrame));
      client.isAttached = request === 'attach';
      if (client.isAttached && this.#latest !== undefined)
        this.#send(client, new SnapshotFrames(this.#latest).of(client, 0));
    } catch (error) {
      client.socket.write(encodeFrame(errorFrame(error)));
    } finally {
      client.isBusy = false;
    }
  }

  async #carryOut(request: Exclude<RecorderRequest, 'view'>, change: unknown): Promise<object> {
    const handlers = this.#handlers;
    if (request === 'flush') {
      await handlers.flush();
      return {};
    }
    if (request === 'alerts') {
      if (handlers.alerts !== undefined) return handlers.alerts(change);
      throw new KaipoError('KAIPO_USAGE', 'this recorder keeps no alerts');
    }
    if (request === 'compact') return handlers.compact();
    if (request === 'reload') return handlers.reload();
    return { ...handlers.status(), ...(handlers.addViewer === undefined ? {} : { canView: true }) };
  }
}

/** A snapshot as frames: long lists for those who want them, short ones for the others; what all of them get is packed once. */
class SnapshotFrames {
  readonly #snapshot: LiveSnapshot;
  #few: Buffer | undefined;
  #many: Buffer | undefined;

  constructor(snapshot: LiveSnapshot) {
    this.#snapshot = snapshot;
  }

  /** What this client watches comes first. */
  of(client: Client, missed: number): Buffer {
    const frame = this.#frame(client.viewer?.isWide === true, missed);
    return client.viewer?.details === undefined ? frame : Buffer.concat([detailsFrame(client), frame]);
  }

  #frame(isWide: boolean, missed: number): Buffer {
    if (missed > 0) return this.#packed(isWide, missed);
    if (isWide) {
      this.#many ??= this.#packed(true, 0);
      return this.#many;
    }
    this.#few ??= this.#packed(false, 0);
    return this.#few;
  }

  #packed(isWide: boolean, missed: number): Buffer {
    const snapshot = narrowSnapshot(this.#snapshot, isWide ? MANY_ROWS : FEW_ROWS);
    try {
      return encodeFrame({ kind: 'snapshot', missed, snapshot } satisfies RecorderFrame);
    } catch (error) {
      // The longest names in all of the longest lists are more than a frame holds.
      if (isWide && error instanceof RangeError) return this.#frame(false, missed);
      throw error;
    }
  }
}

const detailsFrame = ({ viewer }: Client): Buffer => {
  const details = viewer?.details;
  return encodeFrame({ kind: 'details', ...(details === undefined ? {} : { details }) } satisfies RecorderFrame);
};

function errorFrame(error: unknown): RecorderFrame {
  if (!(error instanceof KaipoError)) return { kind: 'error', code: '', message: (error as Error).message };
  const { code, message, fix } = error;
  return { kind: 'error', code, message, ...(fix !== undefined && { fix }) };
}
