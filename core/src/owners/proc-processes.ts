// What a process is, from /proc/PID. Owns: what is read of a process, and the cache of identities, keyed by pid, start time, name
// and program: a reused pid is another process, and one that started another program is told anew. Must not know: sockets.
// Of command lines only those of interpreters are read, and only the file name of the script is kept: the rest holds secrets.
// Bound: MAX_PROCESSES identities, oldest out first; MAX_PARENTS parents.
import { readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { type AppRules, appRulesInUse } from './app-rules.js';
import { ContainerNames } from './container-names.js';
import { describeProcess, type ParentFacts, type ProcessFacts, type ProcessIdentity } from './process-identity.js';
import { isInterpreter } from './script-name.js';
import { UserNames } from './user-names.js';

export const MAX_PROCESSES = 16_384;
const MAX_PARENTS = 4;
const MAX_COMMAND_LINE = 16_384;

export interface ProcStat {
  /** The name the process gave itself, as it is. */
  readonly comm: string;
  readonly parentPid: number;
  /** Clock ticks since the boot: with the pid, who it is. */
  readonly startTime: string;
}

/** `pid (comm) state ppid …`: comm may hold anything, also ")". Start time is field 22. */
export function parseProcStat(stat: string): ProcStat {
  const close = stat.lastIndexOf(')');
  const fields = stat.slice(close + 2).split(' ');
  return {
    comm: stat.slice(stat.indexOf('(') + 1, close),
    parentPid: Number(fields[1]) || 0,
    startTime: fields[19] ?? '',
  };
}

export class ProcProcesses {
  readonly #root: string;
  readonly #users: UserNames;
  readonly #containers: ContainerNames;
  readonly #known = new Map<number, { readonly signs: string; readonly identity: ProcessIdentity }>();
  #rules: AppRules | undefined;

  constructor(root = '/proc', users = new UserNames(), containers = new ContainerNames()) {
    this.#root = root;
    this.#users = users;
    this.#containers = containers;
  }

  /** undefined: the process is gone. */
  identityOf(pid: number): ProcessIdentity | undefined {
    this.#takeRules();
    const stat = this.statOf(pid);
    if (stat === undefined) return undefined;
    // What was forked may start another program later, under the same number and with the same begin.
    const signs = `${stat.startTime} ${stat.comm} ${this.#exe(pid) ?? ''}`;
    const known = this.#known.get(pid);
    if (known?.signs === signs) return known.identity;
    const identity = this.describe(this.factsOf(pid, stat));
    this.#known.delete(pid);
    if (this.#known.size >= MAX_PROCESSES) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(pid, { signs, identity });
    return identity;
  }

  statOf(pid: number): ProcStat | undefined {
    const stat = this.#read(pid, 'stat');
    return stat === undefined ? undefined : parseProcStat(stat);
  }

  /** Rules that were edited name every process anew. */
  #takeRules(): void {
    const rules = appRulesInUse();
    if (rules !== this.#rules) this.#known.clear();
    this.#rules = rules;
  }

  /** What is known of a process that runs. @param knownExe where it may not be read here, but was seen elsewhere. */
  factsOf(pid: number, { comm, parentPid }: ProcStat, knownExe?: string): ProcessFacts {
    const exe = this.#exe(pid) ?? knownExe;
    const uid = /^Uid:\s+\d+\s+(\d+)/m.exec(this.#read(pid, 'status') ?? '')?.[1];
    return {
      pid,
      comm,
      exe,
      uid: uid === undefined ? undefined : Number(uid),
      cgroup: this.#read(pid, 'cgroup'),
      commandLine: isInterpreter(exe === undefined ? comm : basename(exe)) ? this.#commandLine(pid) : undefined,
      parents: appRulesInUse().needParents ? this.#parents(parentPid) : undefined,
    };
  }

  /** By the rules in use. */
  describe(facts: ProcessFacts): ProcessIdentity {
    return describeProcess(facts, {
      userName: (id) => this.#users.nameOf(id),
      rules: appRulesInUse(),
      containerName: (cgroup) => this.#containers.nameOf(cgroup),
    });
  }

  #parents(first: number): ParentFacts[] {
    const parents: ParentFacts[] = [];
    for (let pid = first; pid > 1 && parents.length < MAX_PARENTS; ) {
      const stat = this.statOf(pid);
      if (stat === undefined) break;
      parents.push({ pid, comm: stat.comm, exe: this.#exe(pid) });
      pid = stat.parentPid;
    }
    return parents;
  }

  #commandLine(pid: number): string[] | undefined {
    return this.#read(pid, 'cmdline')?.slice(0, MAX_COMMAND_LINE).split('\0');
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
