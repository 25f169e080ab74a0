// The program and its exit codes. Owns the order of the commands in the help; what each takes is in command-line/, what it does
// in commands/, loaded when it is called.
import { readFileSync } from 'node:fs';
import { EXIT_OK, EXIT_USAGE } from '@kaipo/core/kernel/exit-codes.js';
import { Command, CommanderError } from 'commander';
import { addAlertCommands } from './command-line/alert-commands.js';
import { addAuditCommands } from './command-line/audit-commands.js';
import { addCaptureCommands } from './command-line/capture-commands.js';
import { type CommandLine, examples } from './command-line/command-line.js';
import { addConfigCommands } from './command-line/config-commands.js';
import { addCostCommands } from './command-line/cost-commands.js';
import { addDbCommands } from './command-line/db-commands.js';
import { addDiffCommand } from './command-line/diff-command.js';
import { addFileCommands } from './command-line/file-commands.js';
import { addHistoryCommands } from './command-line/history-commands.js';
import { addMachineCommands } from './command-line/machine-commands.js';
import { addPluginCommands } from './command-line/plugin-commands.js';
import { addServeCommand } from './command-line/serve-command.js';
import { addTokenCommands } from './command-line/token-commands.js';
import { addTuneCommand } from './command-line/tune-command.js';
import { addWhyCommand } from './command-line/why-commands.js';
import type { Elevated } from './elevate.js';
import { endWithoutTerminal } from './output/closed-terminal.js';
import { reportError } from './output/report-error.js';
import { printText } from './output/text-sink.js';

const version = (): string =>
  (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;

/** NO_COLOR and FORCE_COLOR (no-color.org), TERM=dumb, not a terminal. */
export function wantsColor(stream: NodeJS.WriteStream, noColorFlag: boolean): boolean {
  if (noColorFlag || (process.env['NO_COLOR'] ?? '') !== '') return false;
  const forced = process.env['FORCE_COLOR'];
  if (forced !== undefined && forced !== '' && forced !== '0') return true;
  return stream.isTTY === true && process.env['TERM'] !== 'dumb';
}

/** "-7d" looks like an option and is meant as a period. */
function periodHint(error: string): string {
  const [, ago] = /unknown option '(-\d+(?:\.\d+)?[smhdw])'/.exec(error) ?? [];
  return ago === undefined ? '' : `kaipo: try: --since ${ago}\n`;
}

/** Runs the command line and returns the exit code. */
export async function runProgram(argv: readonly string[], elevated: Elevated): Promise<number> {
  endWithoutTerminal();
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
    .configureOutput({ writeOut: printText, outputError: (text, write) => write(text + periodHint(text)) })
    .showSuggestionAfterError(true)
    .addHelpText('after', examples('kaipo live', 'kaipo analyze capture.pcapng', 'kaipo doctor'));
  const isColored = (stream: NodeJS.WriteStream): boolean => wantsColor(stream, program.opts()['color'] === false);

  const line: CommandLine = { program, elevated, done, isColored };
  addCaptureCommands(line);
  addFileCommands(line);
  addHistoryCommands(line);
  addAlertCommands(line);
  addDiffCommand(line);
  addWhyCommand(line);
  addAuditCommands(line);
  addCostCommands(line);
  addTuneCommand(line);
  addServeCommand(line, version);
  addTokenCommands(line);
  addConfigCommands(line);
  addDbCommands(line);
  addPluginCommands(line);
  addMachineCommands(line);
  return program;
}
