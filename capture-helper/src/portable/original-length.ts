/** @hot */
// How long a packet was on the wire, as far as it can be known: cap does not say.

const LINKTYPE_ETHERNET = 1;
const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const ETHERNET_HEADER_BYTES = 14;
const IPV6_HEADER_BYTES = 40;
/** The snaplen cap fixes. A shorter packet is whole. */
export const CAP_SNAPLEN = 65_535;

/**
 * Original length of a packet of `length` captured bytes. Only one that fills cap's snaplen can have been longer: then the
 * total length of IPv4 or the payload length of IPv6 right behind an Ethernet header is believed when it says more.
 * Needs at least 20 readable bytes in `bytes` when length is CAP_SNAPLEN.
 */
export function originalLength(bytes: Uint8Array, length: number, linkType: number): number {
  if (length < CAP_SNAPLEN || linkType !== LINKTYPE_ETHERNET) return length;
  const etherType = (bytes[12]! << 8) | bytes[13]!;
  let claimed = 0;
  if (etherType === ETHERTYPE_IPV4) claimed = ETHERNET_HEADER_BYTES + ((bytes[16]! << 8) | bytes[17]!);
  if (etherType === ETHERTYPE_IPV6) {
    claimed = ETHERNET_HEADER_BYTES + IPV6_HEADER_BYTES + ((bytes[18]! << 8) | bytes[19]!);
  }
  return Math.max(claimed, length);
}
