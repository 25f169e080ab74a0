// The command line of history: status, today, month, range, summary, apps, hosts, flows, protocols, dns, zones, interfaces.

import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { FILTER_FIELDS, FILTER_FLAGS } from '@kaipo/core/query/filter/filter-fields.js';
import { type Command, Option } from 'commander';
import { DEFAULT_LIMIT } from '../history/default-limit.js';
import {
  type CommandLine,
  dataCommand,
  dataOptions,
  examples,
  type RawDataOptions,
  wholeNumber,
} from './command-line.js';
import { addExportCommands } from './export-commands.js';
import { historyOptions, type RawHistoryOptions, withFilter, withInterface, withPeriod } from './history-options.js';
import { addReportCommand } from './report-command.js';

export { historyOptions, type RawHistoryOptions, withInterface, withPeriod } from './history-options.js';

const ROW_WORDS = ['bytes', 'sent', 'received', 'packets', 'flows', 'name'] as const;
const MAX_LIMIT = 262_144;

/** Made when it is shown. */
function filterHelp(): string {
  const rows = FILTER_FIELDS.filter((field) => field.of === 'flows').map(
    ({ example, means }) => `  ${example.padEnd(20)} ${means}`,
  );
  return `
A filter joins terms by and, or, not and brackets; terms side by side must all fit:
${rows.join('\n')}
A text is a part of the value, with * and ? the whole of it, /.../ a regular expression, "..." as it stands; = is
exact, != and not turn it round, > and < compare, 80,443 is one of several, 1000-2000 a range. A word alone is
looked for in all texts. Short words: ${[...FILTER_FLAGS.keys()].join(', ')}.
`;
}

export function addHistoryCommands(line: CommandLine): void {
  addStatus(line);
  addUsageCommands(line);
  addRowCommands(line);
  addExportCommands(line);
  addReportCommand(line);
}

function addStatus(line: CommandLine): void {
  dataCommand(line.program, 'status', 'totals of now, today, this month and all time, and whether a recorder runs')
    .addHelpText('after', examples('kaipo status', 'kaipo status --json'))
    .action(async (options: RawDataOptions) => {
      const { runStatus } = await import('../commands/status.js');
      line.done(await runStatus(dataOptions(line, options)));
    });
}

function addUsageCommands(line: CommandLine): void {
  withFilter(dataCommand(line.program, 'today', 'the day so far: total, by hour, by interface'))
    .addHelpText('after', examples('kaipo today', 'kaipo today --interface eth0', 'kaipo today --json'))
    .action(async (options: RawHistoryOptions) => {
      const { runToday } = await import('../commands/today.js');
      line.done(await runToday(historyOptions(line, options)));
    });

  withFilter(dataCommand(line.program, 'month', 'a month by day, its average and what the running month will come to'))
    .argument('[month...]', '2026-11, "last month", november (default: this month)')
    .addHelpText('after', examples('kaipo month', 'kaipo month 2026-11', 'kaipo month last month --format csv'))
    .action(async (month: string[], options: RawHistoryOptions) => {
      const { runMonth } = await import('../commands/month.js');
      line.done(await runMonth(historyOptions(line, options, month)));
    });

  withFilter(
    withPeriod(dataCommand(line.program, 'range', 'a period: its total, and by steps that fit it'), 'last 7 days'),
  )
    .option('--step <length>', '15m, 1h, day, week, month, year (default: what fits the period)')
    .addHelpText(
      'after',
      examples(
        'kaipo range --from 2026-11-01 --to 2026-11-07',
        'kaipo range last week --step 1h',
        'kaipo range --since "3 days ago" --json',
      ),
    )
    .action(async (period: string[], options: RawHistoryOptions) => {
      const { runRange } = await import('../commands/range.js');
      const { step } = options;
      line.done(await runRange({ ...historyOptions(line, options, period), ...(step !== undefined && { step }) }));
    });

  withFilter(
    dataCommand(line.program, 'summary', 'everything that was recorded: by month, the busiest day, the largest'),
  )
    .addHelpText('after', examples('kaipo summary', 'kaipo summary --zone internet --json'))
    .action(async (options: RawHistoryOptions) => {
      const { runSummary } = await import('../commands/summary.js');
      line.done(await runSummary(historyOptions(line, options)));
    });
}

function addRowCommands(line: CommandLine): void {
  withName(rowCommand(line, 'apps', 'which application moved how much, how that is known, and what is not known'))
    .addHelpText(
      'after',
      `
Bytes of a flow that moved before its owner was found are under unknown, no socket found; flows names the owner of all of it.
${examples('kaipo apps', 'kaipo apps last week --zone internet', 'kaipo apps --since -2h --json')}`,
    )
    .action(async (period: string[], options: RawHistoryOptions) => {
      const { runApps } = await import('../commands/apps.js');
      line.done(await runApps(historyOptions(line, options, period)));
    });

  withName(rowCommand(line, 'hosts', 'with which remote hosts, under the names that were seen, and in which zone'))
    .addHelpText(
      'after',
      examples('kaipo hosts', 'kaipo hosts --zone lan --sort flows', 'kaipo hosts yesterday --json'),
    )
    .action(async (period: string[], options: RawHistoryOptions) => {
      const { runHosts } = await import('../commands/hosts.js');
      line.done(await runHosts(historyOptions(line, options, period)));
    });

  rowCommand(line, 'flows', 'the flows that ended in a period', ['bytes', 'packets', 'duration', 'start', 'end'])
    .option('--app <text>', 'of applications with this in their name')
    .option('--host <text>', 'with this address, or this in the name of the server')
    .option('--protocol <name>', 'of this protocol or transport')
    .option('--filter <expression>', 'that fit this; the words are below')
    .addHelpText(
      'after',
      () =>
        examples(
          'kaipo flows',
          'kaipo flows --app curl --since -1h',
          'kaipo flows --host example.com --sort duration',
          "kaipo flows --filter 'app:firefox and not lan'",
          "kaipo flows yesterday --filter 'host:*.google.com,10.0.0.0/8 bytes>10M'",
          "kaipo flows --filter 'quality:unknown (proto:tls or port:443,8443) rtt>200ms'",
        ) + filterHelp(),
    )
    .action(async (period: string[], options: RawHistoryOptions) => {
      const { runFlows } = await import('../commands/flows.js');
      const { app, host, protocol, filter } = options;
      line.done(
        await runFlows({
          ...historyOptions(line, options, period),
          ...(app !== undefined && { app }),
          ...(host !== undefined && { host }),
          ...(protocol !== undefined && { protocol }),
          ...(filter !== undefined && { filterText: filter }),
        }),
      );
    });

  withName(rowCommand(line, 'protocols', 'which protocol moved how much'))
    .addHelpText('after', examples('kaipo protocols', 'kaipo protocols this month --sort flows'))
    .action(async (period: string[], options: RawHistoryOptions) => {
      const { runProtocols } = await import('../commands/protocols.js');
      line.done(await runProtocols(historyOptions(line, options, period)));
    });

  const dns = withPeriod(dataCommand(line.program, 'dns', 'which names were asked for, how often, with which answers'));
  withName(withRows(withInterface(dns), ['count', 'name', 'last', 'failed']))
    .addHelpText(
      'after',
      `
Names are recorded for this host as a whole: --interface is refused.
${examples('kaipo dns', 'kaipo dns --name example.com --sort last')}`,
    )
    .action(async (period: string[], options: RawHistoryOptions) => {
      if (options.interface !== undefined) {
        const told = 'names are recorded for this host as a whole, not by interface';
        throw new KaipoError('KAIPO_USAGE', told, 'kaipo flows --interface NAME');
      }
      const { runDns } = await import('../commands/dns.js');
      line.done(await runDns(historyOptions(line, options, period)));
    });

  const zones = dataCommand(line.program, 'zones', 'how much stayed in this host, in local networks, and went beyond');
  withInterface(withPeriod(zones))
    .addHelpText('after', examples('kaipo zones', 'kaipo zones this month --interface eth0 --json'))
    .action(async (period: string[], options: RawHistoryOptions) => {
      const { runZones } = await import('../commands/zones.js');
      line.done(await runZones(historyOptions(line, options, period)));
    });

  rowCommand(line, 'interfaces', 'what the kernel counted on each interface', [
    'bytes',
    'sent',
    'received',
    'packets',
    'name',
  ])
    .addHelpText('after', examples('kaipo interfaces', 'kaipo interfaces last month --format csv'))
    .action(async (period: string[], options: RawHistoryOptions) => {
      const { runInterfaces } = await import('../commands/interfaces.js');
      line.done(await runInterfaces(historyOptions(line, options, period)));
    });
}

/** Rows by name of a period, filtered, sorted and limited. */
function rowCommand(
  line: CommandLine,
  name: string,
  description: string,
  sorts: readonly string[] = ROW_WORDS,
): Command {
  return withRows(withFilter(withPeriod(dataCommand(line.program, name, description))), sorts);
}

function withRows(command: Command, sorts: readonly string[]): Command {
  return command
    .option('-n, --limit <rows>', `how many rows (default: ${DEFAULT_LIMIT})`, wholeNumber(1, MAX_LIMIT))
    .addOption(new Option('--sort <by>', sortHelp(sorts)).choices(sorts))
    .option('--reverse', 'the other way round');
}

/** What is not "largest first". */
const SORT_NOTES: Readonly<Record<string, string>> = {
  name: 'names from A to Z',
  start: 'start: earliest first',
  end: 'end: latest first',
  last: 'last: latest first',
};

/** The first word is what happens without --sort. */
function sortHelp(sorts: readonly string[]): string {
  const notes = sorts.map((word) => SORT_NOTES[word]).filter((note) => note !== undefined);
  return `${['largest first', ...notes].join('; ')} (default: ${sorts[0]})`;
}

const withName = (command: Command): Command => command.option('--name <text>', 'names with this in them');
