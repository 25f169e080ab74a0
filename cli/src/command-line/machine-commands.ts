// The command line of this machine: doctor, setup, selftest.
import { Option } from 'commander';
import {
  type CommandLine,
  collect,
  dataCommand,
  dataOptions,
  examples,
  FORMATS,
  type RawDataOptions,
} from './command-line.js';

export function addMachineCommands(line: CommandLine): void {
  dataCommand(line.program, 'doctor', 'checks this machine and prints the one command that fixes each problem')
    .addHelpText('after', examples('kaipo doctor', 'kaipo doctor --json'))
    .action(async (options: RawDataOptions) => {
      const { runDoctor } = await import('../commands/doctor.js');
      line.done(await runDoctor(dataOptions(line, options)));
    });

  line.program
    .command('setup')
    .description('installs the capture helper with just the privileges it needs, once (needs root)')
    .option('--dry-run', 'print what would be done')
    .option('--uninstall', 'remove it again')
    .addHelpText('after', examples('sudo kaipo setup', 'sudo kaipo setup --dry-run'))
    .action(async (options: { dryRun?: boolean; uninstall?: boolean }) => {
      const { runSetup } = await import('../commands/setup.js');
      line.done(await runSetup({ dryRun: options.dryRun === true, uninstall: options.uninstall === true }));
    });

  addSelftest(line);
}

interface RawSelftestOptions extends RawDataOptions {
  readonly scenario?: string[];
  readonly quick?: boolean;
  readonly list?: boolean;
  readonly keep?: string;
}

/** It has a store of its own, so it takes none. */
function addSelftest(line: CommandLine): void {
  line.program
    .command('selftest')
    .description(
      'measures on this machine how many flows get the right application: traffic with known owners in namespaces of its own (needs root)',
    )
    .option('--scenario <name>', 'only this one; may be repeated (default: all)', collect)
    .option('--quick', 'fewer flows: some seconds instead of half a minute')
    .option('--list', 'print the scenarios and what they are about')
    .option('--keep <dir>', 'leave store, truth and configuration in this new directory')
    .addOption(new Option('--format <format>', 'how to print').choices(FORMATS).default('table'))
    .option('--json', 'the same as --format json')
    .option('-o, --output <file>', 'where to write (- is standard output)')
    .addHelpText(
      'after',
      `${examples(
        'sudo kaipo selftest --quick',
        'sudo kaipo selftest --scenario short-sequential --scenario container',
        'sudo kaipo selftest --json -o selftest.json',
        'kaipo selftest --list',
      )}
Wrong must be 0. Exit 1: a scenario failed, the books do not close, or the wire and the records do not agree.
`,
    )
    .action(async (options: RawSelftestOptions) => {
      const { runSelftest } = await import('../commands/selftest.js');
      line.done(
        await runSelftest({
          ...dataOptions(line, options),
          scenarios: options.scenario ?? [],
          isQuick: options.quick === true,
          isList: options.list === true,
          keep: options.keep,
        }),
      );
    });
}
