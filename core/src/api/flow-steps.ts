// What flows do before they end, as columns: one row a step, a few rows a flow and never one a packet. Owns the shape.
// Valid while the detector is called: copy what must stay.

/** The first packet of a flow. */
export const STEP_BEGAN = 1;
/** The first packet of the other side: `tcpFlags` tells whether it is a yes (SYN, ACK) or a no (RST). */
export const STEP_ANSWERED = 2;
/** TCP: the client sent on after its first packet, as one does who was answered; also where the answer was not captured. */
export const STEP_WENT_ON = 3;
/** One of its sides has sent another 1024 packets. */
export const STEP_MANY = 4;

/** Step and transport together, a bit each: what a rule does not want costs it one comparison a row. */
export const BEGAN_SYN = 1;
/** TCP whose first packet is no plain SYN. */
export const BEGAN_TCP = 2;
/** UDP or SCTP. */
export const BEGAN_UDP = 4;
/** ICMP or ICMPv6. */
export const BEGAN_ICMP = 8;
export const BEGAN_OTHER = 16;
export const ANSWERED_TCP = 32;
export const ANSWERED_OTHER = 64;
export const WENT_ON = 128;
export const MANY = 256;

/** Which side is this host: unknown in capture files and of what passes through. */
export const LOCAL_UNKNOWN = 0;
export const LOCAL_CLIENT = 1;
export const LOCAL_SERVER = 2;

export interface FlowSteps {
  readonly length: number;
  readonly step: Uint8Array;
  /** BEGAN_SYN … MANY. */
  readonly kind: Uint16Array;
  readonly tsUs: Float64Array;
  /** IP protocol number. */
  readonly transport: Uint8Array;
  readonly isV6: Uint8Array;
  /** Eight words a row: the address of the client, then that of the server. Of IPv4 the first of four is all, the others are 0. */
  readonly words: Uint32Array;
  /** 0 where there are no ports. */
  readonly clientPort: Uint16Array;
  readonly serverPort: Uint16Array;
  /** Of the packet: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32. */
  readonly tcpFlags: Uint8Array;
  /** Of ICMP and ICMPv6: the type of the packet. */
  readonly icmpType: Uint8Array;
  /** Was the packet sent by the client? */
  readonly isFromClient: Uint8Array;
  /** LOCAL_… */
  readonly local: Uint8Array;
  clientIp(row: number): string;
  serverIp(row: number): string;
  interfaceName(row: number): string | undefined;
}
