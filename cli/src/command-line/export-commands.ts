// The command line of history out and in: export, import.
import { Option } from 'commander';
import type { ExportFormat } from '../commands/export.js';
import type { ExportTable } from '../export/export-tables.js';
import { type CommandLine, collect, dataCommand, dataOptions, examples, type RawDataOptions } from './command-line.js';
import { historyOptions, type RawHistoryOptions, withPeriod } from './history-options.js';

// As in commands/export.ts, which is loaded when it is called.
const FORMATS = ['json', 'csv', 'ndjson', 'llm', 'parquet'] as const;
const TABLES = ['totals', 'apps', 'hosts', 'protocols', 'interfaces', 'flows', 'dns', 'all'] as const;

interface RawExportOptions extends Omit<RawHistoryOptions, 'format' | 'step'> {
  readonly format: ExportFormat;
  readonly what: ExportTable | 'all';
  readonly step: string;
  readonly redact?: boolean;
  readonly redactKey?: string;
}

export function addExportCommands(line: CommandLine): void {
  addExport(line);
  addImport(line);
}

function addExport(line: CommandLine): void {
  const command = line.program.command('export').description('history out, for programs: everything, or a period');
  withPeriod(command, 'everything')
    .addOption(
      new Option('--format <format>', 'llm is a brief for a language model; parquet needs -o')
        .choices(FORMATS)
        .default('json'),
    )
    .addOption(new Option('--what <table>', 'which rows; all is for json and ndjson').choices(TABLES).default('totals'))
    .option('--step <length>', 'one row a step: 1m, 15m, 1h, day, week, month', '1h')
    .option('-i, --interface <name>', 'of this interface alone (repeatable)', collect)
    .addOption(new Option('--redact', 'with llm: pseudonyms for names and addresses; it is so by default').hideHelp())
    .option('--no-redact', 'with llm: names and addresses as they are (default: pseudonyms)')
    .option('--redact-key <file>', 'with llm: the key of the pseudonyms; machines that share it share pseudonyms')
    .option('-o, --output <file>', 'where to write (- is standard output)')
    .option('--store <dir>', 'the store to use')
    .option('--config <file>', 'the configuration file to use')
    .addHelpText(
      'after',
      `
CSV and Parquet have the columns timestamp (ISO 8601, UTC), device_id, what names a row, bytes_sent, bytes_received,
total_bytes, packets_sent, packets_received and more after them. llm is Markdown of at most 16,000 bytes with tables of the largest,
its units and what was not recorded; names and addresses in it are pseudonyms, the same in every brief and report of this machine.
${examples(
  'kaipo export --format csv -o usage.csv',
  'kaipo export last month --what apps --step day --format parquet -o apps.parquet',
  'kaipo export --what all --format ndjson --since 2026-11-01',
  'kaipo export this month --format llm',
  'kaipo export this month --format llm --no-redact',
)}`,
    )
    .action(async (period: string[], raw: RawExportOptions) => {
      const { runExport } = await import('../commands/export.js');
      const { format, what, step, redact, redactKey, ...rest } = raw;
      const { format: _, color: __, ...asked } = historyOptions(line, { ...rest, format: 'json' }, period);
      line.done(
        await runExport({
          ...asked,
          ...{ format, what, step },
          ...(redact !== undefined && { redact }),
          ...(redactKey !== undefined && { redactKey }),
        }),
      );
    });
}

function addImport(line: CommandLine): void {
  dataCommand(
    line.program,
    'import',
    'rows of other usage trackers in: CSV or JSON with timestamp, bytes_sent, bytes_received',
  )
    .argument('<file>', 'a CSV or JSON file, also one that kaipo export wrote')
    .option(
      '-i, --interface <name>',
      'count all rows on this interface (default: what the file names, else "imported")',
    )
    .option('--dry-run', 'say what would be taken, write nothing')
    .addHelpText(
      'after',
      `
Times without a zone are local. Rows that are already there are left out, so the same file twice adds nothing. The table
network_usage of older trackers has a device_id and no interface. How long a row is comes from its "to" or "end", else from the
usual distance between the rows, and is said. No recorder may run on the store: end it first (exit 75).
${examples('kaipo import usage_logs.csv', 'kaipo import network_usage.json --interface wlan0 --dry-run')}`,
    )
    .action(async (file: string, options: RawDataOptions & { interface?: string; dryRun?: boolean }) => {
      const { runImport } = await import('../commands/import.js');
      line.done(
        await runImport(file, {
          ...dataOptions(line, options),
          ...(options.interface !== undefined && { interface: options.interface }),
          isDryRun: options.dryRun === true,
        }),
      );
    });
}
