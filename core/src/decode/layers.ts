// What a layer's decoder answers: the number of the layer that begins at the cursor, or LAYER_END.
// The loop in decode-batch.ts is the only place that turns a number into a call, so no decoder imports another.

/** Nothing further to find in this packet. */
export const LAYER_END = 0;
export const LAYER_ETHERNET = 1;
/** Dispatch on `cursor.nextType`, an EtherType. */
export const LAYER_ETHERTYPE = 2;
export const LAYER_IPV4 = 3;
export const LAYER_IPV6 = 4;
/** Dispatch on `cursor.proto`, an IP protocol number. */
export const LAYER_UPPER = 5;
export const LAYER_TCP = 6;
export const LAYER_UDP = 7;
/** Dispatch on `cursor.linkType`. */
export const LAYER_LINK = 8;
/** IPv4 or IPv6, by the first four bits. */
export const LAYER_IP = 9;
export const LAYER_LLC = 10;
export const LAYER_PPP = 11;
export const LAYER_NLPID = 12;
export const LAYER_CHDLC = 13;
export const LAYER_FRAME_RELAY = 14;
export const LAYER_WLAN = 15;
export const LAYER_MPLS = 16;
export const LAYER_PPPOE = 17;
export const LAYER_ARP = 18;
export const LAYER_GRE = 19;
export const LAYER_NSH = 20;
/** UDP payload that may be a tunnel, by port. */
export const LAYER_UDP_TUNNEL = 21;

export type Layer = number;
