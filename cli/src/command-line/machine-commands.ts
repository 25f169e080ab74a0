// The command line of this machine: doctor, setup.
import { type CommandLine, dataCommand, dataOptions, examples, type RawDataOptions } from './command-line.js';

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
}
