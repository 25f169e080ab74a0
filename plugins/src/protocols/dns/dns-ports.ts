// The three names of DNS on the wire and their ports. Source: IANA service names: domain, mdns, llmnr.

export const DNS_PORT = 53;
export const MDNS_PORT = 5353;
export const LLMNR_PORT = 5355;
/** NetBIOS name service (RFC 1002): the same layout as DNS, other meaning. */
export const NETBIOS_NAME_PORT = 137;

export type DnsProtocol = 'dns' | 'mdns' | 'llmnr';

export const isDnsPort = (port: number): boolean => port === DNS_PORT || port === MDNS_PORT || port === LLMNR_PORT;

/** Which of the three a message between these ports is. */
export function dnsProtocolOf(srcPort: number, dstPort: number): DnsProtocol {
  if (srcPort === DNS_PORT || dstPort === DNS_PORT) return 'dns';
  if (srcPort === MDNS_PORT || dstPort === MDNS_PORT) return 'mdns';
  return srcPort === LLMNR_PORT || dstPort === LLMNR_PORT ? 'llmnr' : 'dns';
}
