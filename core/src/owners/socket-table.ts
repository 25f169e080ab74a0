// Sockets of one reading by address and port. Owns: the order of fallbacks. Must not know: where the sockets were read.
// Bound: MAX_SOCKETS; what does not fit is counted.
import type { OwnerQuality } from '../api/events.js';
import type { SocketTransport } from './socket-owners.js';

/** Four times what a busy server has; 65,536 keys of some 60 characters are 10 MB. */
export const MAX_SOCKETS = 65_536;

export interface SocketRow {
  readonly transport: SocketTransport;
  /** Canonical text; '*' when the socket is bound to every address. IPv4-mapped addresses as IPv4. */
  readonly localIp: string;
  readonly localPort: number;
  /** '*' and 0: not connected. */
  readonly remoteIp: string;
  readonly remotePort: number;
  readonly listening: boolean;
}

export interface SocketMatch<Owner> {
  readonly owner: Owner;
  readonly quality: Extract<OwnerQuality, 'proc-snapshot' | 'listener'>;
}

export class SocketTable<Owner> {
  readonly #connected = new Map<string, Owner>();
  /** Listeners of TCP and unconnected UDP sockets, by address and port, and by port alone. */
  readonly #bound = new Map<string, Owner>();
  /** Which local ports there are at all: most flows that nobody owns are not asked about any further. */
  readonly #ports = { tcp: new Set<number>(), udp: new Set<number>() };
  refused = 0;

  get size(): number {
    return this.#connected.size + this.#bound.size;
  }

  clear(): void {
    this.#connected.clear();
    this.#bound.clear();
    this.#ports.tcp.clear();
    this.#ports.udp.clear();
    this.refused = 0;
  }

  add(row: SocketRow, owner: Owner): void {
    if (this.size >= MAX_SOCKETS) {
      this.refused += 1;
      return;
    }
    this.#ports[row.transport].add(row.localPort);
    if (row.remotePort !== 0 && !row.listening) {
      this.#connected.set(connectedKey(row.transport, row.localIp, row.localPort, row.remoteIp, row.remotePort), owner);
    } else {
      this.#bound.set(boundKey(row.transport, row.localIp, row.localPort), owner);
    }
  }

  hasPort(transport: SocketTransport, localPort: number): boolean {
    return this.#ports[transport].has(localPort);
  }

  /** Exact five-tuple, then the address and port, then the port on every address. */
  find(
    transport: SocketTransport,
    localIp: string,
    localPort: number,
    remoteIp: string,
    remotePort: number,
  ): SocketMatch<Owner> | undefined {
    const exact = this.#connected.get(connectedKey(transport, localIp, localPort, remoteIp, remotePort));
    if (exact !== undefined) return { owner: exact, quality: 'proc-snapshot' };
    const bound =
      this.#bound.get(boundKey(transport, localIp, localPort)) ?? this.#bound.get(boundKey(transport, '*', localPort));
    if (bound === undefined) return undefined;
    // An unconnected UDP socket is the one that sends; a TCP listener only says who will have accepted the connection.
    return { owner: bound, quality: transport === 'udp' ? 'proc-snapshot' : 'listener' };
  }
}

const connectedKey = (
  transport: string,
  localIp: string,
  localPort: number,
  remoteIp: string,
  remotePort: number,
): string => `${transport} ${localIp} ${localPort} ${remoteIp} ${remotePort}`;

const boundKey = (transport: string, localIp: string, localPort: number): string =>
  `${transport} ${localIp} ${localPort}`;
