// What runs under a number at the moment, for details of a row. Owns nothing; asked for one row an interval, for each who watches one.
import { ProcessTree } from '@kaipo/core/owners/process-tree.js';
import type { DetailKnowledge } from '@kaipo/core/query/live-details.js';

export function runningProcesses(tree = new ProcessTree()): Required<Pick<DetailKnowledge, 'processOf'>> {
  return {
    processOf(pid) {
      const found = tree.process(pid);
      return found && { ...found, parents: tree.parentsOf(pid).map(({ pid: number, app }) => ({ pid: number, app })) };
    },
  };
}
