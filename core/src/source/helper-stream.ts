// The analyzer's end of the wall: bytes of one helper's stream into batches, and what the helper says about itself.
// Trusts nothing: every length is bounded before memory is taken, numbers are checked, text is made safe. A stream that breaks
// the contract is refused as a whole. Bound: one reader (arena and batch), MAX_CAPTURE_INTERFACES interfaces.
import {
  CUSTOM_EVENT_FORMAT,
  CUSTOM_EVENT_ROUND,
  CUSTOM_EVENTS,
  CUSTOM_INTERFACE,
  CUSTOM_MAGIC,
  CUSTOM_NOTICE,
  CUSTOM_PEN,
  CUSTOM_PRIVILEGES,
  CUSTOM_PROCESSES,
  EVENT_ROUND_BYTES,
  type InterfaceNotice,
  MAX_BLOCK_BYTES,
  MAX_CAPTURE_INTERFACES,
  MAX_CUSTOM_BINARY,
  MAX_CUSTOM_TEXT,
  MAX_EVENT_CPUS,
  type PrivilegeReport,
} from '@kaipo/capture-helper/contract/index.js';
import type { InterfaceStatistics } from '../frame/capture-interface.js';
import { CaptureReader } from '../frame/capture-reader.js';
import type { FrameBatch } from '../frame/frame-batch.js';
import { wallClockUs } from '../kernel/clock.js';
import { KaipoError } from '../kernel/errors.js';
import { BATCH_ROWS } from '../kernel/limits.js';
import { safeText } from '../kernel/safe-text.js';
import { parseInterfaceNotice, parsePrivilegeReport } from './helper-reports.js';

/** A time stamp further ahead than this is a lie or a clock that jumped: it becomes now, and is counted. */
const MAX_FUTURE_US = 60e6;
/** Longer than the largest packet Linux makes (BIG TCP, 512 KiB) with its headers. */
const MAX_WIRE_BYTES = 1 << 20;
/** A packet older than this was not captured just now, also after a night of sleep. */
const MAX_PAST_US = 86_400e6;
/** Custom blocks of text a stream may bring; further ones are ignored. */
const MAX_TEXT_BLOCKS = 1000;

/** The end of a round: what kernel events before it have told, and by which clocks. Times in nanoseconds. */
export interface EventRound {
  /** Every event before this moment of the monotonic clock has arrived. */
  readonly completeToNs: number;
  /** Both clocks, read at once. */
  readonly monotonicNs: number;
  readonly wallNs: number;
  /** Events the kernel threw away since the stream began. */
  readonly lost: number;
  /** Route lookups are switched off: there were too many of them. */
  readonly routesOff: boolean;
}

/** What the kernel tells of sockets and processes. Bytes are valid during the call only, and nothing in them was checked. */
export interface KernelEventHandlers {
  onFormat(text: string): void;
  onProcesses(rows: Uint8Array): void;
  onPage(cpu: number, page: Uint8Array): void;
  onRound(round: EventRound): void;
}

export interface HelperStreamHandlers {
  onBatch(batch: FrameBatch): void;
  onPrivileges(report: PrivilegeReport): void;
  onInterfaceState(notice: InterfaceNotice): void;
  onNotice(text: string): void;
  /** Absent: nobody asks who owns a socket. */
  readonly events?: KernelEventHandlers;
}

/** What the kernel and the helper counted on one interface since the stream began. */
export interface StreamCounts {
  /** Packets the kernel gave to the ring or dropped before it; undefined when the helper cannot know. */
  received: number | undefined;
  droppedByKernel: number | undefined;
  /** Packets the helper says it wrote. */
  delivered: number;
  /** Packets that arrived here. */
  seen: number;
  /** Statistics blocks that arrived: one a second, after everything that was captured before. */
  reports: number;
}

export class HelperStream {
  /** Why the stream was refused; undefined while it keeps the contract. */
  failure: KaipoError | undefined;
  readonly counts: StreamCounts[] = [];
  /** Packets whose time stamp was in the future or long past. */
  clampedTimes = 0;

  readonly #handlers: HelperStreamHandlers;
  readonly #reader: CaptureReader;
  readonly #names: string[] = [];
  #sections = 0;
  #textBlocks = 0;
  #hasPrivileges = false;

  /** `batch`: that of the stream before, which is over. */
  constructor(handlers: HelperStreamHandlers, batch?: FrameBatch) {
    this.#handlers = handlers;
    this.#reader = new CaptureReader((batch) => this.#onBatch(batch), {
      maxBlockBytes: MAX_BLOCK_BYTES,
      ...(batch === undefined ? {} : { batch }),
      onSection: () => this.#onSection(),
      onInterface: (_id, info) => this.#onInterface(info.name),
      onStatistics: (statistics) => this.#onStatistics(statistics),
      onCustom: (view, at, end, little) => this.#onCustom(view, at, end, little),
    });
  }

  /** Safe name of an interface number of this stream. */
  interfaceName(interfaceId: number): string | undefined {
    return this.#names[interfaceId];
  }

  get interfaceNames(): readonly string[] {
    return this.#names;
  }

  /** Where the next bytes are best read to: then push has nothing to copy. */
  space(): Uint8Array {
    return this.#reader.space();
  }

  /** Takes bytes as they arrive; false when the stream is refused and nothing more will be read. */
  push(bytes: Uint8Array): boolean {
    if (this.failure !== undefined) return false;
    const isGood = this.#reader.push(bytes);
    const cause = this.#reader.failure;
    if (!isGood && this.failure === undefined && cause !== undefined) this.#refuse(cause.message);
    return this.failure === undefined;
  }

  #refuse(why: string): void {
    this.failure ??= new KaipoError('KAIPO_STREAM_HOSTILE', `the capture helper's stream breaks its contract: ${why}`);
  }

  #onSection(): void {
    this.#sections += 1;
    if (this.#sections > 1) this.#refuse('a second section');
  }

  #onInterface(name: string | undefined): void {
    if (this.#names.length >= MAX_CAPTURE_INTERFACES) {
      this.#refuse(`more than ${MAX_CAPTURE_INTERFACES} interfaces`);
      return;
    }
    this.#names.push(safeText(name ?? `interface ${this.#names.length}`, 64));
    this.counts.push({ received: undefined, droppedByKernel: undefined, delivered: 0, seen: 0, reports: 0 });
  }

  #onBatch(batch: FrameBatch): void {
    if (this.failure !== undefined) return;
    if (!this.#hasPrivileges) {
      this.#refuse('packets before the privilege report');
      return;
    }
    const nowUs = wallClockUs();
    for (let row = 0; row < batch.length; row++) {
      if (batch.capLen[row]! > batch.wireLen[row]! || batch.wireLen[row]! > MAX_WIRE_BYTES) {
        this.#refuse('a packet of an impossible length');
        return;
      }
      const counts = this.counts[batch.interfaceId[row]!];
      if (counts !== undefined) counts.seen += 1;
      const tsUs = batch.tsUs[row]!;
      if (!(tsUs <= nowUs + MAX_FUTURE_US && tsUs >= nowUs - MAX_PAST_US)) {
        batch.tsUs[row] = nowUs;
        this.clampedTimes += 1;
      }
    }
    this.#handlers.onBatch(batch);
  }

  #onStatistics(statistics: InterfaceStatistics): void {
    const counts = this.counts[statistics.interfaceId];
    if (counts === undefined) return;
    const { received, droppedByOs, delivered } = statistics;
    for (const value of [received, droppedByOs, delivered]) {
      if (value !== undefined && !Number.isSafeInteger(value)) {
        this.#refuse('an impossible count in the statistics');
        return;
      }
    }
    if ((received ?? 0) < (counts.received ?? 0) || (droppedByOs ?? 0) < (counts.droppedByKernel ?? 0)) {
      this.#refuse('statistics that run backwards');
      return;
    }
    // Packets of this piece may not be counted as seen yet: never more than one batch of them.
    const isWrong =
      (delivered ?? 0) > counts.seen + BATCH_ROWS || (received ?? 0) < (delivered ?? 0) + (droppedByOs ?? 0);
    if (isWrong) {
      this.#refuse('statistics that do not add up');
      return;
    }
    counts.reports += 1;
    counts.received = received;
    counts.droppedByKernel = droppedByOs;
    counts.delivered = delivered ?? counts.delivered;
  }

  #onCustom(view: DataView, at: number, end: number, little: boolean): void {
    if (end - at < 16 || view.getUint32(at, little) !== CUSTOM_PEN || view.getUint32(at + 4, little) !== CUSTOM_MAGIC)
      return;
    const kind = view.getUint32(at + 8, little);
    const length = view.getUint32(at + 12, little);
    if (kind >= CUSTOM_EVENT_FORMAT && kind <= CUSTOM_EVENT_ROUND) {
      if (length > MAX_CUSTOM_BINARY || at + 16 + length > end)
        this.#refuse('a block of kernel events longer than allowed');
      else this.#onEvents(kind, new Uint8Array(view.buffer, view.byteOffset + at + 16, length));
      return;
    }
    this.#textBlocks += 1;
    if (this.#textBlocks > MAX_TEXT_BLOCKS) return;
    if (length > MAX_CUSTOM_TEXT || at + 16 + length > end) {
      this.#refuse('a text block longer than allowed');
      return;
    }
    const text = new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at + 16, length));
    this.#onText(kind, text);
  }

  /** All numbers little-endian: kernel pages are as the machine has them, and the native helper is built for such machines only. */
  #onEvents(kind: number, bytes: Uint8Array): void {
    const { events } = this.#handlers;
    if (events === undefined) return;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (kind === CUSTOM_EVENT_FORMAT) events.onFormat(new TextDecoder().decode(bytes));
    else if (kind === CUSTOM_PROCESSES) events.onProcesses(bytes);
    else if (kind === CUSTOM_EVENTS) {
      const cpu = bytes.length < 8 ? MAX_EVENT_CPUS : view.getUint32(0, true);
      if (cpu >= MAX_EVENT_CPUS) this.#refuse('kernel events of an impossible CPU');
      else events.onPage(cpu, bytes.subarray(8));
    } else if (bytes.length < EVENT_ROUND_BYTES) this.#refuse('a round of kernel events that is too short');
    else {
      const [completeToNs, monotonicNs, wallNs, lost] = [0, 8, 16, 24].map((offset) => numberAt(view, offset)) as [
        number,
        number,
        number,
        number,
      ];
      events.onRound({ completeToNs, monotonicNs, wallNs, lost, routesOff: (view.getUint32(32, true) & 1) !== 0 });
    }
  }

  #onText(kind: number, text: string): void {
    if (kind === CUSTOM_PRIVILEGES) {
      const report = parsePrivilegeReport(text);
      if (report === undefined) this.#refuse('a privilege report that does not parse');
      else if (this.#hasPrivileges) this.#refuse('a second privilege report');
      else this.#handlers.onPrivileges(report);
      this.#hasPrivileges = true;
    } else if (kind === CUSTOM_INTERFACE) {
      const notice = parseInterfaceNotice(text);
      if (notice === undefined) this.#refuse('an interface notice that does not parse');
      else if (notice.interfaceId >= this.#names.length)
        this.#refuse('a notice about an interface it has not described');
      else this.#handlers.onInterfaceState(notice);
    } else if (kind === CUSTOM_NOTICE) {
      this.#handlers.onNotice(safeText(text));
    }
  }
}

/** A u64; beyond 2^53 its last digits are lost. */
const numberAt = (view: DataView, at: number): number =>
  view.getUint32(at + 4, true) * 0x1_0000_0000 + view.getUint32(at, true);
