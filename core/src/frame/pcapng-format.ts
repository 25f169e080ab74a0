// pcapng (draft-ietf-opsawg-pcapng): sections, interfaces, packets, statistics. Owns: blocks -> rows and callbacks.
// Bounds: MAX_INTERFACES interfaces over all sections, MAX_RECORD_BYTES a packet; other blocks are skipped unread when large.
import { KaipoError } from '../kernel/errors.js';
import { MAX_INTERFACES, MAX_RECORD_BYTES } from '../kernel/limits.js';
import type { CaptureInterface, InterfaceStatistics } from './capture-interface.js';
import { DIRECTION_IN, DIRECTION_OUT, DIRECTION_UNKNOWN, type FrameBatch } from './frame-batch.js';
import { findOption, interfaceFromBlock, statisticsFromBlock, ticksPerUs } from './pcapng-options.js';
import type { RecordFormat } from './record-format.js';

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const PACKET_OBSOLETE = 2;
const SIMPLE_PACKET = 3;
const INTERFACE_STATISTICS = 5;
const ENHANCED_PACKET = 6;
const CUSTOM = 0x0bad;
const CUSTOM_NO_COPY = 0x40000bad;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const EPB_FLAGS = 2;

const BLOCK_OVERHEAD = 12;
/** Largest packet block that is kept whole: the packet, its fixed part, and options as Wireshark writes them. */
const MAX_PACKET_BLOCK = MAX_RECORD_BYTES + 65_536;
/** Largest block of any other kind that is looked into; larger ones (name tables, secrets) are passed over. */
const MAX_OTHER_BLOCK = 131_072;

/** Not wrong: the packet belongs to the next batch. */
const LATER = 'later';

export interface PcapngHandlers {
  onSection?(): void;
  onInterface?(interfaceId: number, info: CaptureInterface): void;
  onStatistics?(statistics: InterfaceStatistics): void;
  /** A custom block: the whole body after the block header, PEN first, in section byte order. Valid until return. */
  onCustom?(view: DataView, at: number, end: number, little: boolean): void;
}

export class PcapngFormat implements RecordFormat {
  readonly interfaces: CaptureInterface[] = [];
  failure: KaipoError | undefined;
  skippable = 0;

  readonly #handlers: PcapngHandlers;
  /** Not 0: a stream that is not trusted. Blocks larger than this end it, and so do packet blocks without an interface and a time. */
  readonly #maxBlock: number;
  #little = true;
  /** Interface numbers start anew in each section; rows carry sectionBase + number. */
  #sectionBase = 0;
  /** What a packet without a time stamp gets: the time of the one before it; NaN when nothing had a time yet. */
  #lastTsUs = Number.NaN;
  readonly #ticksPerUs: number[] = [];
  readonly #offsetUs: number[] = [];

  constructor(handlers: PcapngHandlers = {}, maxBlock = 0) {
    this.#handlers = handlers;
    this.#maxBlock = maxBlock;
  }

  read(batch: FrameBatch, view: DataView, at: number, end: number, fileOffset: number): number {
    while (batch.length < batch.capacity && at + BLOCK_OVERHEAD <= end) {
      let type = view.getUint32(at, this.#little);
      if (type === SECTION_HEADER) {
        if (!this.#readByteOrder(view, at, fileOffset)) return at;
        type = SECTION_HEADER;
      }
      const length = view.getUint32(at + 4, this.#little);
      if (length < BLOCK_OVERHEAD || length % 4 !== 0)
        return this.#broken(at, fileOffset, `has the impossible length ${length}`);
      if (this.#maxBlock !== 0 && length > this.#maxBlock) {
        return this.#broken(at, fileOffset, `has ${length} bytes, more than the ${this.#maxBlock} allowed`);
      }
      const isPacket = type === ENHANCED_PACKET || type === SIMPLE_PACKET || type === PACKET_OBSOLETE;
      if (!isPacket && length > MAX_OTHER_BLOCK && type !== SECTION_HEADER) {
        this.skippable = length;
        return at;
      }
      if (length > MAX_PACKET_BLOCK)
        return this.#broken(at, fileOffset, `has ${length} bytes, more than any packet can have`);
      const blockEnd = at + length;
      if (blockEnd > end) return at;
      if (view.getUint32(blockEnd - 4, this.#little) !== length) {
        return this.#broken(at, fileOffset, 'ends with another length than it began with');
      }
      const wrong = isPacket
        ? this.#readPacket(type, batch, view, at + 8, blockEnd - 4)
        : this.#readOther(type, view, at + 8, blockEnd - 4);
      if (wrong === LATER) return at;
      if (wrong !== '') return this.#broken(at, fileOffset, wrong);
      at = blockEnd;
    }
    return at;
  }

  /** Section Header Block: the byte-order magic after type and length says how to read the length. */
  #readByteOrder(view: DataView, at: number, fileOffset: number): boolean {
    if (view.getUint32(at + 8, true) === BYTE_ORDER_MAGIC) this.#little = true;
    else if (view.getUint32(at + 8, false) === BYTE_ORDER_MAGIC) this.#little = false;
    else {
      this.#broken(at, fileOffset, 'is a section header without the byte-order magic');
      return false;
    }
    return true;
  }

  #broken(at: number, fileOffset: number, what: string): number {
    this.failure = new KaipoError('KAIPO_CAPTURE_CORRUPT', `the block at byte ${fileOffset + at} ${what}`);
    return at;
  }

  /** Returns '', LATER, or what is wrong with the block. */
  #readPacket(type: number, batch: FrameBatch, view: DataView, at: number, end: number): string {
    const little = this.#little;
    if (type !== ENHANCED_PACKET && this.#maxBlock !== 0) return 'is a packet block of a kind streams do not have';
    if (type === SIMPLE_PACKET) return this.#readSimplePacket(batch, view, at, end);
    if (at + 20 > end) return 'is a packet block without its fixed part';
    // The obsolete Packet Block has 16 bits of interface and 16 of drop count where the Enhanced one has 32 of interface.
    const localId = type === ENHANCED_PACKET ? view.getUint32(at, little) : view.getUint16(at, little);
    const interfaceId = this.#sectionBase + localId;
    const info = this.interfaces[interfaceId];
    if (info === undefined) return `names interface ${localId}, which the section has not described`;
    const capLen = view.getUint32(at + 12, little);
    if (capLen > MAX_RECORD_BYTES || at + 20 + capLen > end) return `says ${capLen} captured bytes, more than it holds`;
    const perUs = this.#ticksPerUs[interfaceId]!;
    const high = view.getUint32(at + 4, little) * 4294967296;
    const tsUs = high / perUs + view.getUint32(at + 8, little) / perUs + this.#offsetUs[interfaceId]!;
    if (!batch.admits(tsUs)) return LATER;
    const row = batch.length++;
    batch.tsUs[row] = tsUs;
    this.#lastTsUs = tsUs;
    batch.frameStart[row] = at + 20;
    batch.capLen[row] = capLen;
    batch.wireLen[row] = view.getUint32(at + 16, little);
    batch.linkType[row] = info.linkType;
    batch.interfaceId[row] = interfaceId;
    const optionsAt = at + 20 + ((capLen + 3) & ~3);
    batch.direction[row] = optionsAt + 8 <= end ? this.#direction(view, optionsAt, end) : DIRECTION_UNKNOWN;
    return '';
  }

  #direction(view: DataView, at: number, end: number): number {
    const flagsAt = findOption(view, at, end, EPB_FLAGS, 4, this.#little);
    if (flagsAt < 0) return DIRECTION_UNKNOWN;
    const direction = view.getUint32(flagsAt, this.#little) & 3;
    return direction === DIRECTION_IN || direction === DIRECTION_OUT ? direction : DIRECTION_UNKNOWN;
  }

  /** Simple Packet Block: interface 0 of the section, no time stamp, captured length follows from block and snaplen. */
  #readSimplePacket(batch: FrameBatch, view: DataView, at: number, end: number): string {
    if (at + 4 > end) return 'is a simple packet block without its length';
    const info = this.interfaces[this.#sectionBase];
    if (info === undefined) return 'is a simple packet, but the section has described no interface';
    const wireLen = view.getUint32(at, this.#little);
    const room = end - at - 4;
    const wanted = info.snaplen === 0 ? wireLen : Math.min(wireLen, info.snaplen);
    if (wanted > room) return `says ${wireLen} bytes, more than it holds`;
    if (!batch.admits(this.#lastTsUs)) return LATER;
    const row = batch.length++;
    batch.tsUs[row] = this.#lastTsUs;
    batch.frameStart[row] = at + 4;
    batch.capLen[row] = wanted;
    batch.wireLen[row] = wireLen;
    batch.linkType[row] = info.linkType;
    batch.interfaceId[row] = this.#sectionBase;
    batch.direction[row] = DIRECTION_UNKNOWN;
    return '';
  }

  #readOther(type: number, view: DataView, at: number, end: number): string {
    if (type === SECTION_HEADER) {
      if (at + 16 > end) return 'is a section header without its fixed part';
      const major = view.getUint16(at + 4, this.#little);
      if (major !== 1) return `is a section of pcapng version ${major}, not 1`;
      this.#sectionBase = this.interfaces.length;
      this.#handlers.onSection?.();
    } else if (type === INTERFACE_DESCRIPTION) {
      if (at + 8 > end) return 'is an interface description without its fixed part';
      if (this.interfaces.length >= MAX_INTERFACES) return `describes more than ${MAX_INTERFACES} interfaces`;
      const info = interfaceFromBlock(view, at, end, this.#little);
      this.#ticksPerUs.push(ticksPerUs(info.timeResolution));
      this.#offsetUs.push(info.timeOffsetS * 1e6);
      this.interfaces.push(info);
      this.#handlers.onInterface?.(this.interfaces.length - 1, info);
    } else if (type === INTERFACE_STATISTICS) {
      if (at + 12 > end) return 'is a statistics block without its fixed part';
      const interfaceId = this.#sectionBase + view.getUint32(at, this.#little);
      if (interfaceId >= this.interfaces.length) return 'has statistics of an interface the section has not described';
      this.#handlers.onStatistics?.(statisticsFromBlock(view, at, end, this.#little, interfaceId));
    } else if (type === CUSTOM || type === CUSTOM_NO_COPY) {
      if (at + 4 > end) return 'is a custom block without a number';
      this.#handlers.onCustom?.(view, at, end, this.#little);
    }
    return '';
  }
}
