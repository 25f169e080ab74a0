// What a process is, from /proc/PID. Owns: the cache of identities, keyed by pid and start time so that a reused pid is another process.
// Must not know: sockets. Command lines are not read: they hold secrets. Bound: MAX_PROCESSES identities, oldest out first.
import { readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { safeText } from '../kernel/safe-text.js';
import { type CgroupNames, cgroupNames } from './cgroup-names.js';
import { UserNames } from './user-names.js';

export const MAX_PROCESSES = 16_384;

export interface ProcessIdentity extends CgroupNames {
  readonly pid: number;
  /** File name of the program, else the name the process gave itself. */
  readonly app: string;
  readonly exe?: string;
  readonly user?: string;
}

export class ProcProcesses {
  readonly #root: string;
  readonly #users: UserNames;
  readonly #known = new Map<number, { startTime: string; identity: ProcessIdentity }>();

  constructor(root = '/proc', users = new UserNames()) {
    this.#root = root;
    this.#users = users;
  }

  /** undefined: the process is gone. */
  identityOf(pid: number): ProcessIdentity | undefined {
    const stat = this.#read(pid, 'stat');
    if (stat === undefined) return undefined;
    // `pid (comm) state …`: comm may hold anything, also ")". Start time is field 22, the twentieth after it.
    const close = stat.lastIndexOf(')');
    const startTime = stat.slice(close + 2).split(' ')[19] ?? '';
    const known = this.#known.get(pid);
    if (known !== undefined && known.startTime === startTime) return known.identity;
    const identity = this.#readIdentity(pid, stat.slice(stat.indexOf('(') + 1, close));
    this.#known.delete(pid);
    if (this.#known.size >= MAX_PROCESSES) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(pid, { startTime, identity });
    return identity;
  }

  #readIdentity(pid: number, comm: string): ProcessIdentity {
    const exe = this.#exe(pid);
    const uid = /^Uid:\s+\d+\s+(\d+)/m.exec(this.#read(pid, 'status') ?? '')?.[1];
    return {
      pid,
      app: safeText((exe && basename(exe)) || comm || `pid ${pid}`, 64),
      ...(exe === undefined ? {} : { exe: safeText(exe) }),
      ...(uid === undefined ? {} : { user: this.#users.nameOf(Number(uid)) }),
      ...cgroupNames(this.#read(pid, 'cgroup') ?? ''),
    };
  }

  #exe(pid: number): string | undefined {
    try {
      return readlinkSync(`${this.#root}/${pid}/exe`).replace(/ \(deleted\)$/, '') || undefined;
    } catch {
      // Another user's process, or a kernel thread.
      return undefined;
    }
  }

  #read(pid: number, file: string): string | undefined {
    try {
      return readFileSync(`${this.#root}/${pid}/${file}`, 'utf8');
    } catch {
      return undefined;
    }
  }
}
