// Processes as the kernel's events tell of them: forks, programs started, ends. Owns: which process a task belongs to, and what is known
// of it also after it is gone. Must not know sockets. Bounds: MAX_TASKS tasks, the oldest goes first; MAX_PARENTS names of
// parents; READS_A_ROUND looks into /proc a round, because most short-lived processes are gone by then anyway.
import { readFileSync, realpathSync } from 'node:fs';
import { uptime } from 'node:os';
import { basename } from 'node:path';
import type { FlowOwner } from '../../api/events.js';
import { type AppRules, appRulesInUse } from '../app-rules.js';
import type { ProcProcesses, ProcStat } from '../proc-processes.js';
import type { ProcessFacts } from '../process-identity.js';
import type { SnapshotRow } from './snapshot-rows.js';

const MAX_TASKS = 65_536;
const READS_A_ROUND = 60;
const MAX_PARENTS = 4;
/** include/uapi/linux/sched.h */
const CLONE_THREAD = 0x0001_0000;
/** A process in /proc is the one that was forked when it began within so much of that moment: the kernel counts in hundredths. */
const START_SLACK_US = 60_000;
const US_A_TICK = 10_000;
const NEVER = Number.NEGATIVE_INFINITY;
/** A kernel keeps this much of the name of a task. */
const COMM_CHARACTERS = 15;

/** What forks share until one of them is known better: user and cgroup of the one they descend from. */
interface Lineage {
  /** The process that was there before the events. */
  readonly pid: number;
  isAsked: boolean;
  uid: number | undefined;
  cgroup: string | undefined;
}

export interface TracedProcess {
  readonly pid: number;
  readonly lineage: Lineage;
  /** What is known of it, as far as it goes: inherited, told by events, read while it lived. */
  facts: ProcessFacts;
  isKernel: boolean;
  /** Monotonic; undefined: before the events began. */
  readonly bornUs: number | undefined;
  endedUs: number;
  /** In ticks since the machine began, where /proc said it. */
  readonly startTicks: number | undefined;
  /** When that it runs this program was proven last; NEVER: by nothing. */
  namedUs: number;
  /** /proc was asked, or is not worth asking any more. */
  isIdentified: boolean;
  owner: Omit<FlowOwner, 'quality'> | undefined;
  /** The rules it was named by. */
  namedBy: AppRules | undefined;
}

export class TracedProcesses {
  readonly #live: ProcProcesses;
  readonly #root: string;
  readonly #tasks = new Map<number, TracedProcess>();
  readonly #snapshot = new Map<number, SnapshotRow>();
  #readsLeft = READS_A_ROUND;
  /** What was proven before may have changed: events were lost since. */
  #doubtUs = NEVER;

  constructor(live: ProcProcesses, root = '/proc') {
    this.#live = live;
    this.#root = root;
  }

  get size(): number {
    return this.#tasks.size;
  }

  beginRound(): void {
    this.#readsLeft = READS_A_ROUND;
  }

  addSnapshot(row: SnapshotRow): void {
    if (this.#snapshot.size < MAX_TASKS) this.#snapshot.set(row.pid, row);
  }

  /** Events up to this moment are missing: who lives must prove anew what it is. */
  doubt(untilUs: number): void {
    this.#doubtUs = untilUs;
  }

  newTask(parentTask: number, task: number, cloneFlags: number, timeUs: number): void {
    const parent = this.ofTask(parentTask);
    if ((cloneFlags & CLONE_THREAD) !== 0) {
      this.#keep(task, parent);
      return;
    }
    const { facts, lineage } = parent;
    // Once a line: who founded it may be gone when somebody wants to know.
    this.#inherited(lineage);
    this.#keep(task, {
      pid: task,
      lineage,
      facts: {
        ...facts,
        pid: task,
        parents: [{ pid: facts.pid, comm: facts.comm, exe: facts.exe }, ...(facts.parents ?? [])].slice(0, MAX_PARENTS),
      },
      isKernel: parent.isKernel,
      bornUs: timeUs,
      endedUs: Number.POSITIVE_INFINITY,
      startTicks: undefined,
      namedUs: parent.namedUs,
      isIdentified: false,
      owner: undefined,
      namedBy: undefined,
    });
  }

  /** The task runs another program now. @param path as it was given to execve: it may be relative, and of a script it is the script. */
  exec(task: number, oldTask: number, path: string, timeUs: number): void {
    // A thread that starts a program becomes the process: its number is that of the process from now on.
    const process = this.ofTask(task);
    if (oldTask !== task) this.#tasks.delete(oldTask);
    process.facts = { ...process.facts, exe: path, comm: basename(path), commandLine: undefined };
    process.isKernel = false;
    process.namedUs = timeUs;
    process.owner = undefined;
    process.isIdentified = false;
  }

  /** @param isWhole the last task of its process ended; where the kernel does not say it, its first one has to do. */
  exit(task: number, isWhole: boolean, timeUs: number): void {
    const process = this.#tasks.get(task);
    if (process === undefined) return;
    this.#tasks.delete(task);
    if (!isWhole && process.pid !== task) return;
    process.endedUs = timeUs;
    this.#tasks.delete(process.pid);
    this.#snapshot.delete(process.pid);
  }

  /** Never undefined: of a task that began before the events and is gone, its number is all that is known. */
  ofTask(task: number): TracedProcess {
    const known = this.#tasks.get(task);
    if (known !== undefined && (known.namedUs >= this.#doubtUs || this.#confirm(known))) return known;
    const status = this.#read(task, 'status');
    const pid = Number(/^Tgid:\s+(\d+)/m.exec(status)?.[1] ?? task);
    const first = this.#tasks.get(pid);
    const process = first === undefined || first === known ? this.#older(pid, status) : first;
    this.#keep(task, process);
    if (pid !== task) this.#keep(pid, process);
    return process;
  }

  /** undefined: there was no room to follow it. A pid that another process has by now does not run. */
  isRunning(process: TracedProcess): boolean | undefined {
    if (process.endedUs !== Number.POSITIVE_INFINITY) return false;
    const known = this.#tasks.get(process.pid);
    return known === undefined ? undefined : known === process;
  }

  /** The identity, looked up the first time, while the process may still be there. */
  ownerOf(process: TracedProcess): Omit<FlowOwner, 'quality'> {
    this.identify(process);
    const rules = appRulesInUse();
    if (process.owner === undefined || process.namedBy !== rules) {
      process.namedBy = rules;
      process.owner = this.#describe(process);
    }
    return process.owner;
  }

  /** Asks /proc while it can still answer. */
  identify(process: TracedProcess): void {
    if (process.isIdentified) return;
    if (process.endedUs !== Number.POSITIVE_INFINITY) {
      process.isIdentified = true;
      return;
    }
    if (this.#readsLeft <= 0) return;
    this.#readsLeft -= 1;
    process.isIdentified = true;
    const stat = this.#live.statOf(process.pid);
    if (stat === undefined || !isSame(process, stat)) return;
    const live = this.#live.factsOf(process.pid, stat, process.facts.exe);
    if (!runs(live, process.facts.exe)) return;
    process.facts = { ...live, parents: live.parents ?? process.facts.parents };
    process.owner = undefined;
  }

  /** Asks /proc whether this process is still there and what it runs. False: it is gone, or its number is another's. */
  #confirm(process: TracedProcess): boolean {
    const stat = process.endedUs === Number.POSITIVE_INFINITY ? this.#live.statOf(process.pid) : undefined;
    if (stat === undefined || !isSame(process, stat)) return false;
    const live = this.#live.factsOf(process.pid, stat);
    // Where the program of another user's process may not be read, its name says whether it is still the same.
    const { exe } = process.facts;
    const isStill = exe !== undefined && basename(exe).slice(0, COMM_CHARACTERS) === stat.comm;
    process.facts = {
      ...live,
      exe: live.exe ?? (isStill ? exe : undefined),
      parents: live.parents ?? process.facts.parents,
    };
    process.owner = undefined;
    process.namedUs = this.#now();
    return true;
  }

  /** Of what /proc says now: after everything that is missing. */
  #now(): number {
    return Math.max(monotonicUs(), this.#doubtUs + 1);
  }

  #older(pid: number, status: string): TracedProcess {
    const stat = this.#live.statOf(pid);
    const ticks = Number(stat?.startTime);
    const found = this.#snapshot.get(pid);
    // Another process may have the number by now.
    const row = found?.startTicks === ticks || status === '' ? found : undefined;
    // After a loss the row may say what it ran before: /proc is asked.
    const isDoubtful = this.#doubtUs !== NEVER;
    const exe = isDoubtful && stat !== undefined ? this.#live.factsOf(pid, stat).exe : row?.exe;
    return {
      pid,
      lineage: { pid, isAsked: false, uid: undefined, cgroup: undefined },
      facts: { pid, exe, comm: /^Name:\s+(.{1,64})$/m.exec(status)?.[1] ?? '' },
      // Kernel threads have no memory of their own.
      isKernel: status !== '' && !/^VmSize:/m.test(status),
      bornUs: undefined,
      endedUs: Number.POSITIVE_INFINITY,
      startTicks: status === '' ? undefined : ticks,
      namedUs: status === '' || !isDoubtful ? NEVER : this.#now(),
      isIdentified: false,
      owner: undefined,
      namedBy: undefined,
    };
  }

  #describe(process: TracedProcess): Omit<FlowOwner, 'quality'> {
    if (process.isKernel) return { app: 'kernel', pid: process.pid };
    const { uid, cgroup } = process.facts.uid === undefined ? this.#inherited(process.lineage) : process.facts;
    const { pod: _, ...owner } = this.#live.describe({ ...process.facts, uid, cgroup });
    return owner;
  }

  /** Of a process that was gone before anybody could look. What the first process starts is often somebody else's: not of that. */
  #inherited(lineage: Lineage): Pick<ProcessFacts, 'uid' | 'cgroup'> {
    if (!lineage.isAsked && lineage.pid > 1) {
      const stat = this.#live.statOf(lineage.pid);
      const facts = stat && this.#live.factsOf(lineage.pid, stat);
      lineage.uid = facts?.uid;
      lineage.cgroup = facts?.cgroup;
    }
    lineage.isAsked = true;
    return lineage;
  }

  #read(task: number, file: string): string {
    try {
      return readFileSync(`${this.#root}/${task}/${file}`, 'latin1');
    } catch {
      return '';
    }
  }

  #keep(task: number, process: TracedProcess): void {
    this.#tasks.delete(task);
    if (this.#tasks.size >= MAX_TASKS) this.#tasks.delete(this.#tasks.keys().next().value!);
    this.#tasks.set(task, process);
  }
}

/** Is what /proc has under this number the process that was forked then? */
function isSame(process: TracedProcess, { startTime }: ProcStat): boolean {
  if (process.startTicks !== undefined) return Number(startTime) === process.startTicks;
  if (process.bornUs === undefined) return true;
  const bornUs = Number(startTime) * US_A_TICK - (uptime() * 1e6 - monotonicUs());
  return Math.abs(bornUs - process.bornUs) < START_SLACK_US;
}

const monotonicUs = (): number => Number(globalThis.process.hrtime.bigint() / 1000n);

/** Times are hundredths of a second, and a number can be another's by then: the program must be the one the kernel told of. */
function runs(live: ProcessFacts, told: string | undefined): boolean {
  if (told === undefined || live.exe === undefined || live.exe === told || !told.startsWith('/')) return true;
  const name = basename(told);
  return live.commandLine?.some((word) => basename(word) === name) === true || realPath(told) === live.exe;
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
