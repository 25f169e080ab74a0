// The bytes on their way to the analyzer. Owns: one fixed buffer and the non-blocking writes that empty it. Never waits: what
// does not fit is refused, and the caller counts it. Bound: OUTPUT_BYTES, of which RESERVE_BYTES are for other blocks than packets.
import { fstatSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';

const OUTPUT_BYTES = 4 * 1024 * 1024;
/** Room that packets may not take, so that statistics still get through a full stream. */
const RESERVE_BYTES = 64 * 1024;
const FLUSH_BYTES = 128 * 1024;
const FLUSH_DELAY_MS = 10;
/** A full stream is asked again this much later: an attempt that fails costs more than a packet. */
const RETRY_MS = 2;

export class StreamOutput {
  readonly bytes = new Uint8Array(OUTPUT_BYTES);
  readonly view = new DataView(this.bytes.buffer);
  /** Where the next block is written; moved by the caller after reserve() said yes. */
  end = 0;
  readonly #fd: number;
  readonly #onBroken: () => void;
  #start = 0;
  #retryAtMs = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #onTimer = (): void => {
    this.#timer = undefined;
    this.flush();
  };

  /**
   * `onHalfClose`: the reader shut down its side of a socket. `onBroken`: nobody reads any more. A file or a pipe has no
   * half-close.
   */
  constructor(fd: number, onHalfClose: () => void, onBroken: () => void) {
    this.#fd = fd;
    this.#onBroken = onBroken;
    const stat = fstatSync(fd);
    if (!stat.isSocket() && !stat.isFIFO()) return;
    // Opening it as a socket makes the descriptor non-blocking, which is what writeSync needs to fail with EAGAIN.
    const socket = new Socket({ fd, readable: stat.isSocket(), writable: true, allowHalfOpen: true });
    socket.on('error', onBroken);
    if (!stat.isSocket()) return;
    socket.on('end', onHalfClose);
    // The reader has nothing to say: whatever comes is thrown away unseen.
    socket.on('data', ignore);
  }

  get pending(): number {
    return this.end - this.#start;
  }

  /** Is there room for `length` bytes at `end`? Packets leave RESERVE_BYTES to the other blocks. */
  reserve(length: number, isPacket: boolean): boolean {
    const limit = isPacket ? OUTPUT_BYTES - RESERVE_BYTES : OUTPUT_BYTES;
    if (this.end + length <= limit) return true;
    this.flush();
    if (this.end + length <= limit) return true;
    // Moving what is left costs more than the room is worth while most of the buffer is full.
    if (this.#start < OUTPUT_BYTES / 4 || this.pending + length > limit) return false;
    this.bytes.copyWithin(0, this.#start, this.end);
    this.end -= this.#start;
    this.#start = 0;
    return this.end + length <= limit;
  }

  /** After blocks were put at `end`: writes soon, or now when there is much. */
  committed(): void {
    if (this.pending >= FLUSH_BYTES) this.flush();
    else this.#later();
  }

  /** Writes what the reader takes without waiting. */
  flush(): void {
    // No timer runs while cap empties its ring, so the clock is asked.
    if (this.#retryAtMs > 0 && performance.now() < this.#retryAtMs) {
      this.#later();
      return;
    }
    this.#retryAtMs = 0;
    try {
      while (this.#start < this.end)
        this.#start += writeSync(this.#fd, this.bytes, this.#start, this.end - this.#start);
      this.#start = 0;
      this.end = 0;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') this.#onBroken();
      this.#retryAtMs = performance.now() + RETRY_MS;
    }
    this.#later();
  }

  #later(): void {
    if (this.pending > 0 && this.#timer === undefined) this.#timer = setTimeout(this.#onTimer, FLUSH_DELAY_MS);
  }
}

function ignore(): void {}
