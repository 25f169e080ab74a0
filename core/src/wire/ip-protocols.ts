// IP protocol numbers that lead further (IANA "Protocol Numbers").

export const IP_HOP_BY_HOP = 0;
export const IP_ICMP = 1;
export const IP_IPIP = 4;
export const IP_TCP = 6;
export const IP_UDP = 17;
export const IP_DCCP = 33;
export const IP_IPV6 = 41;
export const IP_ROUTING = 43;
export const IP_FRAGMENT = 44;
export const IP_GRE = 47;
export const IP_AH = 51;
export const IP_ICMPV6 = 58;
export const IP_NO_NEXT = 59;
export const IP_DST_OPTIONS = 60;
export const IP_ETHERIP = 97;
export const IP_PIM = 103;
export const IP_SCTP = 132;
export const IP_MOBILITY = 135;
export const IP_UDPLITE = 136;
export const IP_MPLS = 137;
export const IP_HIP = 139;
export const IP_SHIM6 = 140;
