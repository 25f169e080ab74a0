// Classic pcap: 24 bytes of header, then records (draft-ietf-opsawg-pcap). Owns: record headers -> rows.
// Bound: a record is at most MAX_RECORD_BYTES; a larger one means the file is damaged.
import { KaipoError } from '../kernel/errors.js';
import { MAX_RECORD_BYTES } from '../kernel/limits.js';
import type { CaptureInterface } from './capture-interface.js';
import { DIRECTION_UNKNOWN, type FrameBatch } from './frame-batch.js';
import type { RecordFormat } from './record-format.js';

export const PCAP_HEADER_LEN = 24;
const RECORD_HEADER_LEN = 16;
/** Alexey Kuznetsov's format adds interface index, protocol and packet type to each record. */
const RECORD_HEADER_LEN_KUZNETSOV = 24;

const MAGIC_MICRO = 0xa1b2c3d4;
const MAGIC_NANO = 0xa1b23c4d;
const MAGIC_KUZNETSOV = 0xa1b2cd34;

/** Is this the magic number of a classic pcap file in either byte order? */
export function isPcapMagic(magicLittle: number, magicBig: number): boolean {
  return isMagic(magicLittle) || isMagic(magicBig);
}

const isMagic = (magic: number): boolean => magic === MAGIC_MICRO || magic === MAGIC_NANO || magic === MAGIC_KUZNETSOV;

/** Where captured and wire length stand in the record header: libpcap before 2.3 wrote them the other way round. */
type LengthOrder = 'captured-first' | 'wire-first' | 'guess';

export class PcapFormat implements RecordFormat {
  readonly interfaces: readonly CaptureInterface[];
  failure: KaipoError | undefined;
  skippable = 0;

  readonly #little: boolean;
  readonly #fractionToUs: number;
  readonly #recordHeaderLen: number;
  readonly #linkType: number;
  readonly #lengths: LengthOrder;

  /** `view` holds at least PCAP_HEADER_LEN bytes at `at`, and isPcapMagic is true for them. */
  constructor(view: DataView, at: number) {
    this.#little = isMagic(view.getUint32(at, true));
    const magic = view.getUint32(at, this.#little);
    const major = view.getUint16(at + 4, this.#little);
    const minor = view.getUint16(at + 6, this.#little);
    this.#fractionToUs = magic === MAGIC_NANO ? 1 / 1000 : 1;
    this.#recordHeaderLen = magic === MAGIC_KUZNETSOV ? RECORD_HEADER_LEN_KUZNETSOV : RECORD_HEADER_LEN;
    // The upper half holds FCS length and flags.
    this.#linkType = view.getUint32(at + 20, this.#little) & 0xffff;
    this.#lengths = minor < 3 ? 'wire-first' : minor === 3 ? 'guess' : 'captured-first';
    const snaplen = view.getUint32(at + 16, this.#little);
    this.interfaces = [{ linkType: this.#linkType, snaplen, name: undefined, mac: undefined, filter: undefined }];
    if (major !== 2) {
      this.failure = new KaipoError(
        'KAIPO_CAPTURE_UNSUPPORTED',
        `pcap version ${major}.${minor} is not known; version 2 is`,
      );
    }
  }

  read(batch: FrameBatch, view: DataView, at: number, end: number, fileOffset: number): number {
    const little = this.#little;
    const headerLen = this.#recordHeaderLen;
    while (batch.length < batch.capacity && at + headerLen <= end) {
      let capLen = view.getUint32(at + 8, little);
      let wireLen = view.getUint32(at + 12, little);
      if (this.#lengths !== 'captured-first' && (this.#lengths === 'wire-first' || capLen > wireLen)) {
        const swap = capLen;
        capLen = wireLen;
        wireLen = swap;
      }
      if (capLen > MAX_RECORD_BYTES) {
        this.failure = new KaipoError(
          'KAIPO_CAPTURE_CORRUPT',
          `the record at byte ${fileOffset + at} says it has ${capLen} bytes, more than the largest possible ${MAX_RECORD_BYTES}`,
        );
        return at;
      }
      const frameStart = at + headerLen;
      if (frameStart + capLen > end) return at;
      const tsUs = view.getUint32(at, little) * 1e6 + view.getUint32(at + 4, little) * this.#fractionToUs;
      if (!batch.admits(tsUs)) return at;
      const row = batch.length++;
      batch.tsUs[row] = tsUs;
      batch.frameStart[row] = frameStart;
      batch.capLen[row] = capLen;
      batch.wireLen[row] = wireLen;
      batch.linkType[row] = this.#linkType;
      batch.interfaceId[row] = 0;
      batch.direction[row] = DIRECTION_UNKNOWN;
      at = frameStart + capLen;
    }
    return at;
  }
}
