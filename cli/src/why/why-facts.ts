// What history and this machine know of a subject, joined. Owns: which process that runs now stands for it, and that a pid which
// was given to another process since is not it. Must not know screens. Bound: that of its parts.
import type { FlowOwner } from '@kaipo/core/api/events.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import type { FilePackage } from '@kaipo/core/owners/file-package.js';
import type { RunningProcess } from '@kaipo/core/owners/process-tree.js';
import type { UnitTimer } from '@kaipo/core/owners/unit-timer.js';
import { findSubject, queryWhy, type WhyAnswer, type WhySubject } from '@kaipo/core/query/why.js';
import type { HistoryContext } from '../history/history-context.js';
import type { MachineFacts } from './machine-facts.js';

/** Processes of one application that are counted. */
const MAX_RUNNING = 1000;
const US_PER_S = 1_000_000;

export interface WhyFacts {
  readonly answer: WhyAnswer;
  /** Who it is as it was recorded, where it is not running any more. */
  readonly owner?: FlowOwner;
  readonly process?: RunningProcess;
  /** Nearest first. */
  readonly parents: readonly RunningProcess[];
  /** Processes of the application that run now. */
  readonly running: number;
  readonly timer?: UnitTimer;
  readonly package?: FilePackage;
  readonly sha256?: string;
}

/** Raises KAIPO_NO_INPUT when nothing is called that, with what may have been meant. */
export async function gatherWhy(context: HistoryContext, text: string, machine: MachineFacts): Promise<WhyFacts> {
  const { store, range, config } = context;
  const found = findSubject(store, text, {
    appOfPid: (pid) => machine.process(pid)?.app,
    isRunning: (app) => machine.runningAs(app, 1).length > 0,
  });
  if (!('subject' in found)) throw unknownSubject(text, found.nearest);
  const answer = queryWhy(store, found.subject, range);
  const owner = ownerOf(answer);
  const app = appOf(found.subject) ?? owner?.app;
  const all = app === undefined ? [] : machine.runningAs(app, MAX_RUNNING);
  const process = processOf(found.subject, owner, all, machine);
  const exe = process?.exe ?? owner?.exe ?? answer.identities.find((row) => row.exe !== undefined)?.exe;
  const unit = process?.unit ?? owner?.unit ?? answer.identities.find((row) => row.unit !== undefined)?.unit;
  const timer = unit === undefined ? undefined : machine.timerOf(unit);
  const packaged = exe === undefined ? undefined : await machine.packageOf(exe);
  // What runs, also when its file was replaced since.
  const file = process === undefined ? exe : `/proc/${process.pid}/exe`;
  const sha256 = config.owners.hashExecutables && file !== undefined ? await machine.hashOf(file) : undefined;
  return {
    answer,
    ...(owner !== undefined && { owner }),
    ...(process !== undefined && { process }),
    parents: process === undefined ? [] : machine.parentsOf(process.pid),
    running: all.length,
    ...(timer !== undefined && { timer }),
    ...(packaged !== undefined && { package: packaged }),
    ...(sha256 !== undefined && { sha256 }),
  };
}

const appOf = (subject: WhySubject): string | undefined =>
  subject.kind === 'app' || subject.kind === 'process' ? subject.app : undefined;

function ownerOf({ subject, owner }: WhyAnswer): FlowOwner | undefined {
  if (subject.kind === 'flow') return subject.flow.owner;
  if (owner === undefined) return undefined;
  const { atUs: _, ...rest } = owner;
  return rest;
}

/** A process with this pid and name; of a flow one that was there before the flow ended. Of an application else its oldest. */
function processOf(
  subject: WhySubject,
  owner: FlowOwner | undefined,
  all: readonly RunningProcess[],
  machine: MachineFacts,
): RunningProcess | undefined {
  const pid = subject.kind === 'process' ? subject.pid : owner?.pid;
  const running = pid === undefined ? undefined : machine.process(pid);
  const app = appOf(subject) ?? owner?.app;
  const isSame = running !== undefined && running.app === app && wasThere(running, subject);
  if (isSame) return running;
  return subject.kind === 'app' ? all[0] : undefined;
}

function wasThere({ startUs }: RunningProcess, subject: WhySubject): boolean {
  return subject.kind !== 'flow' || startUs === undefined || startUs <= subject.flow.endUs + US_PER_S;
}

function unknownSubject(text: string, nearest: readonly string[]): KaipoError {
  const told = `nothing in history or running here is called "${safeText(text, 64)}"`;
  const near = nearest.map((name) => safeText(name, 64));
  if (near.length === 0) return new KaipoError('KAIPO_NO_INPUT', told, 'kaipo apps --since 30d');
  return new KaipoError('KAIPO_NO_INPUT', `${told}; near it: ${near.join(', ')}`, `kaipo why ${quoted(near[0]!)}`);
}

const quoted = (name: string): string => (/^[\w.:@%+/-]+$/.test(name) ? name : `'${name.replaceAll("'", '')}'`);
