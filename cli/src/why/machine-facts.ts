// What this machine knows of a process, a program and a unit at this moment. Owns: which of the parts is asked, and that a
// question nobody can answer has no answer instead of an error. Must not know history. Bound: that of its parts.
import { ExecutableHashes } from '@kaipo/core/owners/executable-hash.js';
import { type FilePackage, packageOfFile } from '@kaipo/core/owners/file-package.js';
import { ProcessTree, type RunningProcess } from '@kaipo/core/owners/process-tree.js';
import { timerOfUnit, type UnitTimer } from '@kaipo/core/owners/unit-timer.js';

export interface MachineFacts {
  process(pid: number): RunningProcess | undefined;
  /** Nearest first. */
  parentsOf(pid: number): readonly RunningProcess[];
  /** Oldest first. */
  runningAs(app: string, limit: number): readonly RunningProcess[];
  timerOf(unit: string): UnitTimer | undefined;
  packageOf(exe: string): Promise<FilePackage | undefined>;
  hashOf(path: string): Promise<string | undefined>;
}

export function thisMachine(): MachineFacts {
  const tree = new ProcessTree();
  const hashes = new ExecutableHashes();
  return {
    process: (pid) => tree.process(pid),
    parentsOf: (pid) => tree.parentsOf(pid),
    runningAs: (app, limit) => tree.runningAs(app, limit),
    timerOf: (unit) => timerOfUnit(unit),
    packageOf: (exe) => packageOfFile(exe),
    hashOf: (path) => hashes.hashOf(path),
  };
}
