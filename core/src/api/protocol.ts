// The role of a plugin that knows one protocol: it is shown the first bytes of a flow and answers whether they are its own; when
// they are, it may go on reading. Owns: what such a plugin is given and may answer. The engine does the rest: who is asked, the
// order of TCP segments, gaps, and memory.
//
//   first bytes of a side ──► probe() ──► MATCH ──► open() ──► reader.read() … until DONE
//                                │                     └────► HAND_OVER: the next bytes are probed anew (STARTTLS, CONNECT)
//                                ├──► UNSURE: asked again when this side has said more
//                                └──► NOT_MINE
import type { FlowDetails, KaipoEvent, ServerNameEvidence } from './events.js';

export const NOT_MINE = 0;
/** What is there agrees, but is too little to be sure. */
export const UNSURE = 1;
export const MATCH = 2;
export type Verdict = typeof NOT_MINE | typeof UNSURE | typeof MATCH;

/** From `read`: nothing more is wanted of this flow, on neither side. */
export const DONE = -1;
/** From `read`: what follows on both sides, the bytes of this call included, is another protocol's: probe anew. The flow keeps its name. */
export const HAND_OVER = -2;
/** From `read`: nothing more is wanted of this side; the other goes on. */
export const SKIP_SIDE = Number.MAX_SAFE_INTEGER;

/** What is shown to `probe`. One instance for all: valid until the call returns. Read only bytes[start, end). */
export interface Probe {
  readonly bytes: Uint8Array;
  /** TCP: the first byte this side has said, as far as it was captured. UDP and SCTP: the first byte of this datagram (chunk data). */
  readonly start: number;
  readonly end: number;
  /** IP protocol number: 6 TCP, 17 UDP, 132 SCTP. */
  readonly transport: number;
  /** Certain when the SYN was seen; else the first packet counts as the client's: judge by the bytes, not by the side. */
  readonly fromClient: boolean;
  readonly clientPort: number;
  readonly serverPort: number;
  /** TCP: was the beginning of the connection seen? UDP: always true. */
  readonly fromStart: boolean;
  /** Payload packets this side has sent so far, this one included: 1 for the first. */
  readonly packets: number;
  /** More bytes were sent than captured: `end` is not the end of the datagram. */
  readonly isCut: boolean;
  readonly ipVersion: number;
  /** Where the addresses of this packet are in `addressBytes`: 4 or 16 bytes. */
  readonly addressBytes: Uint8Array;
  readonly srcAddr: number;
  readonly dstAddr: number;
  readonly tsUs: number;
  /** The first bytes of the other side, at most 32, in otherBytes[0, otherLength); nothing when it has not spoken. */
  readonly otherBytes: Uint8Array;
  readonly otherLength: number;
  /** Two numbers this protocol may keep for this flow while it is UNSURE; 0 at first. Kept only together with an UNSURE. */
  memoA: number;
  memoB: number;
}

/** What a reader says about its flow. One object a flow that is read. */
export interface ProtocolFlow {
  readonly clientIp: string;
  readonly serverIp: string;
  readonly clientPort: number;
  readonly serverPort: number;
  readonly transport: number;
  /** Time of the packet that brought the bytes being read. */
  readonly tsUs: number;
  /** Replaces the name the match gave: http becomes websocket. */
  rename(protocol: string): void;
  /** SNI and Host are names the client itself asked for; the first one stands, SNI before Host. */
  setServerName(name: string, evidence: ServerNameEvidence): void;
  setApplication(application: string): void;
  /** Adds what is known beyond the name; fields that are there already are replaced. Texts are made safe here. */
  setDetails(details: FlowDetails): void;
  /**
   * Another flow from or to this address and port is about to begin, and it is `protocol`'s: what FTP, SIP and others agree upon. It gets
   * that name (by payload: it was said) where nobody knows its own bytes. Forgotten after three minutes. What is no address, a port
   * below 1024 and a protocol that is not there are ignored.
   */
  expect(transport: ProtocolTransport, ip: string, port: number, protocol: string): void;
  write(event: KaipoEvent): void;
}

/** Goes on reading a flow after the match. An object a flow: keep it small. A reader that throws is a strike against its plugin. */
export interface FlowReader {
  /**
   * TCP: the bytes of one side that follow what was used before, in order, retransmissions taken out; after the match first
   * those of the side that matched, from its start, then those of the other. UDP, SCTP: one datagram.
   * @returns TCP: how many bytes are used; what is not is given again together with what follows, up to the protocol's
   *   `bufferBytes`; more than there are: so many of the following are skipped unseen. UDP: anything from 0. Or DONE, HAND_OVER.
   */
  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number;
  /**
   * `missingBytes` of this side were never captured (TCP). True: go on with what follows. Absent or false: the reader is done.
   */
  gap?(fromClient: boolean, missingBytes: number): boolean;
  /** The flow has ended, or nothing more will come. */
  end?(): void;
}

/** The values that the byte at offset `at` may have; without `at` the first. */
export interface ByteValues {
  readonly at?: number;
  readonly values: readonly number[];
}

/** What every datagram has that `probe` would not refuse. */
export interface DatagramShape {
  readonly minBytes?: number;
  readonly maxBytes?: number;
  /** As in ByteValues. */
  readonly at?: number;
  readonly values?: readonly number[];
  /** Other bytes that are told. */
  readonly and?: readonly ByteValues[];
}

/** What every stream has that `probe` would not refuse: one of `values` at offset `at`, without it the first, once `fromBytes` are there. */
export interface StreamShape {
  readonly at?: number;
  readonly values: readonly number[];
  /** Of fewer bytes nothing is said; at least up to `at`. */
  readonly fromBytes?: number;
}

export type ProtocolTransport = 'tcp' | 'udp' | 'sctp';

export interface ProtocolSpec {
  /** Lower case, as it is shown: digits, dashes; at most 32 characters. Also the name of the plugin unless it says otherwise. */
  readonly name: string;
  readonly transports: readonly ProtocolTransport[];
  /** Either port of the flow: asked first. Absent: no port hint. */
  readonly ports?: readonly number[];
  /** True: asked on these ports only. */
  readonly isPortBound?: boolean;
  /** The first byte either side may begin with, a datagram on every port. Absent: any. Whoever names them is asked more rarely, so cheaper. */
  readonly firstBytes?: readonly number[];
  /** UDP: `probe` is not asked about datagrams of another shape, or of none of these, so cheaper. */
  readonly datagram?: DatagramShape | readonly DatagramShape[];
  /** TCP: `probe` is not asked about streams that begin otherwise, so cheaper. */
  readonly stream?: StreamShape;
  /** Application of every flow of this protocol, for protocols that belong to one: "Viber". */
  readonly application?: string;
  /** The most bytes `read` may leave unused on one side; then the reader is closed and that is counted. Default 16,384, at most 65,536. */
  readonly bufferBytes?: number;
  /**
   * Is this mine? Pure but for the memo, never throws, never allocates. Asked with the first bytes of each side, and again after
   * UNSURE. Be certain: by chance one flow in ten million may look like yours, on your own port too (24 bits of agreement).
   */
  probe(p: Probe): Verdict;
  /** Called at the match. Absent: the name is all there is to know. */
  open?(flow: ProtocolFlow): FlowReader;
}
