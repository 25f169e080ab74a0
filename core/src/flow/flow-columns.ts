// Columns of the flow table: row f is flow f. Owns: the layout, nothing else. Bound: capacity rows, taken once.
//
//   key    Uint32 x 10   addrA[4] addrB[4] portA<<16|portB  meta      IPv4 uses word 0 and 4; meta = proto | version<<8 | interface<<16
//   sums   Float64 x 6   bytesA bytesB packetsA packetsB firstUs lastUs
//
// Side A is the lower (address, port); so both directions have one key. Memory the system gives lazily: untouched rows cost nothing.
import { ColumnMemory } from '../kernel/column-memory.js';

export const KEY_WORDS = 10;
export const KEY_PORTS = 8;
export const KEY_META = 9;
export const SUMS = 6;
export const SUM_BYTES = 0;
export const SUM_PACKETS = 2;
export const SUM_FIRST_US = 4;
export const SUM_LAST_US = 5;

/** Which side is meant, where a column names one. */
export const SIDE_A = 0;
export const SIDE_B = 1;
export const SIDE_UNKNOWN = 2;

export const FLOW_FREE = 0;
export const FLOW_LIVE = 1;
/** Ended and reported; the row is given back when the timer wheel next meets it. */
export const FLOW_DEAD = 2;
/** Ended, and who still read the row is done with it. */
export const FLOW_RELEASED = 3;

/** Why a flow has ended. */
export const END_IDLE = 0;
export const END_CLOSED = 1;
export const END_OF_INPUT = 2;

/** Flows as whoever does not make them sees them: the flow table, or what is shared of one in another thread. */
export interface FlowRows {
  readonly columns: FlowColumns;
}

/** Time of the flow's last packet; 0 when none had a time stamp. */
export function flowLastUs(columns: FlowColumns, flow: number): number {
  const us = columns.sums[flow * SUMS + SUM_LAST_US]!;
  return Number.isFinite(us) ? us : 0;
}

export class FlowColumns {
  readonly capacity: number;
  readonly key: Uint32Array;
  readonly sums: Float64Array;
  readonly state: Uint8Array;
  /** END_… of a dead flow. */
  readonly endReason: Uint8Array;
  /** OR of the TCP flags each side has sent: index 2*flow + side. */
  readonly tcpFlags: Uint8Array;
  /** The side that opened the flow. */
  readonly clientSide: Uint8Array;
  /** Was a SYN seen, so that clientSide is certain? */
  readonly clientCertain: Uint8Array;
  /** The side that is this host, from the direction of the first packet; SIDE_UNKNOWN for files. */
  readonly localSide: Uint8Array;
  readonly interfaceId: Uint16Array;
  /** As in the batch column of the first packet. */
  readonly tunnels: Uint32Array;
  readonly protocolId: Uint16Array;
  /** 0 none, 1 port, 2 payload. */
  readonly protocolEvidence: Uint8Array;
  /** A packet of this time or later is of another flow, whoever else has its key; infinite as a rule. */
  readonly splitUs: Float64Array;
  /** Raised when a row is given to a new flow, so that an old reference can be seen to be old. */
  readonly generation: Uint32Array;

  constructor(capacity: number, memory: ColumnMemory = new ColumnMemory()) {
    this.capacity = capacity;
    this.key = memory.uint32(capacity * KEY_WORDS);
    this.sums = memory.float64(capacity * SUMS);
    this.state = memory.uint8(capacity);
    this.endReason = memory.uint8(capacity);
    this.tcpFlags = memory.uint8(capacity * 2);
    this.clientSide = memory.uint8(capacity);
    this.clientCertain = memory.uint8(capacity);
    this.localSide = memory.uint8(capacity);
    this.interfaceId = memory.uint16(capacity);
    this.tunnels = memory.uint32(capacity);
    this.protocolId = memory.uint16(capacity);
    this.protocolEvidence = memory.uint8(capacity);
    this.splitUs = memory.float64(capacity);
    this.generation = memory.uint32(capacity);
  }
}
