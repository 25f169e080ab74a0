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
  readonly #byTransport = new Map<number, ProtocolLists>();
  /** By protocol: the number of the question in which it was given. */
  readonly #stamps: Uint32Array;
  #stamp = 0;
  /** What is left: of this list from `#at` on, then of the others. */
  #list: Uint16Array = NOBODY;
  #at = 0;
  #second: Uint16Array = NOBODY;
  #third: Uint16Array = NOBODY;

  /** Protocol n is `specs[n]`. Throws when there are too many. */
  constructor(specs: readonly ProtocolSpec[]) {
    if (specs.length > MAX_PROTOCOLS) throw new Error(`more than ${MAX_PROTOCOLS} protocols`);
    this.#stamps = new Uint32Array(specs.length);
    for (const transport of ['tcp', 'udp', 'sctp'] as const)
      this.#byTransport.set(TRANSPORT_NUMBERS[transport], protocolLists(specs, transport));
  }

  /** A new question: `next` gives whoever is to be asked, each once, in order. */
  begin(transport: number, portA: number, portB: number, firstByte: number): void {
    this.#list = this.#second = this.#third = NOBODY;
    this.#at = 0;
    this.#stamp = (this.#stamp + 1) >>> 0;
    const lists = this.#byTransport.get(transport);
    if (lists === undefined) return;
    if (lists.isNamed[portB] === 1) this.#list = lists.byPort.get(portB) ?? NOBODY;
    if (lists.isNamed[portA] === 1) this.#second = lists.byPort.get(portA) ?? NOBODY;
    this.#third = lists.byFirstByte[firstByte] ?? NOBODY;
  }

  /** -1: nobody is left. */
  next(): number {
    for (;;) {
      const list = this.#list;
      while (this.#at < list.length) {
        const id = list[this.#at++]!;
        if (this.#stamps[id] === this.#stamp) continue;
        this.#stamps[id] = this.#stamp;
        return id;
      }
      if (this.#second.length === 0 && this.#third.length === 0) return -1;
      this.#list = this.#second;
      this.#second = this.#third;
      this.#third = NOBODY;
      this.#at = 0;
    }
  }
}
