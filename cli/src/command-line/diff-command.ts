// The command line of `kaipo diff`: two periods behind the command.
import { type CommandLine, dataCommand, examples, wholeNumber } from './command-line.js';
import { historyOptions, type RawHistoryOptions, withFilter } from './history-options.js';

const MAX_LIMIT = 10_000;

export function addDiffCommand(line: CommandLine): void {
  withFilter(dataCommand(line.program, 'diff', 'what changed between two periods: new, gone, more, less'))
    .argument(
      '[periods...]',
      'two of: yesterday, "last week", 2026-10, 2026-11-01..2026-11-07 (default: yesterday until this time of day, today)',
    )
    .option('-n, --limit <rows>', 'how many changes of each kind (default: 20)', wholeNumber(1, MAX_LIMIT))
    .addHelpText(
      'after',
      `
Applications, destinations (hosts by name) and protocols, the largest changes first. Periods that are not equally long, or not over,
are compared by bytes a day.
${examples('kaipo diff', 'kaipo diff "last week" "this week"', 'kaipo diff 2026-10 2026-11 --interface eth0', 'kaipo diff yesterday today --json')}`,
    )
    .action(async (words: string[], options: RawHistoryOptions) => {
      const { runDiff } = await import('../commands/diff.js');
      line.done(await runDiff({ ...historyOptions(line, options), words }));
    });
}
