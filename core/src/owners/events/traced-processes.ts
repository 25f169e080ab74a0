// Processes as the kernel's events tell of them: forks, programs started, ends. Owns: which process a task belongs to, and what is known
// of it also after it is gone. Must not know sockets. Bounds: MAX_TASKS tasks, the oldest goes first; MAX_PARENTS names of
// parents; READS_A_ROUND looks into /proc a round, because most short-lived processes are gone by then anyway.
import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { basename } from 'node:path';
import type { FlowOwner } from '../../api/events.js';
import { safeText } from '../../kernel/safe-text.js';
import type { ProcProcesses } from '../proc-processes.js';
import type { SnapshotRow } from './snapshot-rows.js';

const MAX_TASKS = 65_536;
const READS_A_ROUND = 300;
/** include/uapi/linux/sched.h */
const CLONE_THREAD = 0x0001_0000;
const CLONE_NEWNET = 0x4000_0000;
/** A process in /proc is the one that was forked when it began within so much of that moment: the kernel counts in hundredths. */
const START_SLACK_US = 60_000;
const US_A_TICK = 10_000;

export interface TracedProcess {
  readonly pid: number;
  /** Path of the program: as it was started, else as /proc has it. */
  exe: string | undefined;
  /** Name of the task, where there is no path. */
  comm: string | undefined;
  user: string | undefined;
  unit: string | undefined;
  container: string | undefined;
  isKernel: boolean;
  /** Monotonic; undefined: before the events began. */
  readonly bornUs: number | undefined;
  endedUs: number;
  /** Network namespace by inode; undefined: not known. */
  readonly net: number | undefined;
  /** /proc was asked, or is not worth asking any more. */
  isIdentified: boolean;
  owner: Omit<FlowOwner, 'quality'> | undefined;
}

export class TracedProcesses {
  readonly #live: ProcProcesses;
  readonly #root: string;
  readonly #tasks = new Map<number, TracedProcess>();
  readonly #snapshot = new Map<number, SnapshotRow>();
  #readsLeft = READS_A_ROUND;

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

  newTask(parentTask: number, task: number, cloneFlags: number, timeUs: number): void {
    const parent = this.ofTask(parentTask);
    if ((cloneFlags & CLONE_THREAD) !== 0) {
      this.#keep(task, parent);
      return;
    }
    // What the child is then, whether or not anybody gets to look at it.
    this.identify(parent);
    this.#keep(task, {
      pid: task,
      exe: parent.exe,
      comm: parent.comm,
      user: parent.user,
      unit: parent.unit,
      container: parent.container,
      isKernel: parent.isKernel,
      bornUs: timeUs,
      endedUs: Number.POSITIVE_INFINITY,
      net: (cloneFlags & CLONE_NEWNET) === 0 ? parent.net : undefined,
      isIdentified: false,
      owner: undefined,
    });
  }

  /** The task runs another program now. @param path as it was given to execve: it may be relative, and of a script it is the script. */
  exec(task: number, oldTask: number, path: string): void {
    // A thread that starts a program becomes the process: its number is that of the process from now on.
    const process = this.ofTask(task);
    if (oldTask !== task) this.#tasks.delete(oldTask);
    process.exe = path;
    process.comm = basename(path);
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
    if (known !== undefined) return known;
    const status = this.#read(task, 'status');
    const pid = Number(/^Tgid:\s+(\d+)/m.exec(status)?.[1] ?? task);
    const process = this.#tasks.get(pid) ?? this.#older(pid, status);
    this.#keep(task, process);
    if (pid !== task) this.#keep(pid, process);
    return process;
  }

  /** The identity, looked up the first time, while the process may still be there. */
  ownerOf(process: TracedProcess): Omit<FlowOwner, 'quality'> {
    this.identify(process);
    process.owner ??= describe(process);
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
    const live = this.#live.identityOf(process.pid);
    if (live === undefined || !this.#isSame(process)) return;
    // A relative path says less than what /proc has, where it may be read.
    if (process.exe === undefined || !process.exe.startsWith('/')) process.exe = live.exe ?? process.exe;
    process.user = live.user ?? process.user;
    process.unit = live.unit;
    process.container = live.container;
    process.comm ??= live.app;
    process.owner = undefined;
  }

  /** Is what /proc has under this number the process that was forked then? */
  #isSame(process: TracedProcess): boolean {
    if (process.bornUs === undefined) return true;
    // `pid (comm) state …`: comm may hold anything, also ")". Start time is field 22, the twentieth after it.
    const stat = this.#read(process.pid, 'stat');
    const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
    const nowUs = Number(globalThis.process.hrtime.bigint() / 1000n);
    const bornUs = ticks * US_A_TICK - (uptime() * 1e6 - nowUs);
    return Math.abs(bornUs - process.bornUs) < START_SLACK_US;
  }

  #older(pid: number, status: string): TracedProcess {
    const row = this.#snapshot.get(pid);
    return {
      pid,
      exe: row?.exe,
      comm: /^Name:\s+(.{1,64})$/m.exec(status)?.[1],
      user: undefined,
      unit: undefined,
      container: undefined,
      // Kernel threads have no memory of their own.
      isKernel: status !== '' && !/^VmSize:/m.test(status),
      bornUs: undefined,
      endedUs: Number.POSITIVE_INFINITY,
      net: row?.net,
      isIdentified: false,
      owner: undefined,
    };
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

function describe(process: TracedProcess): Omit<FlowOwner, 'quality'> {
  const { pid, exe, comm, user, unit, container, isKernel } = process;
  if (isKernel) return { app: 'kernel', pid };
  return {
    app: safeText((exe !== undefined && basename(exe)) || comm || `pid ${pid}`, 64),
    pid,
    ...(exe === undefined ? {} : { exe: safeText(exe) }),
    ...(user === undefined ? {} : { user }),
    ...(unit === undefined ? {} : { unit }),
    ...(container === undefined ? {} : { container }),
  };
}
