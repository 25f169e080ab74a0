// `kaipo db prune`: removes old history for good, while a recorder goes on.
import { wallClockUs } from '@kaipo/core/kernel/clock.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { EXIT_OK } from '@kaipo/core/kernel/exit-codes.js';
import { formatBytes } from '@kaipo/core/kernel/units.js';
import { localText, parseTime } from '@kaipo/core/query/time-range.js';
import { type PruneAnswer, pruneStore } from '@kaipo/core/store/store-prune.js';
import type { DataOptions } from '../command-line/command-line.js';
import { writeFacts } from '../db/one-answer.js';
import { reportError } from '../output/report-error.js';
import { runnableCommand, shellWord } from '../output/runnable-command.js';
import { loadSettings, storeOptions } from '../settings/settings.js';

export interface DbPruneOptions extends DataOptions {
  readonly before?: string;
  readonly flowsBefore?: string;
  readonly isDry: boolean;
}

const US_PER_S = 1_000_000;

export async function runDbPrune(options: DbPruneOptions): Promise<number> {
  try {
    const { before, flowsBefore, isDry } = options;
    if (before === undefined && flowsBefore === undefined) {
      throw new KaipoError('KAIPO_USAGE', 'say what is old', 'kaipo db prune --before 2025-01-01 --dry-run');
    }
    const { config, storeDir } = await loadSettings(options);
    const nowUs = wallClockUs();
    const second = (text: string): number => Math.floor(parseTime(text, 'from', nowUs) / US_PER_S);
    const answer = await pruneStore(storeOptions(config), {
      ...(before === undefined ? {} : { beforeS: second(before) }),
      ...(flowsBefore === undefined ? {} : { flowsBeforeS: second(flowsBefore) }),
      dryRun: isDry,
    });
    const { keptFromS, flowsKeptFromS, incidents, ...removed } = answer;
    const facts = {
      path: storeDir,
      dryRun: isDry,
      keptFrom: keptFromS,
      flowsKeptFrom: flowsKeptFromS,
      ...removed,
      alerts: incidents,
    };
    writeFacts('prune', facts, () => text(answer, isDry, before !== undefined, options.store), options);
    return EXIT_OK;
  } catch (error) {
    return reportError(error);
  }
}

function text(answer: PruneAnswer, isDry: boolean, isForDays: boolean, store: string | undefined): string {
  const { keptFromS, flowsKeptFromS, bucketEntries, flows, flowBytes, nameBytes, incidents } = answer;
  const goes = isDry ? 'Would remove' : 'Removed';
  const isAnything = keptFromS !== undefined || flowBytes + nameBytes + incidents > 0;
  const compact = store === undefined ? 'kaipo db compact' : `kaipo db compact --store ${shellWord(store)}`;
  const lines = [
    isForDays && keptFromS === undefined ? 'No whole day of history is that old.\n' : '',
    keptFromS === undefined
      ? ''
      : `${goes} history before ${localText(keptFromS * US_PER_S)}: ${bucketEntries} entries. Days go whole or stay.\n`,
    flowsKeptFromS === undefined
      ? ''
      : `${goes} ${flows} flows (${formatBytes(flowBytes)}) and answered names (${formatBytes(nameBytes)}) before ${localText(flowsKeptFromS * US_PER_S)}.\n`,
    incidents === 0 ? '' : `${goes} ${incidents} alerts that were over before.\n`,
    isDry || !isAnything ? '' : `The room is used again; to give it back to the disk: ${runnableCommand(compact)}\n`,
  ];
  return lines.join('');
}
