// The command line of `kaipo why`.
import { type CommandLine, dataCommand, examples } from './command-line.js';
import { historyOptions, type RawHistoryOptions, withPeriod } from './history-options.js';

export function addWhyCommand(line: CommandLine): void {
  const command = dataCommand(
    line.program,
    'why',
    'what is known of one application, host, flow or process, and how',
  ).argument(
    '<subject>',
    'the name of an application or host, an address, a pid, or the id of a flow (kaipo flows --json)',
  );
  withPeriod(command, 'last 30 days')
    .addHelpText(
      'after',
      `
Tries in this order: id of a flow, address, pid, application, host name. The period is that of totals, hours and the largest; first
seen is told from all that is kept. What runs now is looked up on this machine.
${examples('kaipo why curl', 'kaipo why 203.0.113.7 last week', 'kaipo why www.example.com --json', 'kaipo why 4711')}`,
    )
    .action(async (subject: string, period: string[], options: RawHistoryOptions) => {
      const { runWhy } = await import('../commands/why.js');
      line.done(await runWhy(subject, historyOptions(line, options, period)));
    });
}
