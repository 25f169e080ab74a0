// Who is asked about the first bytes of a flow, and in which order: those whose ports fit, then those that may begin with this byte.
// Owns: these lists. Must not know flows. Bound: MAX_PROTOCOLS protocols, two tables of ports.
/** @hot */
import type { ProtocolSpec, ProtocolTransport } from '../../api/protocol.js';

const NUMBERS: Readonly<Record<ProtocolTransport, number>> = { tcp: 6, udp: 17, sctp: 132 };
/** Far more than there are; a plugin that registers in a loop is told. */
const MAX_PROTOCOLS = 1024;
const NOBODY = new Uint16Array(0);

interface Lists {
  /** By first byte: everybody who is not bound to ports. */
  readonly byFirstByte: readonly Uint16Array[];
  /** By port, for the ports anybody named. */
  readonly byPort: ReadonlyMap<number, Uint16Array>;
  /** 1: byPort has the port. */
  readonly isNamed: Uint8Array;
}

export class ProtocolOrder {
  /** How many protocols `fill` has put into `ids`. */
  count = 0;
  readonly ids: Uint16Array;
  readonly #byTransport = new Map<number, Lists>();
  readonly #stamps: Uint32Array;
  #stamp = 0;

  /** Protocol n is `specs[n]`. Throws when there are too many. */
  constructor(specs: readonly ProtocolSpec[]) {
    if (specs.length > MAX_PROTOCOLS) throw new Error(`more than ${MAX_PROTOCOLS} protocols`);
    this.ids = new Uint16Array(specs.length);
    this.#stamps = new Uint32Array(specs.length);
    for (const transport of ['tcp', 'udp', 'sctp'] as const)
      this.#byTransport.set(NUMBERS[transport], listsOf(specs, transport));
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

function listsOf(specs: readonly ProtocolSpec[], transport: ProtocolTransport): Lists {
  const byFirstByte: number[][] = Array.from({ length: 256 }, () => []);
  const byPort = new Map<number, number[]>();
  const isNamed = new Uint8Array(65_536);
  for (const [id, spec] of specs.entries()) {
    if (!spec.transports.includes(transport)) continue;
    for (const port of spec.ports ?? []) {
      const list = byPort.get(port);
      if (list === undefined) byPort.set(port, [id]);
      else list.push(id);
      isNamed[port] = 1;
    }
    if (spec.isPortBound === true) continue;
    if (spec.firstBytes === undefined) for (const list of byFirstByte) list.push(id);
    else for (const byte of new Set(spec.firstBytes)) byFirstByte[byte & 0xff]!.push(id);
  }
  return {
    byFirstByte: byFirstByte.map((list) => Uint16Array.from(list)),
    byPort: new Map([...byPort].map(([port, list]) => [port, Uint16Array.from(list)])),
    isNamed,
  };
}
