// The command line of plugins: plugins list, plugins show.
import { type CommandLine, dataCommand, dataOptions, examples, type RawDataOptions } from './command-line.js';

export function addPluginCommands(line: CommandLine): void {
  const plugins = line.program
    .command('plugins')
    .description('what is recognised: protocols, applications, and how')
    .addHelpText('after', examples('kaipo plugins list', 'kaipo plugins show tls'));

  dataCommand(plugins, 'list', 'every plugin, what it recognises, and whether it is switched on')
    .addHelpText('after', examples('kaipo plugins list', 'kaipo plugins list --json'))
    .action(async (options: RawDataOptions) => {
      const { runPluginsList } = await import('../commands/plugins.js');
      line.done(await runPluginsList(dataOptions(line, options)));
    });

  dataCommand(plugins, 'show', 'one plugin: its protocols, what asking it costs here, and its settings')
    .argument('<name>', 'the plugin, or a protocol it recognises')
    .addHelpText('after', examples('kaipo plugins show tls', 'kaipo plugins show redis --format json'))
    .action(async (name: string, options: RawDataOptions) => {
      const { runPluginsShow } = await import('../commands/plugins.js');
      line.done(await runPluginsShow(name, dataOptions(line, options)));
    });
}
