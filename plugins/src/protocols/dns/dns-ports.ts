// The three names of DNS on the wire and their ports. Source: IANA service names: domain, mdns, llmnr.

export const DNS_PORTS: readonly number[] = [53, 5353, 5355];
/** NetBIOS name service (RFC 1002): the same layout as DNS, other meaning. */
export const NETBIOS_NAME_PORT = 137;

export type DnsProtocol = 'dns' | 'mdns' | 'llmnr';

/** Which of the three a message between these ports is. */
export function dnsProtocolOf(srcPort: number, dstPort: number): DnsProtocol {
  if (srcPort === 53 || dstPort === 53) return 'dns';
  if (srcPort === 5353 || dstPort === 5353) return 'mdns';
  return srcPort === 5355 || dstPort === 5355 ? 'llmnr' : 'dns';
}
