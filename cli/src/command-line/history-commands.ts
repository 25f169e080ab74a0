// The command line of history: status, report.
import { type CommandLine, dataCommand, dataOptions, examples, type RawDataOptions } from './command-line.js';

export function addHistoryCommands(line: CommandLine): void {
  dataCommand(line.program, 'status', 'totals of now, today, this month and all time, and whether a recorder runs')
    .addHelpText('after', examples('kaipo status', 'kaipo status --json'))
    .action(async (options: RawDataOptions) => {
      const { runStatus } = await import('../commands/status.js');
      line.done(await runStatus(dataOptions(line, options)));
    });

  line.program
    .command('report')
    .description('what happened in a period, as text or as one HTML file')
    .option('--html <file>', 'write a self-contained HTML page (- is standard output)')
    .option('--from <time>', 'begin of the period: 2026-11-01, today, yesterday, -7d …')
    .option('--to <time>', 'end of the period')
    .option('--store <dir>', 'the store to read')
    .option('-o, --output <file>', 'where the text report goes (- is standard output)')
    .addHelpText(
      'after',
      examples(
        'kaipo report',
        'kaipo report --html week.html --from -7d',
        'kaipo report --html - | mail -a "Content-Type: text/html" me',
      ),
    )
    .action(async (options: { html?: string; from?: string; to?: string; store?: string; output?: string }) => {
      const { runReport } = await import('../commands/report.js');
      line.done(await runReport({ ...options, color: line.isColored(process.stdout) }));
    });
}
