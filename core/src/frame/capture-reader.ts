// Bytes of a capture, in pieces of any size, into batches. Owns: the arena, format detection, the file offset.
// Must not know where the bytes come from. Bound: one arena of ARENA_BYTES and one batch, whatever the input says.
//
//   space() ──► the caller reads into it ──► commit(n) ──► deliver(batch) zero or more times ──► space() …
import { KaipoError } from '../kernel/errors.js';
import { ARENA_BYTES, MAX_RECORD_BYTES } from '../kernel/limits.js';
import type { CaptureInterface } from './capture-interface.js';
import { FrameBatch } from './frame-batch.js';
import { isPcapMagic, PCAP_HEADER_LEN, PcapFormat } from './pcap-format.js';
import { PcapngFormat, type PcapngHandlers } from './pcapng-format.js';
import type { RecordFormat } from './record-format.js';

const SECTION_HEADER_MAGIC = 0x0a0d0d0a;
/** A read smaller than this is not worth a system call: then the rest is moved to the front first. */
const MIN_READ_BYTES = ARENA_BYTES / 2;
/** The largest record with its header and options, and room to go on reading. */
const MIN_ARENA_BYTES = MAX_RECORD_BYTES + 131_072;

/** Arenas and batches by turns, where those that were delivered are read on by somebody else. */
export interface FrameSupply {
  /** The batch to fill next. */
  nextBatch(): FrameBatch;
  /** The arena to read into next, once packets of the one before were delivered. All are of one length. */
  nextArena(): Uint8Array;
}

export interface CaptureReaderOptions extends PcapngHandlers {
  /** Batch and arena to use: of a reader that is done, so that many readers take the memory of one. */
  readonly batch?: FrameBatch;
  /** Instead: what was delivered is the receiver's, and reading goes on in other memory. */
  readonly supply?: FrameSupply;
  /** Ends batches at multiples of this packet time; see FrameBatch.splitUs. */
  readonly splitUs?: number;
  /** Only pcapng, and no block larger than this: for streams that are not trusted. */
  readonly maxBlockBytes?: number;
}

export class CaptureReader {
  /** Why reading stopped before the end of the input; undefined while all is well. */
  failure: KaipoError | undefined;

  readonly #deliver: (batch: FrameBatch) => void;
  readonly #options: CaptureReaderOptions;
  readonly #supply: FrameSupply | undefined;
  #arena: Uint8Array;
  #view: DataView;
  #batch: FrameBatch;
  /** With a supply: packets of this arena were delivered. */
  #isArenaGiven = false;
  #format: RecordFormat | undefined;
  #head = 0;
  #tail = 0;
  /** Position in the input of arena[0]. */
  #fileOffset = 0;
  #skipBytes = 0;

  constructor(deliver: (batch: FrameBatch) => void, options: CaptureReaderOptions = {}) {
    this.#deliver = deliver;
    this.#options = options;
    this.#supply = options.supply;
    this.#batch = this.#supply?.nextBatch() ?? options.batch ?? new FrameBatch(new Uint8Array(ARENA_BYTES));
    if (this.#supply !== undefined) this.#batch.bytes = this.#supply.nextArena();
    if (this.#batch.bytes.length < MIN_ARENA_BYTES) this.#batch.bytes = new Uint8Array(MIN_ARENA_BYTES);
    this.#batch.length = 0;
    this.#arena = this.#batch.bytes;
    this.#view = new DataView(this.#arena.buffer, this.#arena.byteOffset, this.#arena.byteLength);
    this.#batch.splitUs = options.splitUs ?? 0;
  }

  get interfaces(): readonly CaptureInterface[] {
    return this.#format?.interfaces ?? [];
  }

  /** Did the input begin as a capture does? False until enough bytes were seen. */
  get isCapture(): boolean {
    return this.#format !== undefined;
  }

  /** Bytes consumed as whole records so far: where the input would be cut without loss. */
  get offset(): number {
    return this.#fileOffset + this.#head;
  }

  /** Where the next bytes belong. Never empty. Valid until commit. */
  space(): Uint8Array {
    if (this.#isArenaGiven) this.#changeArena();
    else if (this.#arena.length - this.#tail < Math.min(MIN_READ_BYTES, this.#arena.length / 2)) {
      this.#arena.copyWithin(0, this.#head, this.#tail);
      this.#fileOffset += this.#head;
      this.#tail -= this.#head;
      this.#head = 0;
    }
    return this.#arena.subarray(this.#tail);
  }

  /** `count` bytes were put into space(). Delivers all whole records; false when the input cannot go on. */
  commit(count: number): boolean {
    if (this.failure !== undefined) return false;
    this.#tail += count;
    if (!this.#skip()) return true;
    if (this.#format === undefined && !this.#detect(false)) return this.failure === undefined;
    const format = this.#format!;
    for (;;) {
      const before = this.#head;
      this.#head = format.read(this.#batch, this.#view, this.#head, this.#tail, this.#fileOffset);
      if (this.#batch.length > 0) {
        this.#deliver(this.#batch);
        this.#startBatch();
      }
      if (format.failure !== undefined) {
        this.failure = format.failure;
        return false;
      }
      if (format.skippable > 0) {
        this.#skipBytes = format.skippable;
        format.skippable = 0;
        if (!this.#skip()) return true;
        continue;
      }
      if (this.#head === before) break;
    }
    if (this.#head === this.#tail) {
      this.#fileOffset += this.#head;
      this.#head = 0;
      this.#tail = 0;
    }
    return true;
  }

  /** Copies `chunk` through the arena: for sources that bring their own memory. What lies in space() already is not copied. */
  push(chunk: Uint8Array): boolean {
    const isInPlace = chunk.buffer === this.#arena.buffer && chunk.byteOffset === this.#arena.byteOffset + this.#tail;
    if (isInPlace) return this.commit(chunk.length);
    let at = 0;
    while (at < chunk.length) {
      const space = this.space();
      const take = Math.min(space.length, chunk.length - at);
      space.set(take === chunk.length ? chunk : chunk.subarray(at, at + take));
      at += take;
      if (!this.commit(take)) return false;
    }
    return true;
  }

  /** The input has ended. Sets `failure` when it ended in the middle of something. */
  end(): void {
    if (this.failure !== undefined) return;
    if (this.#format === undefined) {
      if (this.#tail === 0 && this.#fileOffset === 0)
        this.failure = new KaipoError('KAIPO_CAPTURE_EMPTY', 'the file is empty');
      else this.#detect(true);
      return;
    }
    const left = this.#tail - this.#head;
    if (left > 0 || this.#skipBytes > 0) {
      this.failure = new KaipoError(
        'KAIPO_CAPTURE_CUT',
        `cut short in the middle of a record: the record at byte ${this.offset} is incomplete (the input ends at byte ${this.#fileOffset + this.#tail})`,
      );
    }
  }

  #startBatch(): void {
    if (this.#supply !== undefined) {
      this.#isArenaGiven = true;
      this.#batch = this.#supply.nextBatch();
      this.#batch.bytes = this.#arena;
      this.#batch.splitUs = this.#options.splitUs ?? 0;
    }
    this.#batch.length = 0;
  }

  /** What is left of a record goes to the front of another arena. */
  #changeArena(): void {
    const arena = this.#supply!.nextArena();
    arena.set(this.#arena.subarray(this.#head, this.#tail));
    this.#fileOffset += this.#head;
    this.#tail -= this.#head;
    this.#head = 0;
    this.#arena = arena;
    this.#batch.bytes = arena;
    this.#view = new DataView(arena.buffer, arena.byteOffset, arena.byteLength);
    this.#isArenaGiven = false;
  }

  /** Passes over bytes nobody wants; false while more of them are to come. */
  #skip(): boolean {
    const passed = Math.min(this.#skipBytes, this.#tail - this.#head);
    this.#skipBytes -= passed;
    this.#head += passed;
    return this.#skipBytes === 0;
  }

  /** Chooses the format by the first bytes; false while there are too few of them, or with `failure`. */
  #detect(isEnd: boolean): boolean {
    const have = this.#tail - this.#head;
    if (have < 4) {
      if (isEnd) this.failure = notACapture(this.#arena, this.#head, have);
      return false;
    }
    const big = this.#view.getUint32(this.#head, false);
    if (big === SECTION_HEADER_MAGIC) {
      this.#format = new PcapngFormat(this.#options, this.#options.maxBlockBytes ?? 0);
      return true;
    }
    if (this.#options.maxBlockBytes !== undefined || !isPcapMagic(this.#view.getUint32(this.#head, true), big)) {
      this.failure = notACapture(this.#arena, this.#head, have);
      return false;
    }
    if (have < PCAP_HEADER_LEN) {
      if (isEnd) this.failure = new KaipoError('KAIPO_CAPTURE_CUT', `cut short in the file header at byte ${have}`);
      return false;
    }
    this.#format = new PcapFormat(this.#view, this.#head);
    this.#head += PCAP_HEADER_LEN;
    this.failure = this.#format.failure;
    return this.failure === undefined;
  }
}

function notACapture(bytes: Uint8Array, at: number, have: number): KaipoError {
  const first = [...bytes.subarray(at, at + Math.min(have, 4))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join(' ');
  return new KaipoError(
    'KAIPO_NOT_A_CAPTURE',
    `not a pcap or pcapng capture (it begins with ${first})`,
    'editcap -F pcapng OTHER-CAPTURE CAPTURE.pcapng',
  );
}
