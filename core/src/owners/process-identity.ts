// What a process is called and where it belongs, from what is known of it. Owns: the order in which signs name an application:
// a rule, the package it runs from, the script, the program, the name it gave itself. Must not know /proc, events or a file:
// a pure function, the same for both. Bound: every text of the result is safe and of bounded length.
import { basename } from 'node:path';
import type { ParentProcess } from '../api/events.js';
import { safeText } from '../kernel/safe-text.js';
import { type AppRules, type RuleSubject, UNKNOWN_EXE } from './app-rules.js';
import { type CgroupNames, cgroupNames } from './cgroup-names.js';
import { packageOfExe } from './packaged-exe.js';
import { scriptName } from './script-name.js';

const MAX_APP = 64;
const MAX_PARENTS = 8;
const MAX_PARENT_PROCESSES = 4;

export interface ProcessIdentity extends CgroupNames {
  readonly pid: number;
  /** What its application is called: helper processes and threads have the name of the whole. */
  readonly app: string;
  readonly exe?: string;
  readonly user?: string;
  /** Nearest first. */
  readonly parents?: readonly ParentProcess[];
}

export interface ParentFacts {
  /** Absent where only the name is known. */
  readonly pid?: number | undefined;
  readonly comm: string;
  readonly exe?: string | undefined;
}

export interface ProcessFacts extends ParentFacts {
  readonly pid: number;
  /** `exe`: where /proc/PID/exe points, or the file name given to exec, which may be relative. */
  readonly uid?: number | undefined;
  /** The text of /proc/PID/cgroup. */
  readonly cgroup?: string | undefined;
  /** Nearest first. */
  readonly parents?: readonly ParentFacts[] | undefined;
  /** Only an interpreter's is looked at, and only for the file name of its script. */
  readonly commandLine?: readonly string[] | undefined;
}

export interface IdentityNames {
  userName(uid: number): string;
  readonly rules: AppRules;
  /** What a container is called: `docker:web` for `docker:0123456789ab`; undefined when that cannot be told. */
  containerName?(cgroup: string): string | undefined;
}

export function describeProcess(facts: ProcessFacts, names: IdentityNames): ProcessIdentity {
  const { pid, uid, cgroup = '' } = facts;
  const exe = facts.exe?.replace(/ \(deleted\)$/, '') || undefined;
  const file = fileOf(exe);
  const packaged = exe === undefined ? undefined : packageOfExe(exe);
  const { unit, container: inCgroup, pod } = cgroupNames(cgroup);
  const named = inCgroup === undefined ? undefined : names.containerName?.(cgroup);
  const container = named === undefined ? (inCgroup ?? packaged?.container) : safeText(named, 128);
  const script = facts.commandLine && scriptName(file ?? facts.comm, facts.commandLine);
  const subject: RuleSubject = present({
    exe: exe ?? UNKNOWN_EXE,
    file,
    comm: facts.comm || undefined,
    unit,
    container,
    script,
    parent: facts.parents?.slice(0, MAX_PARENTS).map((parent) => fileOf(parent.exe) ?? parent.comm),
  });
  const app = names.rules.nameOf(subject) ?? packaged?.app ?? flatpakApp(file, container) ?? script;
  const lasting = unit === undefined ? undefined : lastingUnit(unit);
  return {
    pid,
    app: safeText(app ?? programName(file, facts.comm) ?? `pid ${pid}`, MAX_APP),
    ...present({
      exe: exe?.startsWith('/') === true ? safeText(exe) : undefined,
      user: uid === undefined ? undefined : safeText(names.userName(uid), MAX_APP),
      unit: lasting,
      container,
      pod,
      parents: parentProcesses(facts.parents),
    }),
  };
}

/** Those that can be found again, by the names of their programs. */
function parentProcesses(parents: readonly ParentFacts[] = []): ParentProcess[] | undefined {
  const known = parents.slice(0, MAX_PARENT_PROCESSES).flatMap(({ pid, comm, exe }) => {
    const name = programName(fileOf(exe?.replace(/ \(deleted\)$/, '')), comm);
    return pid === undefined ? [] : [{ pid, app: safeText(name || `pid ${pid}`, MAX_APP) }];
  });
  return known.length === 0 ? undefined : known;
}

/**
 * A unit by the name that stays: numbers that are counted up at each start are left out, or every start of a program would be
 * another row of history. The scope of a container is named by the container.
 */
export function lastingUnit(unit: string): string | undefined {
  if (/^(?:docker|libpod|crio|cri-containerd)-[0-9a-f]{64}\.scope$/.test(unit)) return undefined;
  return unit
    .replace(/^session-c?\d+\.scope$/, 'session.scope')
    .replace(/^(app-.+)-\d+\.scope$/, '$1.scope')
    .replace(/^(app-.+)@[^@]+\.service$/, '$1.service')
    .replace(/^(snap\..+)-[0-9a-f]{8}-[0-9a-f-]{27}\.scope$/, '$1.scope')
    .replace(/^(snap\..+)-\d+\.scope$/, '$1.scope')
    .replace(/^run-(?:u\d+|r[0-9a-f]{32}|p?\d+-i?\d+)\.(scope|service)$/, 'run.$1');
}

const fileOf = (exe: string | undefined): string | undefined =>
  (exe === undefined ? undefined : basename(exe)) || undefined;

/** Programs that are installed by version (…/versions/2.1.7) have a number for a file name. */
function programName(file: string | undefined, comm: string): string | undefined {
  if (file !== undefined && (/\p{L}/u.test(file) || !/\p{L}/u.test(comm))) return file;
  return comm || file;
}

/** What flatpak starts applications with is not the application. */
function flatpakApp(file: string | undefined, container: string | undefined): string | undefined {
  if (file !== 'bwrap' || container?.startsWith('flatpak:') !== true) return undefined;
  return container.split('.').at(-1);
}

type Present<Shape> = { readonly [Key in keyof Shape]?: Exclude<Shape[Key], undefined> };

function present<Shape extends object>(fields: Shape): Present<Shape> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<Shape>;
}
