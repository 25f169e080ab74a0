// What every group of commands needs to register itself: options all data commands share, checked numbers, examples.
// Owns no command and no work.
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Elevated } from '../elevate.js';
import type { DataFormat } from '../output/data-output.js';

export const FORMATS = ['table', 'json', 'ndjson', 'csv'] as const satisfies readonly DataFormat[];

export interface CommandLine {
  readonly program: Command;
  readonly elevated: Elevated;
  /** Told the exit code of the command that ran. */
  done(exitCode: number): void;
  isColored(stream: NodeJS.WriteStream): boolean;
}

/** What commander gives for the options of dataCommand. */
export interface RawDataOptions {
  readonly format: DataFormat;
  readonly json?: boolean;
  readonly output?: string;
  readonly store?: string;
  readonly config?: string;
}

/** The same, resolved: --json is --format json; colour only where a person looks. */
export interface DataOptions {
  readonly format: DataFormat;
  readonly color: boolean;
  readonly output?: string;
  readonly store?: string;
  readonly config?: string;
}

export function dataOptions(line: CommandLine, raw: RawDataOptions): DataOptions {
  const { output, store, config } = raw;
  return {
    format: raw.json === true ? 'json' : raw.format,
    color: (output === undefined || output === '-') && line.isColored(process.stdout),
    ...(output !== undefined && { output }),
    ...(store !== undefined && { store }),
    ...(config !== undefined && { config }),
  };
}

/** A command that prints data: the options CONTRACT promises for all of them. `parent`: the program, or a group like `db`. `isDefault`: what the group alone does. */
export function dataCommand(
  parent: Command,
  name: string,
  description: string,
  storeHelp = 'the store to use',
  isDefault = false,
): Command {
  return parent
    .command(name, { isDefault })
    .description(description)
    .addOption(new Option('--format <format>', 'how to print').choices(FORMATS).default('table'))
    .option('--json', 'the same as --format json')
    .option('-o, --output <file>', 'where to write (- is standard output)')
    .option('--store <dir>', storeHelp)
    .option('--config <file>', 'the configuration file to use');
}

export const collect = (value: string, previous: string[] | undefined): string[] => [...(previous ?? []), value];

export function secondsFrom(low: number, high: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!(number >= low && number <= high)) throw new InvalidArgumentError(`seconds from ${low} to ${high} are needed`);
    return number;
  };
}

export function wholeNumber(low: number, high: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!Number.isInteger(number) || number < low || number > high) {
      throw new InvalidArgumentError(`a whole number from ${low} to ${high} is needed`);
    }
    return number;
  };
}

export const examples = (...lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  $ ${line}\n`).join('')}`;
