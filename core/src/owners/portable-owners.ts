// Socket owners where there is no /proc: sockets through systeminformation, names through ps-list. Owns: reading in the background.
// Must not know: the operating system beyond that. Bound: MAX_SOCKETS; a reading every MIN_INTERVAL_US at most, never two at once.
// Both libraries start programs (netstat, ps): only ever in the unprivileged process.
import type { FlowOwner } from '../api/events.js';
import { ProcessList } from './process-list.js';
import type { OwnerCounters, SocketOwners, SocketTransport } from './socket-owners.js';
import { type SocketRow, SocketTable } from './socket-table.js';

const MIN_INTERVAL_US = 5_000_000;

/** What is used of a row of systeminformation.networkConnections; all of it is text from another program. */
interface Connection {
  readonly protocol: string;
  readonly localAddress: string;
  readonly localPort: string;
  readonly peerAddress: string;
  readonly peerPort: string;
  readonly state: string;
  readonly pid: number | null;
}

export class PortableOwners implements SocketOwners {
  readonly counters: OwnerCounters = {
    refreshes: 0,
    lastMs: 0,
    maxMs: 0,
    sockets: 0,
    refusedSockets: 0,
    unownedSockets: 0,
    deniedProcesses: 0,
  };
  readonly #processes: ProcessList;
  readonly #table = new SocketTable<number>();
  #nextUs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  constructor(processes = new ProcessList()) {
    this.#processes = processes;
  }

  refresh(nowUs: number): void {
    if (nowUs < this.#nextUs || this.#reading !== undefined) return;
    this.#nextUs = nowUs + MIN_INTERVAL_US;
    this.#reading = this.#read()
      .catch(() => undefined)
      .finally(() => {
        this.#reading = undefined;
      });
  }

  /** Resolves when no reading is under way. */
  async settled(): Promise<void> {
    await this.#reading;
  }

  hasPort(transport: SocketTransport, localPort: number): boolean {
    return this.#table.hasPort(transport, localPort);
  }

  lookup(
    transport: SocketTransport,
    localIp: string,
    localPort: number,
    remoteIp: string,
    remotePort: number,
  ): FlowOwner | undefined {
    const match = this.#table.find(transport, localIp, localPort, remoteIp, remotePort);
    const identity = match && this.#processes.identityOf(match.owner);
    return identity && { ...identity, quality: match.quality };
  }

  async #read(): Promise<void> {
    const startMs = performance.now();
    const { networkConnections } = await import('systeminformation');
    const [connections] = await Promise.all([networkConnections(), this.#processes.refresh()]);
    this.#table.clear();
    this.counters.unownedSockets = 0;
    for (const connection of connections as readonly Connection[]) {
      const row = socketRow(connection);
      if (row === undefined) continue;
      if (Number.isInteger(connection.pid) && connection.pid! > 0) this.#table.add(row, connection.pid!);
      else this.counters.unownedSockets += 1;
    }
    this.counters.refreshes += 1;
    this.counters.lastMs = performance.now() - startMs;
    this.counters.maxMs = Math.max(this.counters.maxMs, this.counters.lastMs);
    this.counters.sockets = connections.length;
    this.counters.refusedSockets = this.#table.refused;
  }
}

function socketRow(connection: Connection): SocketRow | undefined {
  const transport = connection.protocol.startsWith('tcp')
    ? 'tcp'
    : connection.protocol.startsWith('udp')
      ? 'udp'
      : undefined;
  const localPort = Number(connection.localPort);
  if (transport === undefined || !(localPort > 0)) return undefined;
  return {
    transport,
    localIp: plainAddress(connection.localAddress),
    localPort,
    remoteIp: plainAddress(connection.peerAddress),
    remotePort: Number(connection.peerPort) || 0,
    listening: connection.state === 'LISTEN',
  };
}

/** Without brackets and zone; the unspecified address as '*', IPv4-mapped as IPv4. */
function plainAddress(text: string): string {
  const address = text.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  if (address === '' || address === '0.0.0.0' || address === '::' || address === '*') return '*';
  return address.replace(/^::ffff:(?=\d+\.)/, '');
}
