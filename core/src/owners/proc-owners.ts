// Socket owners from /proc, with what rights this process has. Owns: when to read, and the join of inode and process.
// Must not know: packets. Bound: one reading a second and at most a twentieth of one core; MAX_SOCKETS sockets; open
// files are bounded by InodePids. Sockets that live shorter than the time between two readings are not seen:
// that is what kernel events are for. Only sockets of this network namespace are listed.
import { readFileSync } from 'node:fs';
import type { FlowOwner } from '../api/events.js';
import { InodePids } from './inode-pids.js';
import { type ProcNetRow, parseProcNet } from './proc-net.js';
import { ProcProcesses } from './proc-processes.js';
import type { OwnerCounters, SocketOwners, SocketTransport } from './socket-owners.js';
import { MAX_SOCKETS, type SocketRow, SocketTable } from './socket-table.js';

const MIN_INTERVAL_US = 1_000_000;
/** Time between two readings is at least this many times what the last one took. */
const MIN_INTERVAL_TIMES = 20;

const TABLES: readonly (readonly [string, SocketTransport])[] = [
  ['tcp', 'tcp'],
  ['tcp6', 'tcp'],
  ['udp', 'udp'],
  ['udp6', 'udp'],
];

export class ProcOwners implements SocketOwners {
  readonly counters: OwnerCounters = {
    refreshes: 0,
    lastMs: 0,
    maxMs: 0,
    sockets: 0,
    refusedSockets: 0,
    unownedSockets: 0,
    deniedProcesses: 0,
  };
  readonly #root: string;
  readonly #processes: ProcProcesses;
  readonly #table = new SocketTable<number>();
  readonly #pids: InodePids;
  #nextUs = Number.NEGATIVE_INFINITY;

  constructor(root = '/proc', processes = new ProcProcesses(root)) {
    this.#root = root;
    this.#processes = processes;
    this.#pids = new InodePids(root);
  }

  refresh(nowUs: number): void {
    if (nowUs < this.#nextUs) return;
    const startMs = performance.now();
    const rows = this.#readTables();
    this.#pids.find(rows.map((row) => row.inode));
    this.#table.clear();
    for (const row of rows) {
      const pid = this.#pids.pidOf(row.inode);
      if (pid !== undefined) this.#table.add(row, pid);
    }
    this.#count(rows, performance.now() - startMs);
    this.#nextUs = nowUs + Math.max(MIN_INTERVAL_US, this.counters.lastMs * 1000 * MIN_INTERVAL_TIMES);
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

  addHolder(inode: number, pid: number): void {
    this.#pids.tell(inode, pid);
  }

  visitSockets(visit: (row: SocketRow, pid: number) => void): void {
    this.#nextUs = Number.NEGATIVE_INFINITY;
    this.refresh(performance.now() * 1000);
    for (const row of this.#readTables()) {
      const pid = this.#pids.pidOf(row.inode);
      if (pid !== undefined) visit(row, pid);
    }
  }

  #readTables(): ProcNetRow[] {
    const rows: ProcNetRow[] = [];
    for (const [file, transport] of TABLES) {
      try {
        rows.push(
          ...parseProcNet(readFileSync(`${this.#root}/net/${file}`, 'latin1'), transport, MAX_SOCKETS - rows.length),
        );
      } catch {
        // A kernel without IPv6 has no tcp6.
      }
    }
    return rows;
  }

  #count(rows: readonly ProcNetRow[], elapsedMs: number): void {
    this.counters.refreshes += 1;
    this.counters.lastMs = elapsedMs;
    this.counters.maxMs = Math.max(this.counters.maxMs, elapsedMs);
    this.counters.sockets = rows.length;
    this.counters.deniedProcesses = this.#pids.deniedProcesses;
    this.counters.refusedSockets = this.#table.refused;
    this.counters.unownedSockets = rows.length - rows.filter((row) => this.#pids.pidOf(row.inode) !== undefined).length;
  }
}
