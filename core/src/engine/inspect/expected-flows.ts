// Flows that others have announced: data connections of FTP, media of SIP, RTSP and MGCP, transfers of TFTP. Owns: which
// address and port belong to whom, and for how long. Must not know any protocol. Bound: MAX_EXPECTED; the one announced longest ago
// goes first, and is counted.
import { isIP, SocketAddress } from 'node:net';
import type { ProtocolTransport } from '../../api/protocol.js';
import type { FlowColumns } from '../../flow/flow-columns.js';
import { flowAddressText, flowPort } from '../../flow/flow-text.js';
import { TRANSPORT_NUMBERS } from './protocol-order.js';
import type { ProtocolSet } from './protocol-set.js';

const MAX_EXPECTED = 4096;
/** A telephone rings for so long; who answers announces again. */
const LIFE_US = 180e6;
/** Below are ports of services: nobody agrees upon those, but somebody may want their flows to have another name. */
const FIRST_PORT = 1024;

interface Expected {
  readonly id: number;
  readonly port: number;
  readonly untilUs: number;
}

export class ExpectedFlows {
  /** Announcements forgotten because there were too many. */
  evicted = 0;
  readonly #protocols: ProtocolSet;
  readonly #expected = new Map<string, Expected>();
  readonly #ids = new Map<string, number>();
  /** How many are announced for each port: most flows are of none, and need no texts. */
  readonly #ofPort = new Uint16Array(0x10000);

  constructor(protocols: ProtocolSet) {
    this.#protocols = protocols;
    for (const [id, { name, transports }] of protocols.specs.entries())
      for (const transport of transports) this.#ids.set(`${TRANSPORT_NUMBERS[transport]} ${name}`, id);
  }

  get size(): number {
    return this.#expected.size;
  }

  /** As `ProtocolFlow.expect`: announced at `nowUs`. */
  expect(nowUs: number, transport: ProtocolTransport, ip: string, port: number, protocol: string): void {
    const id = this.#ids.get(`${TRANSPORT_NUMBERS[transport]} ${protocol}`);
    const address = addressOf(ip);
    if (id === undefined || address === undefined || !(port >= FIRST_PORT && port <= 0xffff)) return;
    const key = keyOf(TRANSPORT_NUMBERS[transport], address, port);
    this.#forget(key);
    this.#expected.set(key, { id, port, untilUs: nowUs + LIFE_US });
    this.#ofPort[port] = this.#ofPort[port]! + 1;
    if (this.#expected.size <= MAX_EXPECTED) return;
    const oldest = this.#expected.keys().next().value;
    if (oldest !== undefined) this.#forget(oldest);
    this.evicted += 1;
  }

  #forget(key: string): void {
    const known = this.#expected.get(key);
    if (known === undefined) return;
    this.#ofPort[known.port] = this.#ofPort[known.port]! - 1;
    this.#expected.delete(key);
  }

  /** Who was announced for either end of the flow; -1: nobody. Makes texts: only where something is expected at that port. */
  protocolOf(columns: FlowColumns, flow: number, transport: number, nowUs: number): number {
    for (let side = 0; side < 2; side++) {
      const port = flowPort(columns, flow, side);
      if (this.#ofPort[port] === 0) continue;
      const key = keyOf(transport, flowAddressText(columns, flow, side), port);
      const found = this.#expected.get(key);
      if (found === undefined) continue;
      if (found.untilUs >= nowUs && this.#protocols.isEnabled(found.id)) return found.id;
      this.#forget(key);
    }
    return -1;
  }
}

const keyOf = (transport: number, address: string, port: number): string => `${transport} ${address} ${port}`;

/** As flows write it; undefined: no address. */
function addressOf(ip: string): string | undefined {
  const version = isIP(ip);
  if (version === 6) return new SocketAddress({ address: ip, family: 'ipv6' }).address;
  return version === 4 ? ip : undefined;
}
