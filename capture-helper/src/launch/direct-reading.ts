// A socket whose bytes are read straight into the reader's memory (`onread` of node:net): no buffer is made for each 64 KiB, nothing
// is copied, and one call of the kernel brings all there is. Must not know what the bytes mean.
import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';

/** Where bytes go until somebody says where. */
const EARLY_BYTES = 4096;
/** libuv reads a socket that is full up to 32 times before it looks at anything else: after so long a key or a timer comes first. */
const TURN_MS = 4;

export interface ByteReader {
  /** Where the next bytes belong; undefined: nobody cares. Asked after each reading. */
  space(): Uint8Array | undefined;
  /** Bytes that have arrived, in what space() gave last or elsewhere. Valid during the call only. */
  onBytes(bytes: Uint8Array): void;
}

/** The option `onread` of node:net for a socket that is not read before its reader is there. `socketOf`: the socket it is the option of. */
export function directReading(reader: ByteReader, socketOf: () => Socket | undefined): OnReadOpts {
  const early = new Uint8Array(EARLY_BYTES);
  let workedMs = 0;
  const goOn = (): void => {
    workedMs = 0;
    const socket = socketOf();
    // Whoever paused it meanwhile resumes it.
    if (socket !== undefined && !socket.isPaused()) socket.resume();
  };
  return {
    buffer: () => reader.space() ?? early,
    callback: (count, bytes) => {
      const beganMs = performance.now();
      reader.onBytes(bytes.subarray(0, count));
      workedMs += performance.now() - beganMs;
      if (workedMs < TURN_MS) return true;
      setImmediate(goOn);
      return false;
    },
  };
}

/**
 * Takes over the stream of a child process, which was made a moment ago and not read yet; it is paused. Node has no public way
 * to say `onread` to spawn: where its inside looks different, the socket is what it was, and 'data' must be listened to.
 */
export function takeOver(socket: Socket, reader: ByteReader): { readonly socket: Socket; readonly isDirect: boolean } {
  const inside = socket as Socket & { _handle?: { useUserBuffer?: unknown } | null };
  const handle = inside._handle;
  if (typeof handle?.useUserBuffer !== 'function') return { socket, isDirect: false };
  inside._handle = null;
  const onread = directReading(reader, () => taken);
  const taken = new Socket({
    handle,
    pauseOnCreate: true,
    readable: true,
    writable: true,
    onread,
  } as SocketConstructorOpts);
  return { socket: taken, isDirect: true };
}
