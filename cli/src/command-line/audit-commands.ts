// The command line of the books: audit.
import { type CommandLine, dataCommand, examples } from './command-line.js';
import { historyOptions, type RawHistoryOptions, withInterface, withPeriod } from './history-commands.js';

export function addAuditCommands(line: CommandLine): void {
  const audit = dataCommand(
    line.program,
    'audit',
    'the books of a period: what the kernel counted against what is known of it; exits 1 when they do not close',
  );
  withInterface(withPeriod(audit))
    .option(
      '--bound <size>',
      'how much may be left that is not booked, of every interface and in total: 10MB, 0, 1%',
      '0.1%',
    )
    .addHelpText(
      'after',
      `
A period nobody recorded has no books to close: the exit code is 0, and JSON has "recorded": false.
${examples(
  'kaipo audit',
  'kaipo audit last month --bound 0.01%',
  'kaipo audit --from 2026-11-01 --to 2026-11-07 --interface eth0 --bound 10MB',
  'kaipo audit yesterday --json || mail -s "books are open" me',
)}`,
    )
    .action(async (period: string[], options: RawHistoryOptions & { readonly bound: string }) => {
      const { runAudit } = await import('../commands/audit.js');
      line.done(await runAudit({ ...historyOptions(line, options, period), bound: options.bound }));
    });
}
