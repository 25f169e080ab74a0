// pcapng blocks of PROTOCOL.md, written into a StreamOutput. Owns: their layout. Every method says whether there was room;
// when not, nothing was written.
import {
  BLOCK_CUSTOM_NO_COPY,
  BLOCK_ENHANCED_PACKET,
  BLOCK_INTERFACE_DESCRIPTION,
  BLOCK_INTERFACE_STATISTICS,
  BLOCK_SECTION_HEADER,
  BYTE_ORDER_MAGIC,
  CUSTOM_MAGIC,
  CUSTOM_PEN,
  MAX_CUSTOM_TEXT,
  OPTION_IF_FILTER,
  OPTION_IF_MAC,
  OPTION_IF_NAME,
  OPTION_IF_TSRESOL,
  OPTION_ISB_IFRECV,
  OPTION_ISB_USRDELIV,
  OPTION_SHB_USERAPPL,
} from '../contract/index.js';
import type { StreamOutput } from './stream-output.js';
import type { WallClock } from './wall-clock.js';

const NANOSECONDS = 9;
const PACKET_HEADER_BYTES = 28;
const STATISTICS_BYTES = 52;
const encoder = new TextEncoder();

export class BlockWriter {
  readonly #output: StreamOutput;
  readonly #clock: WallClock;
  /** PROTOCOL.md: the byte order of the machine. Asked once: DataView needs it in every call. */
  readonly #little = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

  constructor(output: StreamOutput, clock: WallClock) {
    this.#output = output;
    this.#clock = clock;
  }

  sectionHeader(application: string): boolean {
    const options = this.#options([[OPTION_SHB_USERAPPL, encoder.encode(application)]]);
    const body = new Uint8Array(16 + options.length);
    const view = new DataView(body.buffer);
    view.setUint32(0, BYTE_ORDER_MAGIC, this.#little);
    view.setUint16(4, 1, this.#little);
    view.setUint16(6, 0, this.#little);
    view.setBigInt64(8, -1n, this.#little);
    body.set(options, 16);
    return this.#block(BLOCK_SECTION_HEADER, body);
  }

  /** `mac`: six bytes, for Ethernet. */
  interfaceDescription(
    linkType: number,
    snaplen: number,
    name: string,
    mac: Uint8Array | undefined,
    filter: string,
  ): boolean {
    const list: [number, Uint8Array][] = [[OPTION_IF_NAME, encoder.encode(name)]];
    if (mac !== undefined) list.push([OPTION_IF_MAC, mac]);
    list.push([OPTION_IF_TSRESOL, Uint8Array.of(NANOSECONDS)]);
    if (filter !== '') list.push([OPTION_IF_FILTER, Uint8Array.of(0, ...encoder.encode(filter))]);
    const options = this.#options(list);
    const body = new Uint8Array(8 + options.length);
    const view = new DataView(body.buffer);
    view.setUint16(0, linkType, this.#little);
    view.setUint32(4, snaplen, this.#little);
    body.set(options, 8);
    return this.#block(BLOCK_INTERFACE_DESCRIPTION, body);
  }

  /** `text` is cut at MAX_CUSTOM_TEXT bytes. */
  custom(kind: number, text: string): boolean {
    const bytes = encoder.encode(text).subarray(0, MAX_CUSTOM_TEXT);
    const body = new Uint8Array(16 + padded(bytes.length));
    const view = new DataView(body.buffer);
    view.setUint32(0, CUSTOM_PEN, this.#little);
    view.setUint32(4, CUSTOM_MAGIC, this.#little);
    view.setUint32(8, kind, this.#little);
    view.setUint32(12, bytes.length, this.#little);
    body.set(bytes, 16);
    return this.#block(BLOCK_CUSTOM_NO_COPY, body);
  }

  /** The first `captured` bytes of `packet`, stamped with the clock's last reading. No direction: cap does not know it. */
  packet(interfaceId: number, packet: Uint8Array, captured: number, original: number): boolean {
    const output = this.#output;
    const length = PACKET_HEADER_BYTES + padded(captured) + 4;
    if (!output.reserve(length, true)) return false;
    const { view } = output;
    const little = this.#little;
    const at = output.end;
    view.setUint32(at, BLOCK_ENHANCED_PACKET, little);
    view.setUint32(at + 4, length, little);
    view.setUint32(at + 8, interfaceId, little);
    view.setUint32(at + 12, this.#clock.high, little);
    view.setUint32(at + 16, this.#clock.low, little);
    view.setUint32(at + 20, captured, little);
    view.setUint32(at + 24, original, little);
    copyBytes(output.bytes, at + PACKET_HEADER_BYTES, packet, captured);
    // The buffer is used again and again: padding must not show what was there.
    for (let index = at + PACKET_HEADER_BYTES + captured; index < at + length - 4; index += 1) output.bytes[index] = 0;
    view.setUint32(at + length - 4, length, little);
    output.end = at + length;
    return true;
  }

  /** Without isb_osdrop: what the kernel dropped is unknown here, and unknown is not 0. */
  statistics(interfaceId: number, received: number, delivered: number): boolean {
    const output = this.#output;
    if (!output.reserve(STATISTICS_BYTES, false)) return false;
    const { view } = output;
    const little = this.#little;
    const at = output.end;
    view.setUint32(at, BLOCK_INTERFACE_STATISTICS, little);
    view.setUint32(at + 4, STATISTICS_BYTES, little);
    view.setUint32(at + 8, interfaceId, little);
    view.setUint32(at + 12, this.#clock.high, little);
    view.setUint32(at + 16, this.#clock.low, little);
    this.#counterOption(at + 20, OPTION_ISB_IFRECV, received);
    this.#counterOption(at + 32, OPTION_ISB_USRDELIV, delivered);
    view.setUint32(at + 44, 0, little);
    view.setUint32(at + 48, STATISTICS_BYTES, little);
    output.end = at + STATISTICS_BYTES;
    return true;
  }

  #counterOption(at: number, code: number, value: number): void {
    const { view } = this.#output;
    const little = this.#little;
    const low = value % 0x1_0000_0000;
    const high = Math.floor(value / 0x1_0000_0000);
    view.setUint16(at, code, little);
    view.setUint16(at + 2, 8, little);
    view.setUint32(at + 4, little ? low : high, little);
    view.setUint32(at + 8, little ? high : low, little);
  }

  #options(list: readonly (readonly [number, Uint8Array])[]): Uint8Array {
    const size = list.reduce((sum, [, value]) => sum + 4 + padded(value.length), 4);
    const bytes = new Uint8Array(size);
    const view = new DataView(bytes.buffer);
    let at = 0;
    for (const [code, value] of list) {
      view.setUint16(at, code, this.#little);
      view.setUint16(at + 2, value.length, this.#little);
      bytes.set(value, at + 4);
      at += 4 + padded(value.length);
    }
    return bytes;
  }

  #block(type: number, body: Uint8Array): boolean {
    const output = this.#output;
    const length = 12 + body.length;
    if (!output.reserve(length, false)) return false;
    const at = output.end;
    output.view.setUint32(at, type, this.#little);
    output.view.setUint32(at + 4, length, this.#little);
    output.bytes.set(body, at + 8);
    output.view.setUint32(at + length - 4, length, this.#little);
    output.end = at + length;
    return true;
  }
}

function padded(length: number): number {
  return (length + 3) & ~3;
}

/** Without a view per packet: short packets by a loop, long ones by Buffer's copy, which takes an end. */
function copyBytes(target: Uint8Array, at: number, source: Uint8Array, length: number): void {
  if (length > 96) {
    (source as Buffer).copy(target, at, 0, length);
    return;
  }
  for (let index = 0; index < length; index += 1) target[at + index] = source[index]!;
}
