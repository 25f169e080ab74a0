// A UUID (RFC 9562) as text, in the byte orders DCE/RPC and Windows write it. Reads sixteen bytes. Never called per packet.
import { u16, u16le, u32, u32le } from './bytes.js';

/** A UUID as text; the first three fields have the byte order of the representation. */
export function uuidText(bytes: Uint8Array, at: number, isLittleEndian: boolean): string {
  const first = isLittleEndian ? u32le(bytes, at) : u32(bytes, at);
  const second = isLittleEndian ? u16le(bytes, at + 4) : u16(bytes, at + 4);
  const third = isLittleEndian ? u16le(bytes, at + 6) : u16(bytes, at + 6);
  return [hex(first, 8), hex(second, 4), hex(third, 4), hex(u16(bytes, at + 8), 4), hex(u16(bytes, at + 10), 4)]
    .join('-')
    .concat(hex(u32(bytes, at + 12), 8));
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
