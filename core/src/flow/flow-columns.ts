// Columns of the flow table: row f is flow f. Owns: the layout, nothing else. Bound: capacity rows, taken once.
// What a packet touches lies in one row of 64 bytes, so that a packet of a flow nobody has seen for long waits for memory once.
//
//   bytes  0   key   Uint32 x 4    portA<<16|portB  meta  addrA[0]  addrB[0]     meta = proto | version<<8 | interface<<16
//         16   sums  Float64 x 6   bytesA bytesB packetsA packetsB firstUs lastUs
//
// Side A is the lower (address, port); so both directions have one key. The other words of IPv6 addresses lie in `keyRest`.
// Bytes a flow, of memory the system gives as it is touched: 64 the row, 20 the small columns below, 24 keyRest (IPv6 only), 8 splitUs
// (where owners are known only), 4 the timer wheel, 12 to 20 the index; 106 flow-health.ts (TCP only). TCP over IPv4: at most 214.
import { ColumnMemory } from '../kernel/column-memory.js';

/** Words from one row of `key` to the next, and doubles from one row of `sums` to the next. */
export const KEY_WORDS = 16;
export const SUMS = 8;
export const KEY_PORTS = 0;
export const KEY_META = 1;
/** The first word of the address of side A; that of side B follows. */
export const KEY_ADDRESS = 2;
export const SUM_BYTES = 2;
export const SUM_PACKETS = 4;
export const SUM_FIRST_US = 6;
export const SUM_LAST_US = 7;
/** Words of a row of `keyRest`: the last three of the address of side A, then of B. */
export const REST_WORDS = 6;

/** Which side is meant, where a column names one. */
export const SIDE_A = 0;
export const SIDE_B = 1;
export const SIDE_UNKNOWN = 2;

export const FLOW_FREE = 0;
export const FLOW_LIVE = 1;
/** Ended; the row is as it was until whoever reads it is done with it. */
export const FLOW_DEAD = 2;

/** Why a flow has ended. */
export const END_IDLE = 0;
export const END_CLOSED = 1;
export const END_OF_INPUT = 2;
export const END_EVICTED = 3;

/** Flows as whoever does not make them sees them: the flow table, or what is shared of one in another thread. */
export interface FlowRows {
  readonly columns: FlowColumns;
}

/** Time of the flow's last packet; 0 when none had a time stamp. */
export function flowLastUs(columns: FlowColumns, flow: number): number {
  const us = columns.sums[flow * SUMS + SUM_LAST_US]!;
  return Number.isFinite(us) ? us : 0;
}

/** A word of the address of a side, signed: word 0 is all of IPv4. */
export function flowAddressWord(columns: FlowColumns, flow: number, side: number, word: number): number {
  if (word === 0) return columns.key[flow * KEY_WORDS + KEY_ADDRESS + side]! | 0;
  return columns.keyRest[flow * REST_WORDS + side * 3 + word - 1]! | 0;
}

/** Words of the addresses of a flow, one after the other: those of side A, then those of side B. Of IPv4 the first of the four counts. */
export class FlowAddresses {
  readonly words = new Uint32Array(8);

  /** From now on those of this flow. */
  read(columns: FlowColumns, flow: number): Uint32Array {
    const { words } = this;
    for (let side = SIDE_A; side <= SIDE_B; side++) {
      const rest = flow * REST_WORDS + side * 3 - 1;
      words[addressAt(side)] = columns.key[flow * KEY_WORDS + KEY_ADDRESS + side]!;
      for (let word = 1; word < 4; word++) words[addressAt(side) + word] = columns.keyRest[rest + word]!;
    }
    return words;
  }
}

/** Where the words of a side begin. */
export const addressAt = (side: number): number => side * 4;

export class FlowColumns {
  readonly capacity: number;
  /** Two views of the same rows. */
  readonly key: Uint32Array;
  readonly sums: Float64Array;
  /** Of IPv6 flows; what is in the rows of others means nothing. */
  readonly keyRest: Uint32Array;
  readonly state: Uint8Array;
  /** END_… of a dead flow. */
  readonly endReason: Uint8Array;
  /** FIN and RST, if that side has sent them: index 2*flow + side. */
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
  /** A packet of this time or later is of another flow, whoever else has its key; infinite as a rule. Only where there are FlowSplits. */
  readonly splitUs: Float64Array;
  /** Raised when a row is given to a new flow, so that an old reference can be seen to be old. */
  readonly generation: Uint32Array;

  constructor(capacity: number, memory: ColumnMemory = new ColumnMemory()) {
    this.capacity = capacity;
    this.sums = memory.float64(capacity * SUMS);
    this.key = new Uint32Array(this.sums.buffer, this.sums.byteOffset, this.sums.length * 2);
    this.keyRest = memory.uint32(capacity * REST_WORDS);
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
