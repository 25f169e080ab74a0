// Columns of one batch of packets. Owns: the typed arrays every floor above reads and writes; row i is packet i.
// Must not know: file formats, sockets, protocols. Bound: BATCH_ROWS rows over one arena of bytes.
//
//   filled by   columns
//   reader      bytes tsUs frameStart capLen wireLen linkType interfaceId direction
//   decode      verdict marks etherType ipVersion ipProto srcAddr dstAddr fragmentId l4Start payloadStart payloadEnd
//               srcPort dstPort tcpFlags tunnels
//   flow table  flowId flowSide (and MARK_NEW_FLOW, MARK_ANSWER, MARK_WENT_ON, MARK_MANY)
import { ColumnMemory } from '../kernel/column-memory.js';
import { BATCH_ROWS } from '../kernel/limits.js';

/** How decoding ended. Every packet of a capture has exactly one of these. */
export const VERDICT_DECODED = 1;
/** A header contradicts itself or ends before the bytes on the wire did. */
export const VERDICT_MALFORMED = 2;
/** A link type kaipo has no decoder for. */
export const VERDICT_UNSUPPORTED = 3;

/** Fewer bytes captured than were on the wire. */
export const MARK_TRUNCATED = 1 << 0;
/** srcPort and dstPort hold ports. Without it they are 0. */
export const MARK_PORTS = 1 << 1;
/** First fragment of a fragmented datagram (offset 0, more follow). */
export const MARK_FIRST_FRAGMENT = 1 << 2;
/** A later fragment: no ports, belongs to the flow of its first fragment. */
export const MARK_LATER_FRAGMENT = 1 << 3;
/** At least one tunnel header outside the innermost IP header. */
export const MARK_TUNNEL = 1 << 4;
/** At least one 802.1Q or 802.1ad tag. */
export const MARK_VLAN = 1 << 5;
/** This packet made its flow. */
export const MARK_NEW_FLOW = 1 << 6;
/** The TCP, UDP or SCTP payload between payloadStart and payloadEnd is not empty. */
export const MARK_PAYLOAD = 1 << 7;

/** The first packet of the side that did not begin the flow. */
export const MARK_ANSWER = 1 << 8;
/** TCP: the client's second packet, and it neither begins again nor resets: it has heard an answer, whether or not we have. */
export const MARK_WENT_ON = 1 << 9;
/** One more MANY_PACKETS packets of this side. */
export const MARK_MANY = 1 << 10;
/** A power of two. */
export const MANY_PACKETS = 1024;

export const DIRECTION_UNKNOWN = 0;
export const DIRECTION_IN = 1;
export const DIRECTION_OUT = 2;

/** flowId of a packet that belongs to no flow: not IP, malformed before its addresses, or refused by a full table. */
export const NO_FLOW = 0xffffffff;

export class FrameBatch {
  readonly capacity: number;
  length = 0;
  /** Not 0: the reader ends a batch where packet time passes a multiple of this, so that sums by time are exact. */
  splitUs = 0;
  /** End of the time slice of the batch at hand; kept by `admits`. */
  #untilUs = Number.POSITIVE_INFINITY;
  /** The arena the rows point into. Valid until the batch is handed back: copy what must live longer. */
  bytes: Uint8Array;

  /** NaN: the capture gives no time, for this packet or any before it. */
  readonly tsUs: Float64Array;
  readonly frameStart: Uint32Array;
  readonly capLen: Uint32Array;
  readonly wireLen: Uint32Array;
  /** LINKTYPE_ number (low 16 bits of the pcap network field). */
  readonly linkType: Uint16Array;
  readonly interfaceId: Uint16Array;
  readonly direction: Uint8Array;

  readonly verdict: Uint8Array;
  readonly marks: Uint16Array;
  /** EtherType of the innermost layer 2 or 3 header; 0 when there is none (LLC, unsupported). */
  readonly etherType: Uint16Array;
  /** 4, 6, or 0 when the packet has no readable IP header. Innermost header. */
  readonly ipVersion: Uint8Array;
  /** Upper-layer protocol number after extension headers (6 TCP, 17 UDP, 1 ICMP, 58 ICMPv6, 132 SCTP, …). */
  readonly ipProto: Uint8Array;
  /** Offset in `bytes` of the innermost source and destination address: 4 or 16 bytes by ipVersion. */
  readonly srcAddr: Uint32Array;
  readonly dstAddr: Uint32Array;
  /** Identification of a fragment (IPv4: 16 bits, IPv6: 32); 0 when the packet is none. */
  readonly fragmentId: Uint32Array;
  readonly l4Start: Uint32Array;
  readonly payloadStart: Uint32Array;
  /** End of the transport payload: bounded by the IP length and by what was captured, so padding is outside. */
  readonly payloadEnd: Uint32Array;
  readonly srcPort: Uint16Array;
  readonly dstPort: Uint16Array;
  /** TCP flags byte (FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32); 0 for everything else. */
  readonly tcpFlags: Uint8Array;
  /** Tunnels outside the innermost IP header: TUNNEL_ numbers of wire/tunnels.ts, four bits each, outermost lowest. */
  readonly tunnels: Uint32Array;

  readonly flowId: Uint32Array;
  /** 0: sent by side A of the flow, 1: by side B. */
  readonly flowSide: Uint8Array;

  /** `memory`: where the columns lie; the arena is the caller's in any case. */
  constructor(bytes: Uint8Array, capacity: number = BATCH_ROWS, memory: ColumnMemory = new ColumnMemory()) {
    this.capacity = capacity;
    this.bytes = bytes;
    this.tsUs = memory.float64(capacity);
    this.frameStart = memory.uint32(capacity);
    this.capLen = memory.uint32(capacity);
    this.wireLen = memory.uint32(capacity);
    this.linkType = memory.uint16(capacity);
    this.interfaceId = memory.uint16(capacity);
    this.direction = memory.uint8(capacity);
    this.verdict = memory.uint8(capacity);
    this.marks = memory.uint16(capacity);
    this.etherType = memory.uint16(capacity);
    this.ipVersion = memory.uint8(capacity);
    this.ipProto = memory.uint8(capacity);
    this.srcAddr = memory.uint32(capacity);
    this.dstAddr = memory.uint32(capacity);
    this.fragmentId = memory.uint32(capacity);
    this.l4Start = memory.uint32(capacity);
    this.payloadStart = memory.uint32(capacity);
    this.payloadEnd = memory.uint32(capacity);
    this.srcPort = memory.uint16(capacity);
    this.dstPort = memory.uint16(capacity);
    this.tcpFlags = memory.uint8(capacity);
    this.tunnels = memory.uint32(capacity);
    this.flowId = memory.uint32(capacity);
    this.flowSide = memory.uint8(capacity);
  }

  /** May a packet of this time join the batch? Always, unless `splitUs` is set and its time belongs to a later slice. */
  admits(tsUs: number): boolean {
    if (this.splitUs === 0) return true;
    if (this.length === 0) {
      this.#untilUs = (Math.floor(tsUs / this.splitUs) + 1) * this.splitUs;
      return true;
    }
    return !(tsUs >= this.#untilUs);
  }
}
