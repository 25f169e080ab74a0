// The command line of configuration: config path, show, check, set, init.
import { type CommandLine, dataCommand, dataOptions, examples, type RawDataOptions } from './command-line.js';

export function addConfigCommands(line: CommandLine): void {
  const config = line.program
    .command('config')
    .description('what is configured, where it comes from, and changing it')
    .addHelpText(
      'after',
      examples('kaipo config show --origin', 'kaipo config check', 'kaipo config set monitoring.poll_interval 5s'),
    );

  dataCommand(config, 'path', 'where configuration files are looked for, strongest first')
    .addHelpText('after', examples('kaipo config path', 'kaipo config path --json'))
    .action(async (options: RawDataOptions) => {
      const { runConfigPath } = await import('../commands/config-show.js');
      line.done(await runConfigPath(dataOptions(line, options)));
    });

  dataCommand(config, 'show', 'the configuration that holds, as TOML; no secret is printed')
    .option('--origin', 'say behind each value where it comes from')
    .addHelpText('after', examples('kaipo config show', 'kaipo config show --origin', 'kaipo config show --json'))
    .action(async (options: RawDataOptions & { origin?: boolean }) => {
      const { runConfigShow } = await import('../commands/config-show.js');
      line.done(await runConfigShow({ ...dataOptions(line, options), origin: options.origin === true }));
    });

  dataCommand(config, 'check', 'every problem of the configuration at once; exit 78 when there is one')
    .argument('[file]', 'check this file alone')
    .addHelpText('after', examples('kaipo config check', 'kaipo config check ./kaipo.toml --format json'))
    .action(async (file: string | undefined, options: RawDataOptions) => {
      const { runConfigCheck } = await import('../commands/config-check.js');
      line.done(await runConfigCheck(file, dataOptions(line, options)));
    });

  dataCommand(config, 'set', 'change one value; comments, order and layout of the file stay')
    .argument('<key>', 'the key with its table: monitoring.poll_interval')
    .argument('[value]', 'its value; a list by commas')
    .option('--file <file>', 'the file to change (default: your own, made when there is none)')
    .option('--unset', 'take the key out of the file')
    .addHelpText(
      'after',
      examples(
        'kaipo config set cost.rate_per_gb 7.50',
        'kaipo config set store.retention.1h 5y',
        'kaipo config set monitoring.interface eth0,wlan0 --file /etc/kaipo/config.toml',
        'kaipo config set --unset capture.filter',
      ),
    )
    .action(
      async (key: string, value: string | undefined, options: RawDataOptions & { file?: string; unset?: boolean }) => {
        const { runConfigSet } = await import('../commands/config-set.js');
        const { file } = options;
        line.done(
          await runConfigSet(key, value, {
            ...dataOptions(line, options),
            ...(file !== undefined && { file }),
            unset: options.unset === true,
          }),
        );
      },
    );

  config
    .command('init')
    .description('write a commented sample of every key, where no file is yet')
    .option('--file <file>', 'the file to write (default: your own)')
    .addHelpText('after', examples('kaipo config init', 'kaipo config init --file ./kaipo.toml'))
    .action(async (options: { file?: string }) => {
      const { runConfigInit } = await import('../commands/config-set.js');
      line.done(await runConfigInit(options));
    });
}
