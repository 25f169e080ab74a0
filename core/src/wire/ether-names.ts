// What frames without an IP header are called. Owns: names for EtherTypes worth showing (IEEE 802 numbers).

const ETHER_NAMES: Readonly<Record<number, string>> = {
  0: 'other link layer',
  2048: 'ipv4 (unreadable)',
  2054: 'arp',
  32821: 'rarp',
  34525: 'ipv6 (unreadable)',
  34824: 'slow protocols',
  34887: 'mpls',
  34915: 'pppoe discovery',
  34916: 'pppoe',
  34958: 'eapol',
  35020: 'lldp',
  35063: 'ptp',
  35045: 'macsec',
};

export const etherTypeName = (type: number): string =>
  ETHER_NAMES[type] ?? `ethertype 0x${type.toString(16).padStart(4, '0')}`;
