// The command line of `kaipo tune`: a rule, a period, settings to try.
import { type CommandLine, collect, dataCommand, examples } from './command-line.js';
import { historyOptions, type RawHistoryOptions, withPeriod } from './history-options.js';

interface RawTuneOptions extends RawHistoryOptions {
  readonly rule: string;
  readonly last?: string;
  readonly set?: readonly string[];
  readonly thresholds?: string | true;
}

export function addTuneCommand(line: CommandLine): void {
  withPeriod(
    dataCommand(line.program, 'tune', 'try an alert rule on the past: what would it have said?'),
    'last 30 days',
  )
    .requiredOption('--rule <name>', 'the rule: volume-spike, silence, new-destination … (kaipo plugins list)')
    .option('--last <time>', 'so long until now: 30d, 12h, 8w')
    .option('--set <key=value>', 'try this setting of the rule (repeatable)', collect)
    .option(
      '--thresholds [key=values]',
      'and several values of one setting, as factor=2,4,8; without values some round it',
    )
    .addHelpText(
      'after',
      `
The rule runs as it does live, over stored intervals, flows and names. It learns from what is before the period.
${examples(
  'kaipo tune --rule volume-spike --last 30d',
  'kaipo tune --rule volume-spike --set factor=3 --set min_mb=200',
  'kaipo tune --rule volume-spike --thresholds factor=2,3,5,8 --format csv',
  'kaipo tune --rule new-destination last week --json',
)}`,
    )
    .action(async (period: string[], options: RawTuneOptions) => {
      const { runTune } = await import('../commands/tune.js');
      const { rule, set = [], last, thresholds } = options;
      const asked = historyOptions(line, options, period);
      line.done(
        await runTune({
          ...asked,
          ...(last !== undefined && { since: `-${last.replace(/^-/, '')}` }),
          rule,
          set,
          ...(thresholds !== undefined && { thresholds }),
        }),
      );
    });
}
