// The command line of `kaipo report`.
import { type CommandLine, examples, wholeNumber } from './command-line.js';
import { historyOptions, type RawHistoryOptions, withFilter, withPeriod } from './history-options.js';

interface RawReportOptions extends Omit<RawHistoryOptions, 'format'> {
  readonly html?: string;
  readonly text?: boolean;
  readonly json?: boolean;
  readonly title?: string;
  readonly redact?: boolean;
  readonly redactKey?: string;
  readonly skipEmpty?: boolean;
}

const MAX_ROWS = 1000;

export function addReportCommand(line: CommandLine): void {
  const command = line.program
    .command('report')
    .description('what happened in a period, as text, as one HTML file to send, or for programs');
  withFilter(withPeriod(command))
    .option('--html <file>', 'write a self-contained HTML page (- is standard output)')
    .option('--text', 'for a terminal (the default)')
    .option('--json', 'one document, kaipo.report/1')
    .option('--title <text>', 'what it is called')
    .option('-n, --limit <rows>', 'rows of a table (default: 15)', wholeNumber(1, MAX_ROWS))
    .option('--redact', 'pseudonyms for names and addresses, the same ones in every report of this machine')
    .option('--redact-key <file>', 'their key, made when it is not there; machines that share it share pseudonyms')
    .option('--skip-empty', 'write nothing when nothing was recorded in the period')
    .option('--store <dir>', 'the store to read')
    .option('--config <file>', 'the configuration file to use')
    .option('-o, --output <file>', 'where text and JSON go (- is standard output)')
    .addHelpText(
      'after',
      `
The page holds no script and loads nothing: it can be opened from a file, sent, printed. --redact hides names of applications,
paths, users, units, containers, hosts, devices, interfaces and caps, and all addresses; protocols and numbers stay.
[[report]] in the configuration lets the recorder write reports by the day, week or month.
${examples(
  'kaipo report',
  'kaipo report last month --html november.html --title "The house in November"',
  'kaipo report --html week.html --from -7d --redact',
  'kaipo report last week --zone internet --json',
  'kaipo report --html - | mail -a "Content-Type: text/html" me',
)}`,
    )
    .action(async (period: string[], raw: RawReportOptions) => {
      const { runReport } = await import('../commands/report.js');
      const { html, title, redact, redactKey, skipEmpty, text, json, ...rest } = raw;
      const { format: _, ...asked } = historyOptions(line, { ...rest, format: 'table' }, period);
      line.done(
        await runReport({
          ...asked,
          ...(html !== undefined && { html }),
          ...(json === true ? { form: 'json' as const } : text === true && { form: 'text' as const }),
          ...(title !== undefined && { title }),
          ...(redact !== undefined && { redact }),
          ...(redactKey !== undefined && { redactKey }),
          ...(skipEmpty !== undefined && { skipEmpty }),
        }),
      );
    });
}
