// Who is asked about the first bytes of a flow, and in which order: those whose ports fit, then those that may begin with this byte.
// Owns: these lists. Must not know flows. Bound: MAX_PROTOCOLS protocols, two tables of ports.
/** @hot */
import type { ProtocolSpec, ProtocolTransport } from '../../api/protocol.js';
import { type ProtocolLists, protocolLists } from './protocol-lists.js';

/** As they stand in the IP header. */
export const TRANSPORT_NUMBERS: Readonly<Record<ProtocolTransport, number>> = { tcp: 6, udp: 17, sctp: 132 };
/** Far more than there are; a plugin that registers in a loop is told. */
const MAX_PROTOCOLS = 1024;
const NOBODY = new Uint16Array(0);

export class ProtocolOrder {
  /** How many protocols `fill` has put into `ids`. */
  count = 0;
  readonly ids: Uint16Array;
  readonly #byTransport = new Map<number, ProtocolLists>();
  readonly #stamps: Uint32Array;
  #stamp = 0;

  /** Protocol n is `specs[n]`. Throws when there are too many. */
  constructor(specs: readonly ProtocolSpec[]) {
    if (specs.length > MAX_PROTOCOLS) throw new Error(`more than ${MAX_PROTOCOLS} protocols`);
    this.ids = new Uint16Array(specs.length);
    this.#stamps = new Uint32Array(specs.length);
    for (const transport of ['tcp', 'udp', 'sctp'] as const)
      this.#byTransport.set(TRANSPORT_NUMBERS[transport], protocolLists(specs, transport));
  }

  /** Puts into `ids` whoever is to be asked, each once, in order. */
  fill(transport: number, portA: number, portB: number, firstByte: number): void {
    this.count = 0;
    const lists = this.#byTransport.get(transport);
    if (lists === undefined) return;
    this.#stamp = (this.#stamp + 1) >>> 0;
    if (lists.isNamed[portB] === 1) this.#add(lists.byPort.get(portB) ?? NOBODY);
    if (lists.isNamed[portA] === 1) this.#add(lists.byPort.get(portA) ?? NOBODY);
    this.#add(lists.byFirstByte[firstByte] ?? NOBODY);
  }

  #add(list: Uint16Array): void {
    for (let i = 0; i < list.length; i++) {
      const id = list[i]!;
      if (this.#stamps[id] === this.#stamp) continue;
      this.#stamps[id] = this.#stamp;
      this.ids[this.count++] = id;
    }
  }
}
