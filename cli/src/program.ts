// The command line: every command, its options and examples. Each command's work is in commands/, loaded when it is called.
import { readFileSync } from 'node:fs';
import { EXIT_OK, EXIT_USAGE } from '@kaipo/core/kernel/exit-codes.js';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { Elevated } from './elevate.js';
import { reportError } from './output/report-error.js';
import { printText } from './output/text-sink.js';

export const FORMATS = ['table', 'json', 'ndjson', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

const version = (): string =>
  (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;

/** Options of the whole program as commander gives them. */
interface DataOptions {
  format: Format;
  json?: boolean;
  output?: string;
  store?: string;
}

const collect = (value: string, previous: string[] | undefined): string[] => [...(previous ?? []), value];

function secondsFrom(low: number, high: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!(number >= low && number <= high)) throw new InvalidArgumentError(`seconds from ${low} to ${high} are needed`);
    return number;
  };
}

function wholeNumber(low: number, high: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!Number.isInteger(number) || number < low || number > high) {
      throw new InvalidArgumentError(`a whole number from ${low} to ${high} is needed`);
    }
    return number;
  };
}

/** NO_COLOR and FORCE_COLOR (no-color.org), TERM=dumb, not a terminal. */
export function wantsColor(stream: NodeJS.WriteStream, noColorFlag: boolean): boolean {
  if (noColorFlag || (process.env['NO_COLOR'] ?? '') !== '') return false;
  const forced = process.env['FORCE_COLOR'];
  if (forced !== undefined && forced !== '' && forced !== '0') return true;
  return stream.isTTY === true && process.env['TERM'] !== 'dumb';
}

/** Runs the command line and returns the exit code. */
export async function runProgram(argv: readonly string[], elevated: Elevated): Promise<number> {
  let exitCode = EXIT_OK;
  const program = buildProgram(elevated, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv as string[]);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE;
    return reportError(error);
  }
  return exitCode;
}

/** The whole command tree; `done` is told the exit code of the command that ran. Exported for docs and completion. */
export function buildProgram(elevated: Elevated, done: (exitCode: number) => void): Command {
  const program = new Command('kaipo')
    .description('Shows what the network does: which application moved which bytes to whom, over which protocol.')
    .version(`kaipo ${version()}`, '-V, --version')
    .option('--no-color', 'no colours (also: NO_COLOR)')
    .exitOverride()
    .configureOutput({ writeOut: printText })
    .showSuggestionAfterError(true)
    .addHelpText('after', examples('kaipo live', 'kaipo analyze capture.pcapng', 'kaipo doctor'));
  const isColored = (stream: NodeJS.WriteStream): boolean => wantsColor(stream, program.opts()['color'] === false);

  dataCommand(
    program,
    'analyze',
    'read capture files (pcap, pcapng, also gzip; - is standard input) and say what is in them',
  )
    .argument('<file...>', 'capture files')
    .addHelpText(
      'after',
      examples(
        'kaipo analyze capture.pcap',
        'tcpdump -w - | kaipo analyze - --format ndjson',
        'kaipo analyze day*.pcapng.gz --store ./history',
      ),
    )
    .action(async (files: string[], options: DataOptions) => {
      const { runAnalyze } = await import('./commands/analyze.js');
      done(
        await runAnalyze(files, {
          format: options.json === true ? 'json' : options.format,
          color: options.output === undefined && isColored(process.stdout),
          ...(options.output === undefined ? {} : { output: options.output }),
          ...(options.store === undefined ? {} : { store: options.store }),
        }),
      );
    });

  program
    .command('live')
    .description('the live dashboard; without a terminal, or with --plain, text blocks')
    .option(
      '-i, --interface <name>',
      'capture on this interface (repeatable; default: the physical ones that are up)',
      collect,
    )
    .option('--filter <expression>', 'capture only what this pcap filter lets through, e.g. "port 443"')
    .option('--interval <seconds>', 'time between updates', secondsFrom(0.05, 86_400), 1)
    .option('--duration <seconds>', 'end after this time', secondsFrom(0.001, 1e9))
    .option('--plain', 'text blocks instead of the dashboard')
    .addOption(
      new Option('--format <format>', 'dashboard, or one tick record a line')
        .choices(['dashboard', 'ndjson'])
        .default('dashboard'),
    )
    .option('--snaplen <bytes>', 'bytes kept of each packet', wholeNumber(64, 262_144))
    .option('--ring-mib <size>', 'kernel buffer of each interface in MiB', wholeNumber(1, 512))
    .addOption(
      new Option('--helper <which>', 'the capture helper to use')
        .choices(['auto', 'native', 'portable', 'none'])
        .default('auto'),
    )
    .option('--store <dir>', "record into this store (default: the user's; with --format ndjson only when named)")
    .option('--no-record', 'show only, record nothing')
    .addHelpText(
      'after',
      examples(
        'kaipo live',
        'kaipo live -i eth0 -i wlan0',
        'kaipo live --plain --duration 10',
        "kaipo live --format ndjson | jq '.books'",
      ),
    )
    .action(async (options: Record<string, unknown>) => {
      const { runLive } = await import('./commands/live.js');
      done(
        await runLive(
          {
            interfaces: (options['interface'] as string[] | undefined) ?? [],
            filter: options['filter'] as string | undefined,
            intervalS: options['interval'] as number,
            durationS: options['duration'] as number | undefined,
            isPlain: options['plain'] === true,
            format: options['format'] as 'dashboard' | 'ndjson',
            snaplen: options['snaplen'] as number | undefined,
            ringMiB: options['ringMib'] as number | undefined,
            helper: options['helper'] as 'auto' | 'native' | 'portable' | 'none',
            store: options['store'] as string | undefined,
            isRecording: options['record'] !== false,
            color: isColored(process.stdout),
          },
          elevated,
        ),
      );
    });

  program
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
      const { runReport } = await import('./commands/report.js');
      done(await runReport({ ...options, color: isColored(process.stdout) }));
    });

  dataCommand(program, 'status', 'totals of now, today, this month and all time, and whether a recorder runs')
    .addHelpText('after', examples('kaipo status', 'kaipo status --json'))
    .action(async (options: DataOptions) => {
      const { runStatus } = await import('./commands/status.js');
      done(
        await runStatus({
          ...options,
          format: options.json === true ? 'json' : options.format,
          color: isColored(process.stdout),
        }),
      );
    });

  dataCommand(program, 'doctor', 'checks this machine and prints the one command that fixes each problem')
    .addHelpText('after', examples('kaipo doctor', 'kaipo doctor --json'))
    .action(async (options: DataOptions) => {
      const { runDoctor } = await import('./commands/doctor.js');
      done(
        await runDoctor({
          ...options,
          format: options.json === true ? 'json' : options.format,
          color: options.output === undefined && isColored(process.stdout),
        }),
      );
    });

  program
    .command('setup')
    .description('installs the capture helper with just the privileges it needs, once (needs root)')
    .option('--dry-run', 'print what would be done')
    .option('--uninstall', 'remove it again')
    .addHelpText('after', examples('sudo kaipo setup', 'sudo kaipo setup --dry-run'))
    .action(async (options: { dryRun?: boolean; uninstall?: boolean }) => {
      const { runSetup } = await import('./commands/setup.js');
      done(await runSetup({ dryRun: options.dryRun === true, uninstall: options.uninstall === true }));
    });

  return program;
}

/** A command that prints data: the options CONTRACT promises for all of them. */
function dataCommand(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .addOption(new Option('--format <format>', 'how to print').choices(FORMATS).default('table'))
    .option('--json', 'the same as --format json')
    .option('-o, --output <file>', 'where to write (- is standard output)')
    .option('--store <dir>', 'the store to use');
}

const examples = (...lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  $ ${line}\n`).join('')}`;
