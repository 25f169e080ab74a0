// GTP-U version 1 (3GPP TS 29.281): the user plane of mobile networks.
/** @hot */

export const PORT_GTP_U = 2152;
const MIN_LEN = 8;
const MESSAGE_TYPE = 1;
const G_PDU = 0xff;
/** Version 1, protocol type GTP. */
const VERSION_MASK = 0xf0;
const VERSION_1 = 0x30;
const EXTENSION = 0x04;
/** Any of these adds the four optional bytes. */
const OPTIONAL = 0x07;
const OPTIONAL_LEN = 4;
const EXTENSIONS_MAX = 8;

/** Offset of the user's packet of a G-PDU, or -1 when this is something else or does not fit before `end`. */
export function gtpUserPacketAt(bytes: Uint8Array, at: number, end: number): number {
  if (at + MIN_LEN > end || (bytes[at]! & VERSION_MASK) !== VERSION_1 || bytes[at + MESSAGE_TYPE] !== G_PDU) return -1;
  const flags = bytes[at]! & OPTIONAL;
  if (flags === 0) return at + MIN_LEN;
  let next = at + MIN_LEN + OPTIONAL_LEN;
  if (next > end) return -1;
  if ((flags & EXTENSION) === 0) return next;
  let type = bytes[next - 1]!;
  for (let i = 0; type !== 0; i++) {
    if (i === EXTENSIONS_MAX || next >= end) return -1;
    const length = bytes[next]! << 2;
    if (length === 0 || next + length > end) return -1;
    next += length;
    type = bytes[next - 1]!;
  }
  return next;
}
