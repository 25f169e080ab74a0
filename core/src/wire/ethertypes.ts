// EtherTypes that lead further or that people want named. IEEE 802 registration, RFC 9542.

/** Values up to here are a length of IEEE 802.3, not a type. */
export const MAX_8023_LENGTH = 1500;

export const TYPE_IPV4 = 0x0800;
export const TYPE_ARP = 0x0806;
export const TYPE_RARP = 0x8035;
export const TYPE_IPV6 = 0x86dd;
export const TYPE_VLAN = 0x8100;
export const TYPE_QINQ = 0x88a8;
/** Tag types of vendors from before 802.1ad. */
export const TYPE_QINQ_9100 = 0x9100;
export const TYPE_QINQ_9200 = 0x9200;
export const TYPE_QINQ_9300 = 0x9300;
/** 802.1ah backbone service tag. */
export const TYPE_ITAG = 0x88e7;
export const TYPE_MPLS = 0x8847;
export const TYPE_MPLS_UPSTREAM = 0x8848;
export const TYPE_PPPOE_SESSION = 0x8864;
export const TYPE_PPP = 0x880b;
/** Transparent Ethernet bridging: GRE, Geneve. */
export const TYPE_ETHERNET = 0x6558;
export const TYPE_ERSPAN_I_II = 0x88be;
export const TYPE_ERSPAN_III = 0x22eb;
export const TYPE_WCCP = 0x883e;
export const TYPE_NSH = 0x894f;
/** 802.1BR E-tag, and the tag of Cisco adapters before it. */
export const TYPE_ETAG = 0x893f;
export const TYPE_VNTAG = 0x8926;
/** Cisco metadata: security group tags. */
export const TYPE_CISCO_METADATA = 0x8909;
/** 802.1CB redundancy tag, and the one of HSR (IEC 62439-3). */
export const TYPE_RTAG = 0xf1c1;
export const TYPE_HSR = 0x892f;
/** TRILL (RFC 6325): a frame between routing bridges. */
export const TYPE_TRILL = 0x22f3;
/** Marvell's own type in front of its switch tag. */
export const TYPE_EDSA = 0xdada;
