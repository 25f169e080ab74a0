// Options of pcapng blocks: code, length, value padded to four bytes. Every length is checked against the block.
import type { CaptureInterface, InterfaceStatistics } from './capture-interface.js';

const IF_NAME = 2;
const IF_MAC = 6;
const IF_TSRESOL = 9;
const IF_FILTER = 11;
const IF_TSOFFSET = 14;
const ISB_RECEIVED = 4;
const ISB_DROPPED_INTERFACE = 5;
const ISB_DROPPED_OS = 7;
const ISB_DELIVERED = 8;
/** Longest option text that is kept. */
const MAX_OPTION_TEXT = 512;

/** Offset of the value of the first option `code` with at least `minLen` bytes in [at, end), or -1. */
export function findOption(
  view: DataView,
  at: number,
  end: number,
  code: number,
  minLen: number,
  little: boolean,
): number {
  while (at + 4 <= end) {
    const found = view.getUint16(at, little);
    const length = view.getUint16(at + 2, little);
    if (found === 0 || at + 4 + length > end) return -1;
    if (found === code && length >= minLen) return at + 4;
    at += 4 + ((length + 3) & ~3);
  }
  return -1;
}

/** An Interface Description Block with what its time stamps mean. */
export interface DescribedInterface extends CaptureInterface {
  /** if_tsresol as written: bit 7 clear 10^-n, set 2^-n seconds; 6 when absent. */
  readonly timeResolution: number;
  readonly timeOffsetS: number;
}

export function interfaceFromBlock(view: DataView, at: number, end: number, little: boolean): DescribedInterface {
  const options = at + 8;
  const resolutionAt = findOption(view, options, end, IF_TSRESOL, 1, little);
  const offsetAt = findOption(view, options, end, IF_TSOFFSET, 8, little);
  const macAt = findOption(view, options, end, IF_MAC, 6, little);
  return {
    linkType: view.getUint16(at, little),
    snaplen: view.getUint32(at + 4, little),
    name: textOption(view, options, end, IF_NAME, little),
    mac:
      macAt < 0 ? undefined : new Uint8Array(view.buffer.slice(view.byteOffset + macAt, view.byteOffset + macAt + 6)),
    filter: textOption(view, options, end, IF_FILTER, little),
    timeResolution: resolutionAt < 0 ? 6 : view.getUint8(resolutionAt),
    timeOffsetS: offsetAt < 0 ? 0 : Number(view.getBigInt64(offsetAt, little)),
  };
}

/** Ticks of a time stamp in one microsecond: 1000 for nanoseconds, 1e-6 for seconds. */
export function ticksPerUs(resolution: number): number {
  const exponent = resolution & 0x7f;
  return (resolution & 0x80 ? 2 ** exponent : 10 ** exponent) / 1e6;
}

export function statisticsFromBlock(
  view: DataView,
  at: number,
  end: number,
  little: boolean,
  interfaceId: number,
): InterfaceStatistics {
  const count = (code: number): number | undefined => {
    const found = findOption(view, at + 12, end, code, 8, little);
    return found < 0 ? undefined : Number(view.getBigUint64(found, little));
  };
  return {
    interfaceId,
    received: count(ISB_RECEIVED),
    droppedByInterface: count(ISB_DROPPED_INTERFACE),
    droppedByOs: count(ISB_DROPPED_OS),
    delivered: count(ISB_DELIVERED),
  };
}

function textOption(view: DataView, at: number, end: number, code: number, little: boolean): string | undefined {
  const found = findOption(view, at, end, code, 1, little);
  if (found < 0) return undefined;
  const length = Math.min(view.getUint16(found - 2, little), MAX_OPTION_TEXT);
  return new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + found, length));
}
