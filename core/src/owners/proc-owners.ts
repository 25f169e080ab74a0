// Socket owners from /proc, with what rights this process has. Owns: when to read, and the join of inode and process.
// Must not know: packets. Bound: one reading a second and at most a twentieth of one core; MAX_SOCKETS sockets; SCAN_BUDGET_MS of
// open files a reading, the rest at the next. Sockets that live shorter than the time between two readings are not seen:
// that is what kernel events are for. Only sockets of this network namespace are listed.
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import type { FlowOwner } from '../api/events.js';
import { type ProcNetRow, parseProcNet } from './proc-net.js';
import { ProcProcesses } from './proc-processes.js';
import type { OwnerCounters, SocketOwners, SocketTransport } from './socket-owners.js';
import { MAX_SOCKETS, type SocketRow, SocketTable } from './socket-table.js';

const MIN_INTERVAL_US = 1_000_000;
/** Time between two readings is at least this many times what the last one took. */
const MIN_INTERVAL_TIMES = 20;
const SCAN_BUDGET_MS = 40;
/** Whole scans without finding an inode, after which nobody looks for it again. */
const MAX_SCANS = 3;

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
  readonly #ownUid = process.geteuid?.() ?? 0;
  /** Process by socket inode; only of sockets that are in the tables now. */
  #pidByInode = new Map<number, number>();
  /** As a helper with more rights saw them; of these only what is in the tables is believed. */
  readonly #told = new Map<number, number>();
  /** Whole scans that did not find this inode. */
  #missedScans = new Map<number, number>();
  /** Processes still to be looked through, highest pid last. Empty: the scan is complete. */
  #scanLeft: number[] = [];
  /** What the scan under way has been looking for from its first process on. */
  #scanFor = new Set<number>();
  #scanDenied = 0;
  #nextUs = Number.NEGATIVE_INFINITY;

  constructor(root = '/proc', processes = new ProcProcesses(root)) {
    this.#root = root;
    this.#processes = processes;
  }

  refresh(nowUs: number): void {
    if (nowUs < this.#nextUs) return;
    const startMs = performance.now();
    const rows = this.#readTables();
    const wanted = this.#wantedInodes(rows);
    if (wanted.size > 0) this.#scan(wanted);
    this.#table.clear();
    for (const row of rows) {
      const pid = this.#pidByInode.get(row.inode);
      if (pid !== undefined) this.#table.add(row, pid);
    }
    this.#count(rows, performance.now() - startMs);
    this.#nextUs = nowUs + Math.max(MIN_INTERVAL_US, this.counters.lastMs * 1000 * MIN_INTERVAL_TIMES);
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
    if (this.#told.size < MAX_SOCKETS) this.#told.set(inode, pid);
  }

  visitSockets(visit: (row: SocketRow, pid: number) => void): void {
    this.#nextUs = Number.NEGATIVE_INFINITY;
    this.refresh(performance.now() * 1000);
    for (const row of this.#readTables()) {
      const pid = this.#pidByInode.get(row.inode);
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

  /** Forgets inodes that are gone. @returns inodes without a process that are still worth looking for. */
  #wantedInodes(rows: readonly ProcNetRow[]): Set<number> {
    const pids = new Map<number, number>();
    const missed = new Map<number, number>();
    const wanted = new Set<number>();
    for (const { inode } of rows) {
      const pid = this.#pidByInode.get(inode) ?? this.#told.get(inode);
      if (pid !== undefined) {
        pids.set(inode, pid);
        continue;
      }
      const misses = this.#missedScans.get(inode) ?? 0;
      missed.set(inode, misses);
      if (misses < MAX_SCANS) wanted.add(inode);
    }
    this.#pidByInode = pids;
    this.#missedScans = missed;
    return wanted;
  }

  /** Looks through the open files of processes, newest first, until all are found or the time is up; goes on next time. */
  #scan(wanted: Set<number>): void {
    const untilMs = performance.now() + SCAN_BUDGET_MS;
    if (this.#scanLeft.length === 0) {
      this.#scanLeft = this.#pids();
      this.#scanFor = new Set(wanted);
      this.#scanDenied = 0;
    }
    while (this.#scanLeft.length > 0 && wanted.size > 0) {
      if (performance.now() > untilMs) return;
      this.#scanProcess(this.#scanLeft.pop()!, wanted);
    }
    this.counters.deniedProcesses = this.#scanDenied;
    this.#scanLeft = [];
    for (const inode of wanted)
      if (this.#scanFor.has(inode)) this.#missedScans.set(inode, (this.#missedScans.get(inode) ?? 0) + 1);
  }

  #pids(): number[] {
    return readdirSync(this.#root)
      .map(Number)
      .filter((pid) => pid > 0)
      .sort((a, b) => a - b);
  }

  #scanProcess(pid: number, wanted: Set<number>): void {
    // Asking first is twenty times cheaper than an exception for each process of other users.
    const isForeign =
      this.#ownUid !== 0 && statSync(`${this.#root}/${pid}`, { throwIfNoEntry: false })?.uid !== this.#ownUid;
    if (isForeign) {
      this.#scanDenied += 1;
      return;
    }
    const directory = `${this.#root}/${pid}/fd`;
    let files: string[];
    try {
      files = readdirSync(directory);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EACCES') this.#scanDenied += 1;
      return;
    }
    for (const file of files) {
      const inode = socketInode(`${directory}/${file}`);
      if (inode === undefined || !wanted.delete(inode)) continue;
      this.#pidByInode.set(inode, pid);
      this.#missedScans.delete(inode);
    }
  }

  #count(rows: readonly ProcNetRow[], elapsedMs: number): void {
    this.counters.refreshes += 1;
    this.counters.lastMs = elapsedMs;
    this.counters.maxMs = Math.max(this.counters.maxMs, elapsedMs);
    this.counters.sockets = rows.length;
    this.counters.refusedSockets = this.#table.refused;
    this.counters.unownedSockets = rows.length - rows.filter((row) => this.#pidByInode.has(row.inode)).length;
  }
}

/** "socket:[12345]" -> 12345. */
function socketInode(path: string): number | undefined {
  try {
    const target = readlinkSync(path);
    return target.startsWith('socket:[') ? Number(target.slice(8, -1)) : undefined;
  } catch {
    return undefined;
  }
}
