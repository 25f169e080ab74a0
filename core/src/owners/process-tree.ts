// Processes that run now, with what started them. Owns: the way up through /proc, and who of all runs an application.
// Must not know history. Bound: MAX_PARENTS steps up, MAX_LOOKED processes looked at.
import { readdirSync, readFileSync } from 'node:fs';
import { cgroupNames } from './cgroup-names.js';
import { ProcProcesses } from './proc-processes.js';
import { lastingUnit, type ProcessIdentity } from './process-identity.js';

const MAX_PARENTS = 12;
const MAX_LOOKED = 16_384;
const US_PER_S = 1_000_000;
/** USER_HZ: what /proc counts in on every architecture of Linux but Alpha. */
const TICKS_PER_S = 100;

/** `unit` is the one it runs in now, with the numbers that identities leave out: it can be asked for. */
export interface RunningProcess extends ProcessIdentity {
  /** When it was started; absent when the boot time cannot be read. */
  readonly startUs?: number;
}

export class ProcessTree {
  readonly #root: string;
  readonly #processes: ProcProcesses;
  #bootUs: number | undefined;

  constructor(root = '/proc', processes = new ProcProcesses(root)) {
    this.#root = root;
    this.#processes = processes;
  }

  /** undefined: nothing runs under this pid. */
  process(pid: number): RunningProcess | undefined {
    const stat = this.#processes.statOf(pid);
    const identity = stat && this.#processes.identityOf(pid);
    if (stat === undefined || identity === undefined) return undefined;
    const unit = this.#unitOf(pid);
    const running = unit === undefined ? identity : { ...identity, unit };
    this.#bootUs ??= this.#readBootUs();
    const ticks = Number(stat.startTime);
    if (this.#bootUs === undefined || !Number.isFinite(ticks)) return running;
    return { ...running, startUs: this.#bootUs + (ticks / TICKS_PER_S) * US_PER_S };
  }

  /** Nearest first, as far up as there is one. */
  parentsOf(pid: number): RunningProcess[] {
    const parents: RunningProcess[] = [];
    for (let at = this.#processes.statOf(pid)?.parentPid ?? 0; at > 0 && parents.length < MAX_PARENTS; ) {
      const parent = this.process(at);
      if (parent === undefined) break;
      parents.push(parent);
      at = this.#processes.statOf(at)?.parentPid ?? 0;
    }
    return parents;
  }

  /** Oldest first, at most `limit`: what started its helpers comes before them. */
  runningAs(app: string, limit: number): RunningProcess[] {
    const found: RunningProcess[] = [];
    for (const pid of this.#pids()) {
      if (found.length >= limit) break;
      if (this.#processes.identityOf(pid)?.app !== app) continue;
      const running = this.process(pid);
      if (running !== undefined) found.push(running);
    }
    return found;
  }

  /** The scope of a container says no more than the container. */
  #unitOf(pid: number): string | undefined {
    try {
      const { unit } = cgroupNames(readFileSync(`${this.#root}/${pid}/cgroup`, 'utf8'));
      return unit !== undefined && lastingUnit(unit) !== undefined ? unit : undefined;
    } catch {
      return undefined;
    }
  }

  #pids(): number[] {
    try {
      return readdirSync(this.#root)
        .map(Number)
        .filter((pid) => pid > 0)
        .sort((a, b) => a - b)
        .slice(0, MAX_LOOKED);
    } catch {
      return [];
    }
  }

  #readBootUs(): number | undefined {
    try {
      const seconds = /^btime (\d+)$/m.exec(readFileSync(`${this.#root}/stat`, 'utf8'))?.[1];
      return seconds === undefined ? undefined : Number(seconds) * US_PER_S;
    } catch {
      return undefined;
    }
  }
}
