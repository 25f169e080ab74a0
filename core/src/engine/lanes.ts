// Which packets each analyzer gets. One pass over a batch fills a row list for every lane; a packet nobody asked for costs a test.
// Bound: 32 lanes (one bit each), row lists as long as a batch, taken once.
/** @hot */
import type { Analyzer, RowList } from '../api/analyzer.js';
import { type FrameBatch, MARK_NEW_FLOW, MARK_PAYLOAD, NO_FLOW } from '../frame/frame-batch.js';
import { BATCH_ROWS } from '../kernel/limits.js';

export const MAX_LANES = 32;
const TCP = 6;
const UDP = 17;

export class Lane implements RowList {
  readonly analyzer: Analyzer;
  readonly rows = new Uint32Array(BATCH_ROWS);
  length = 0;

  constructor(analyzer: Analyzer) {
    this.analyzer = analyzer;
  }
}

export class Lanes {
  readonly all: Lane[] = [];
  /** Bits of the lanes that want payload of this port; index = port. */
  readonly #tcpPorts = new Uint32Array(65_536);
  readonly #udpPorts = new Uint32Array(65_536);
  #tcpAny = 0;
  #udpAny = 0;
  #otherAny = 0;
  #newFlow = 0;
  #payload = 0;

  /** Analyzers without packets get no lane. Throws when all bits are taken. */
  add(analyzer: Analyzer): void {
    const interest = analyzer.interest;
    if (interest.packets === 'none' || analyzer.onPackets === undefined) return;
    if (this.all.length >= MAX_LANES) throw new Error(`more than ${MAX_LANES} packet analyzers`);
    const bit = (1 << this.all.length) >>> 0;
    this.all.push(new Lane(analyzer));
    if (interest.packets === 'flow-start') this.#newFlow |= bit;
    else this.#payload |= bit;
    const wantsTcp = interest.transport !== 'udp';
    const wantsUdp = interest.transport !== 'tcp';
    if (interest.ports === undefined) {
      if (wantsTcp) this.#tcpAny |= bit;
      if (wantsUdp) this.#udpAny |= bit;
      if (interest.transport === 'any') this.#otherAny |= bit;
      return;
    }
    for (const port of interest.ports) {
      if (wantsTcp) this.#tcpPorts[port] = this.#tcpPorts[port]! | bit;
      if (wantsUdp) this.#udpPorts[port] = this.#udpPorts[port]! | bit;
    }
  }

  select(batch: FrameBatch): void {
    const lanes = this.all;
    for (let lane = 0; lane < lanes.length; lane++) lanes[lane]!.length = 0;
    for (let row = 0; row < batch.length; row++) {
      const marks = batch.marks[row]!;
      let mask = (marks & MARK_NEW_FLOW) !== 0 ? this.#newFlow : 0;
      if ((marks & MARK_PAYLOAD) !== 0) mask |= this.#payload;
      if (mask === 0 || batch.flowId[row] === NO_FLOW) continue;
      const protocol = batch.ipProto[row];
      if (protocol === TCP)
        mask &= this.#tcpAny | this.#tcpPorts[batch.srcPort[row]!]! | this.#tcpPorts[batch.dstPort[row]!]!;
      else if (protocol === UDP)
        mask &= this.#udpAny | this.#udpPorts[batch.srcPort[row]!]! | this.#udpPorts[batch.dstPort[row]!]!;
      else mask &= this.#otherAny;
      while (mask !== 0) {
        const bit = 31 - Math.clz32(mask);
        const lane = lanes[bit]!;
        lane.rows[lane.length++] = row;
        mask &= ~(1 << bit);
      }
    }
  }
}
