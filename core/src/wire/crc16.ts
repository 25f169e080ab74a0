// The 16-bit check sums of field buses. Each is bitwise: frames are short and a frame is checked once, at the start of a flow.
/** @hot */

/** CRC-16/DNP (IEEE 1815): reflected 0xA6BC, complemented. */
export function crc16Dnp(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0;
  for (let at = start; at < end; at++) {
    crc ^= bytes[at]!;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >> 1) ^ 0xa6bc : crc >> 1;
  }
  return crc ^ 0xffff;
}

/** CRC-16/X-25 (HDLC, ISO/IEC 13239): reflected 0x8408, starts at 0xffff, complemented. */
export function crc16X25(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0xffff;
  for (let at = start; at < end; at++) {
    crc ^= bytes[at]!;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >> 1) ^ 0x8408 : crc >> 1;
  }
  return crc ^ 0xffff;
}

/** CRC-CCITT 0x1021, most significant bit first: `first` 0xffff in IEEE C37.118, 0 in Ether-S-Bus (XMODEM). */
export function crc16Ccitt(bytes: Uint8Array, start: number, end: number, first: number): number {
  let crc = first;
  for (let at = start; at < end; at++) {
    crc ^= bytes[at]! << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000) !== 0 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
}
