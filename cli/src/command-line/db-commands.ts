// The command line of the store's care: db stats, check, backup, compact, prune.
import { type CommandLine, dataCommand, dataOptions, examples, type RawDataOptions } from './command-line.js';

export function addDbCommands(line: CommandLine): void {
  const db = line.program
    .command('db')
    .description(
      'what the store holds, whether it is sound, copies of it, and making it smaller; safe while kaipo records',
    )
    .addHelpText(
      'after',
      examples(
        'kaipo db stats',
        'kaipo db check',
        'kaipo db backup /mnt/usb/kaipo',
        'kaipo db prune --before 2025-01-01',
      ),
    );

  dataCommand(db, 'stats', 'size, pages, entries by kind and resolution, names, who records')
    .addHelpText('after', examples('kaipo db stats', 'kaipo db stats --json', 'kaipo db stats --store /mnt/usb/kaipo'))
    .action(async (options: RawDataOptions) => {
      const { runDbStats } = await import('../commands/db-stats.js');
      line.done(await runDbStats(dataOptions(line, options)));
    });

  dataCommand(db, 'check', 'reads everything and compares every sum; exit 1 when something is wrong')
    .addHelpText('after', examples('kaipo db check', 'kaipo db check --format ndjson'))
    .action(async (options: RawDataOptions) => {
      const { runDbCheck } = await import('../commands/db-check.js');
      line.done(await runDbCheck(dataOptions(line, options)));
    });

  dataCommand(db, 'backup', 'a complete copy of one moment, a store of its own')
    .argument('<target>', 'the folder of the copy; it must not exist')
    .option('--force', 'replace a store that is there already')
    .option('--key-file <file>', 'encrypt the copy with the key of this file instead of the one of the store')
    .option('--no-encryption', 'write a copy that anyone can read')
    .addHelpText(
      'after',
      examples(
        'kaipo db backup /mnt/usb/kaipo-2026-11',
        'kaipo db backup ./copy --force',
        '(umask 077; openssl rand -hex 32 > kaipo.key)',
        'kaipo db backup ./encrypted --key-file kaipo.key',
      ),
    )
    .action(
      async (target: string, options: RawDataOptions & { force?: boolean; keyFile?: string; encryption?: boolean }) => {
        const { runDbBackup } = await import('../commands/db-backup.js');
        const { keyFile } = options;
        line.done(
          await runDbBackup(target, {
            ...dataOptions(line, options),
            force: options.force === true,
            isPlain: options.encryption === false,
            ...(keyFile === undefined ? {} : { keyFile }),
          }),
        );
      },
    );

  dataCommand(db, 'compact', 'gives the free pages of the data file back to the disk')
    .addHelpText('after', examples('kaipo db compact', 'kaipo db compact --json'))
    .action(async (options: RawDataOptions) => {
      const { runDbCompact } = await import('../commands/db-compact.js');
      line.done(await runDbCompact(dataOptions(line, options)));
    });

  dataCommand(db, 'prune', 'removes old history for good')
    .option('--before <time>', 'whole days, flows and names before this time: 2025-01-01, "3 months ago", -90d')
    .option('--flows-before <time>', 'single flows and answered names alone')
    .option('--dry-run', 'say what would go')
    .addHelpText(
      'after',
      examples(
        'kaipo db prune --before 2025-01-01 --dry-run',
        'kaipo db prune --before 2025-01-01',
        'kaipo db prune --flows-before -30d && kaipo db compact',
      ),
    )
    .action(async (options: RawDataOptions & { before?: string; flowsBefore?: string; dryRun?: boolean }) => {
      const { runDbPrune } = await import('../commands/db-prune.js');
      const { before, flowsBefore } = options;
      line.done(
        await runDbPrune({
          ...dataOptions(line, options),
          isDry: options.dryRun === true,
          ...(before === undefined ? {} : { before }),
          ...(flowsBefore === undefined ? {} : { flowsBefore }),
        }),
      );
    });
}
