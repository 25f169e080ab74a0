// Which end of a live flow is ours, and where the other one is. Owns: both, found once a flow. Must not know texts or owners.
// Bound: one byte a row of the flow table.
import { addressAt, FlowAddresses, type FlowColumns, SIDE_UNKNOWN } from '../flow/flow-columns.js';
import { flowIpVersion } from '../flow/flow-text.js';
import { ZONES, type Zone } from '../kernel/traffic-words.js';
import type { AddressKnowledge } from './traffic-zone.js';

/** Of a row nobody has looked at it is 0. */
const KNOWN = 1;
const SIDE_BIT = 2;
const ZONE_SHIFT = 2;

export class FlowSides {
  readonly #columns: FlowColumns;
  readonly #addresses: AddressKnowledge;
  readonly #codes: Uint8Array;
  readonly #flowAddresses = new FlowAddresses();

  constructor(columns: FlowColumns, addresses: AddressKnowledge) {
    this.#columns = columns;
    this.#addresses = addresses;
    this.#codes = new Uint8Array(columns.capacity);
  }

  localSide(flow: number): number {
    return (this.#codeOf(flow) & SIDE_BIT) === 0 ? 0 : 1;
  }

  /** Of the remote end. */
  zone(flow: number): Zone {
    return ZONES[this.#codeOf(flow) >> ZONE_SHIFT]!;
  }

  forget(flow: number): void {
    this.#codes[flow] = 0;
  }

  #codeOf(flow: number): number {
    return this.#codes[flow]! || this.#look(flow);
  }

  #look(flow: number): number {
    const columns = this.#columns;
    const version = flowIpVersion(columns, flow);
    const words = this.#flowAddresses.read(columns, flow);
    const side = this.#findLocalSide(flow, words, version);
    const zone = ZONES.indexOf(this.#addresses.zoneAt(words, addressAt(1 - side), version));
    const code = KNOWN | (side * SIDE_BIT) | (zone << ZONE_SHIFT);
    this.#codes[flow] = code;
    // What this host says to itself has two local sides: the record of the flow takes the same one as the sums.
    if (columns.localSide[flow] !== SIDE_UNKNOWN) columns.localSide[flow] = side;
    return code;
  }

  /** Of what this host says to itself, the client; else by the direction of the first packet; else by our own addresses. */
  #findLocalSide(flow: number, words: Uint32Array, version: number): number {
    const { clientSide, localSide } = this.#columns;
    const isA = this.#addresses.isOwnAt(words, addressAt(0), version);
    const isB = this.#addresses.isOwnAt(words, addressAt(1), version);
    if (isA && isB) return clientSide[flow]!;
    if (localSide[flow] !== SIDE_UNKNOWN) return localSide[flow]!;
    return isA === isB ? clientSide[flow]! : isA ? 0 : 1;
  }
}
