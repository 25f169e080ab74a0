// A socket whose bytes are read straight into the reader's memory (`onread` of node:net): no buffer is made for each 64 KiB, nothing
// is copied, and one call of the kernel brings all there is. Must not know what the bytes mean.
import { type OnReadOpts, Socket } from 'node:net';

/** Where bytes go until somebody says where. */
const EARLY_BYTES = 4096;

export interface ByteReader {
  /** Where the next bytes belong; undefined: nobody cares. Asked after each reading. */
  space(): Uint8Array | undefined;
  /** Bytes that have arrived, in what space() gave last or elsewhere. Valid during the call only. */
  onBytes(bytes: Uint8Array): void;
}

/** The option `onread` of node:net for a socket that is not read before its reader is there. */
export function directReading(reader: ByteReader): OnReadOpts {
  const early = new Uint8Array(EARLY_BYTES);
  return {
    buffer: () => reader.space() ?? early,
    callback: (count, bytes) => {
      reader.onBytes(bytes.subarray(0, count));
      return true;
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
  const options = { handle, pauseOnCreate: true, readable: true, writable: true, onread: directReading(reader) };
  return { socket: new Socket(options), isDirect: true };
}
