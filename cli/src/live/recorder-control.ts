// The other end of a recorder's control socket: one question and its answer, or the snapshots of a recorder, tick by tick.
// Owns finding the recorder of a store and the errors. Must not know what is done with an answer. Bound: MAX_ANSWER_BYTES a frame.
import { createConnection, type Socket } from 'node:net';
import { ERROR_CODES, type ErrorCode, KaipoError } from '@kaipo/core/kernel/errors.js';
import type { LiveDetails } from '@kaipo/core/query/live-details.js';
import type { LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import { openStore, type StoreOptions } from '@kaipo/core/store/lmdb-store.js';
import type { WriterRecord } from '@kaipo/core/store/writer-lock.js';
import {
  CONTROL_PROTOCOL,
  encodeFrame,
  FrameReader,
  MAX_ANSWER_BYTES,
  type RecorderRequest,
  type RecorderStatus,
  type ViewRequest,
} from './recorder-control-frames.js';
import { isLiveDetails, isLiveSnapshot } from './recorder-control-snapshot.js';

export interface RequestOptions {
  readonly timeoutMs: number;
  /** Of `alerts`. */
  readonly change?: object;
}

/** Who records into a store at the moment; undefined when nobody does, or there is no store. Raises what openStore raises. */
export async function findRecorder(options: StoreOptions): Promise<WriterRecord | undefined> {
  let store: ReturnType<typeof openStore>;
  try {
    store = openStore({ ...options, readOnly: true });
  } catch (error) {
    if (error instanceof KaipoError && error.code === 'KAIPO_STORE_MISSING') return undefined;
    throw error;
  }
  try {
    return store.info().writer;
  } finally {
    await store.close();
  }
}

/**
 * Asks the recorder of a store, which is named by its directory (with options when it needs a key); resolves with its answer. Raises KAIPO_NO_RECORDER when none records there, it cannot
 * be reached or does not answer in time, and the recorder's own error when it refuses.
 */
export async function requestRecorder(
  store: string | StoreOptions,
  request: Exclude<RecorderRequest, 'attach' | 'view'>,
  options: RequestOptions,
): Promise<Record<string, unknown>> {
  const storeOptions = typeof store === 'string' ? { dir: store } : store;
  const writer = await findRecorder(storeOptions);
  if (writer === undefined) {
    throw new KaipoError('KAIPO_NO_RECORDER', `nothing records into ${storeOptions.dir}`, 'kaipo daemon');
  }
  return requestWriter(writer, request, options);
}

/** The same, of a recorder that was found already. */
export function requestWriter(
  writer: WriterRecord,
  request: Exclude<RecorderRequest, 'attach' | 'view'>,
  options: RequestOptions,
): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const socket = connect(writer);
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      socket.destroy();
      settle();
    };
    const timer = setTimeout(
      () => finish(() => reject(unreachable(writer, `does not answer within ${options.timeoutMs / 1000} s`))),
      options.timeoutMs,
    );
    socket.once('error', (error) => finish(() => reject(unreachable(writer, `cannot be reached: ${error.message}`))));
    socket.once('close', () => finish(() => reject(unreachable(writer, 'closed the connection'))));
    const reader = new FrameReader(MAX_ANSWER_BYTES);
    socket.on('data', (bytes) => {
      const isSound = reader.push(bytes, (frame) => {
        if (frame['kind'] === 'answer') finish(() => resolve(frame));
        else if (frame['kind'] === 'error') finish(() => reject(refusal(frame)));
      });
      if (!isSound) finish(() => reject(unreachable(writer, 'answers something else than a recorder does')));
    });
    const { change } = options;
    socket.write(encodeFrame({ request, ...(change !== undefined && { change }) }));
  });
}

export interface AttachHandlers {
  /** `missed`: how many came between that this reader was too slow for. */
  onSnapshot(snapshot: LiveSnapshot, missed: number): void;
  /** Of the row that is watched; undefined: nothing is known of it. */
  onDetails?(details: LiveDetails | undefined): void;
  /** Once: the recorder stopped in order (`stopped`) or the connection broke. */
  onEnd(how: 'stopped' | 'lost'): void;
}

export interface AttachedRecorder {
  readonly status: RecorderStatus;
  /** Says what to send from now on. A recorder that is older goes on as it does. */
  view(wanted: ViewRequest): void;
  detach(): void;
}

/** Attaches to a recorder that was found. Raises KAIPO_NO_RECORDER like requestRecorder, also when it is of another version. */
export function attachRecorder(
  writer: WriterRecord,
  handlers: AttachHandlers,
  options: RequestOptions,
): Promise<AttachedRecorder> {
  return new Promise((resolve, reject) => {
    const socket = connect(writer);
    let isAttached = false;
    let isStopped = false;
    const fail = (error: KaipoError): void => {
      clearTimeout(timer);
      isStopped = true;
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(
      () => fail(unreachable(writer, `does not answer within ${options.timeoutMs / 1000} s`)),
      options.timeoutMs,
    );
    const end = (how: 'stopped' | 'lost', why: string): void => {
      if (isStopped) return;
      if (!isAttached) {
        fail(unreachable(writer, why));
        return;
      }
      isStopped = true;
      socket.destroy();
      handlers.onEnd(how);
    };
    const begin = (status: RecorderStatus): void => {
      isAttached = true;
      clearTimeout(timer);
      const detach = (): void => {
        isStopped = true;
        socket.destroy();
      };
      const view = (wanted: ViewRequest): void => {
        if (status.canView === true && !isStopped) socket.write(encodeFrame({ ...wanted, request: 'view' }));
      };
      resolve({ status, view, detach });
    };
    const take = (frame: Record<string, unknown>): void => {
      if (isStopped) return;
      if (!isAttached) {
        if (frame['kind'] === 'error') fail(refusal(frame));
        else if (frame['kind'] !== 'answer' || frame['protocol'] !== CONTROL_PROTOCOL)
          fail(unreachable(writer, 'is of another version of kaipo: restart it'));
        else begin(frame as unknown as RecorderStatus);
      } else if (frame['kind'] === 'end') end('stopped', '');
      else if (frame['kind'] === 'snapshot' && isLiveSnapshot(frame['snapshot']))
        handlers.onSnapshot(frame['snapshot'], Number(frame['missed']) || 0);
      else if (frame['kind'] === 'details' && (frame['details'] === undefined || isLiveDetails(frame['details'])))
        handlers.onDetails?.(frame['details']);
      else end('lost', 'answers something else than a recorder does');
    };
    const reader = new FrameReader(MAX_ANSWER_BYTES);
    socket.on('data', (bytes) => {
      if (!reader.push(bytes, take)) end('lost', 'answers something else than a recorder does');
    });
    socket.on('error', (error) => end('lost', `cannot be reached: ${error.message}`));
    socket.on('close', () => end('lost', 'closed the connection'));
    socket.write(encodeFrame({ request: 'attach' }));
  });
}

function connect(writer: WriterRecord): Socket {
  if (writer.socket === undefined)
    throw new KaipoError('KAIPO_NO_RECORDER', `process ${writer.pid} records, and has no control socket`);
  return createConnection(writer.socket);
}

function unreachable(writer: WriterRecord, why: string): KaipoError {
  return new KaipoError('KAIPO_NO_RECORDER', `the recorder, process ${writer.pid}, ${why}`);
}

/** What the recorder itself says; a code this version does not know is one of its own. */
function refusal(frame: Record<string, unknown>): KaipoError {
  const code = String(frame['code']);
  const known = Object.hasOwn(ERROR_CODES, code) ? (code as ErrorCode) : 'KAIPO_NO_RECORDER';
  return new KaipoError(known, String(frame['message']), frame['fix'] === undefined ? undefined : String(frame['fix']));
}
