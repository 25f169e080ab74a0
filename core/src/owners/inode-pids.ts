// Which process has a socket open: inodes by the open files of processes in /proc. Owns: the scan, what it found, what it gave up.
// Must not know: addresses, packets. Bound: SCAN_BUDGET_MS a scan, the rest goes on at the next; entries for the inodes asked for only.
import { readdirSync, readlinkSync, statSync } from 'node:fs';

const SCAN_BUDGET_MS = 40;
/** Whole scans without finding an inode, after which nobody looks for it again. */
const MAX_SCANS = 3;
const MAX_TOLD = 65_536;

export class InodePids {
  /** Processes whose open files could not be read for lack of permission, in the last whole scan. */
  deniedProcesses = 0;
  readonly #root: string;
  readonly #ownUid = process.geteuid?.() ?? 0;
  /** Process by socket inode; only of inodes that were asked for last. */
  #pidByInode = new Map<number, number>();
  /** As a helper with more rights saw them; only what is asked for is believed. */
  readonly #told = new Map<number, number>();
  /** Whole scans that did not find this inode. */
  #missedScans = new Map<number, number>();
  /** Processes still to be looked through, highest pid last. Empty: the scan is complete. */
  #scanLeft: number[] = [];
  /** What the scan under way has been looking for from its first process on. */
  #scanFor = new Set<number>();
  #scanDenied = 0;

  constructor(root = '/proc') {
    this.#root = root;
  }

  pidOf(inode: number): number | undefined {
    return this.#pidByInode.get(inode);
  }

  /** What somebody with more rights has seen: this process holds the socket with this inode. */
  tell(inode: number, pid: number): void {
    if (this.#told.size < MAX_TOLD) this.#told.set(inode, pid);
  }

  /** Looks for these inodes and forgets all others. */
  find(inodes: Iterable<number>): void {
    const wanted = this.#wantedInodes(inodes);
    if (wanted.size > 0) this.#scan(wanted);
  }

  /** Forgets inodes that are gone. @returns inodes without a process that are still worth looking for. */
  #wantedInodes(inodes: Iterable<number>): Set<number> {
    const pids = new Map<number, number>();
    const missed = new Map<number, number>();
    const wanted = new Set<number>();
    for (const inode of inodes) {
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
    this.deniedProcesses = this.#scanDenied;
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
