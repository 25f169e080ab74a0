// The command line of channels of alerts: alerts channels, alerts undelivered, alerts test.
import type { Command } from 'commander';
import { type CommandLine, dataCommand, dataOptions, examples, type RawDataOptions } from './command-line.js';

export function addChannelCommands(group: Command, line: CommandLine): void {
  dataCommand(group, 'channels', 'where alerts are sent, and what waits or was given up')
    .addHelpText('after', examples('kaipo alerts channels', 'kaipo alerts channels --json'))
    .action(async (options: RawDataOptions) => {
      const { runAlertChannels } = await import('../commands/alert-channels.js');
      line.done(await runAlertChannels(dataOptions(line, options)));
    });

  dataCommand(group, 'undelivered', 'alerts that were given up, and why')
    .addHelpText('after', examples('kaipo alerts undelivered', 'kaipo alerts undelivered --format csv'))
    .action(async (options: RawDataOptions) => {
      const { runAlertsUndelivered } = await import('../commands/alert-channels.js');
      line.done(await runAlertsUndelivered(dataOptions(line, options)));
    });

  dataCommand(group, 'test', 'sends a test to a channel, once, and says what became of it')
    .argument('<channel>', 'its name, as `kaipo alerts channels` shows it')
    .addHelpText('after', examples('kaipo alerts test webhook', 'kaipo alerts test team --json'))
    .action(async (channel: string, options: RawDataOptions) => {
      const { runAlertTest } = await import('../commands/alert-test.js');
      line.done(await runAlertTest(channel, dataOptions(line, options)));
    });
}
