// The command line of what traffic costs and how much is left: cost, cap.
import { type CommandLine, collect, dataCommand, dataOptions, examples, type RawDataOptions } from './command-line.js';

interface RawCostOptions extends RawDataOptions {
  readonly from?: string;
  readonly to?: string;
  readonly month?: string;
  readonly interface?: readonly string[];
}

interface RawCapOptions extends RawDataOptions {
  readonly add?: string;
  readonly remove?: string;
  readonly limit?: string;
  readonly interface?: readonly string[];
}

export function addCostCommands(line: CommandLine): void {
  dataCommand(line.program, 'cost', 'what the traffic of a period costs, by day, at the configured price of a GB')
    .argument('[period...]', 'yesterday, "last month", 2026-10 (default: the bill that is running)')
    .option('--from <time>', 'begin of the period')
    .option('--to <time>', 'end of the period')
    .option('--month <YYYY-MM>', 'the bill that begins in this month')
    .option('-i, --interface <name>', 'only this interface (repeatable)', collect)
    .addHelpText(
      'after',
      examples(
        'kaipo config set cost.rate_per_gb 7.50',
        'kaipo cost',
        'kaipo cost last week',
        'kaipo cost --month 2026-10 --format csv',
      ),
    )
    .action(async (period: string[], options: RawCostOptions) => {
      const { runCost } = await import('../commands/cost.js');
      const { from, to, month, interface: interfaces = [] } = options;
      line.done(
        await runCost({
          ...dataOptions(line, options),
          ...(period.length > 0 && { period: period.join(' ') }),
          ...(from !== undefined && { from }),
          ...(to !== undefined && { to }),
          ...(month !== undefined && { month }),
          interfaces,
        }),
      );
    });

  dataCommand(
    line.program,
    'cap',
    'how much of each cap is used, and where its period will end; exit 1 when one is over',
  )
    .option('--add <name>', 'add a cap of this name to your configuration')
    .option('--limit <size>', 'with --add: what may be moved in a month, such as 500GB')
    .option('-i, --interface <name>', 'with --add: only this interface (repeatable)', collect)
    .option('--remove <name>', 'take the cap of this name out of your configuration')
    .addHelpText(
      'after',
      `
A cap is a table [[cap]] of the configuration with name and limit, and where they matter interfaces, direction ("both", "rx",
"tx"), zone ("lan", "internet"), period ("day", "week", "month"), billing_day and warn_at (shares of the limit, [0.8]).
${examples(
  'kaipo cap',
  'kaipo cap --add mobile --limit 20GB -i wwan0',
  'kaipo cap --remove mobile',
  'kaipo cap --json',
)}`,
    )
    .action(async (options: RawCapOptions) => {
      const { runCap } = await import('../commands/cap.js');
      const { add, remove, limit, interface: interfaces = [] } = options;
      line.done(
        await runCap({
          ...dataOptions(line, options),
          ...(add !== undefined && { add }),
          ...(remove !== undefined && { remove }),
          ...(limit !== undefined && { limit }),
          interfaces,
        }),
      );
    });
}
