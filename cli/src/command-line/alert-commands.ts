// The command line of alerts: list, show, mutes, mute, unmute, ack.

import type { Severity } from '@kaipo/core/api/events.js';
import type { AlertState } from '@kaipo/core/query/alerts.js';
import { type Command, Option } from 'commander';
import { DEFAULT_LIMIT } from '../history/default-limit.js';
import { addChannelCommands } from './alert-channel-commands.js';
import {
  type CommandLine,
  dataCommand,
  dataOptions,
  examples,
  type RawDataOptions,
  wholeNumber,
} from './command-line.js';
import { historyOptions, type RawHistoryOptions, withInterface, withPeriod } from './history-options.js';

const MAX_LIMIT = 50_000;
const MAX_PORT = 65_535;

interface RawAlertOptions extends RawHistoryOptions {
  readonly rule?: string;
  readonly severity?: Severity;
  readonly state?: AlertState;
  readonly text?: string;
}

interface RawMuteOptions extends RawDataOptions {
  readonly rule?: string;
  readonly subject?: string;
  readonly app?: string;
  readonly host?: string;
  readonly port?: number;
  readonly interface?: string;
  readonly direction?: 'in' | 'out';
  readonly reason: string;
  readonly for: string;
}

export function addAlertCommands(line: CommandLine): void {
  const group = line.program
    .command('alerts')
    .description('what was found, and what you want to be told of it')
    .addHelpText(
      'after',
      examples('kaipo alerts', 'kaipo alerts show 0006608bc01b5000', 'kaipo alerts mute --rule beacon --reason "ours"'),
    );
  withInterface(
    withPeriod(dataCommand(group, 'list', 'the alerts of a period, the newest first', undefined, true), 'last 7 days'),
  )
    .option('--rule <name>', 'of this rule')
    .addOption(new Option('--severity <severity>', 'as grave as this').choices(['info', 'warning', 'critical']))
    .addOption(
      new Option('--state <state>', 'those that go on, are over, known or muted').choices([
        'open',
        'resolved',
        'acknowledged',
        'muted',
      ]),
    )
    .option('--text <text>', 'with this in subject, summary, application or host')
    .option('--limit <rows>', `how many (default: ${DEFAULT_LIMIT})`, wholeNumber(1, MAX_LIMIT))
    .addHelpText(
      'after',
      examples('kaipo alerts', 'kaipo alerts yesterday --severity critical', 'kaipo alerts --state open --json'),
    )
    .action(async (period: string[], options: RawAlertOptions) => {
      const { runAlerts } = await import('../commands/alerts.js');
      const { rule, severity, state, text } = options;
      line.done(
        await runAlerts({
          ...historyOptions(line, options, period),
          ...(rule !== undefined && { rule }),
          ...(severity !== undefined && { severity }),
          ...(state !== undefined && { state }),
          ...(text !== undefined && { text }),
        }),
      );
    });

  dataCommand(group, 'show', 'one alert with its evidence')
    .argument('<alert>', 'its number, sixteen digits')
    .addHelpText('after', examples('kaipo alerts show 0006608bc01b5000'))
    .action(async (id: string, options: RawDataOptions) => {
      const { runAlert } = await import('../commands/alerts.js');
      line.done(await runAlert(dataOptions(line, options), id));
    });

  dataCommand(group, 'ack', 'says that you know of an alert: it is told again only when it becomes graver, or is over')
    .argument('<alert>', 'its number, sixteen digits')
    .option('--note <text>', 'what you know')
    .addHelpText('after', examples('kaipo alerts ack 0006608bc01b5000 --note "the new backup"'))
    .action(async (id: string, options: RawDataOptions & { readonly note?: string }) => {
      const { runAck } = await import('../commands/alerts-change.js');
      line.done(await runAck(dataOptions(line, options), id, options.note));
    });

  addMuteCommands(line, group);
  addChannelCommands(group, line);
}

function addMuteCommands(line: CommandLine, group: Command): void {
  dataCommand(group, 'mute', 'tells you no more of what fits all that is given; it is recorded all the same')
    .option('--rule <name>', 'of this rule')
    .option('--subject <text>', 'about exactly this')
    .option('--app <name>', 'of this application')
    .option('--host <address>', 'with this address or network, such as 10.0.0.0/8')
    .option('--port <number>', 'with this port', wholeNumber(0, MAX_PORT))
    .option('--interface <name>', 'of this interface')
    .addOption(new Option('--direction <direction>', 'begun by others, or from here').choices(['in', 'out']))
    .requiredOption('--reason <text>', 'why, for whoever looks at it later')
    .option('--for <length>', '30m, 8h, 7d, forever', '7d')
    .addHelpText(
      'after',
      examples(
        'kaipo alerts mute --rule port-scan --host 10.0.0.9 --reason "our scanner" --for forever',
        'kaipo alerts mute --app syncthing --direction out --reason "first copy" --for 8h',
      ),
    )
    .action(async (raw: RawMuteOptions) => {
      const { runMute } = await import('../commands/alerts-change.js');
      const { rule, subject, app, host, port, interface: link, direction, reason, for: length } = raw;
      const scope = {
        ...(rule !== undefined && { rule }),
        ...(subject !== undefined && { subject }),
        ...(app !== undefined && { app }),
        ...(host !== undefined && { host }),
        ...(port !== undefined && { port }),
        ...(link !== undefined && { interface: link }),
        ...(direction !== undefined && { direction }),
      };
      line.done(await runMute({ ...dataOptions(line, raw), scope, reason, length }));
    });

  dataCommand(group, 'unmute', 'tells you again')
    .argument('<mute>', 'its number')
    .addHelpText('after', examples('kaipo alerts mutes', 'kaipo alerts unmute 3'))
    .action(async (id: string, options: RawDataOptions) => {
      const { runUnmute } = await import('../commands/alerts-change.js');
      line.done(await runUnmute(dataOptions(line, options), id));
    });

  dataCommand(group, 'mutes', 'what is muted, why, until when, and how much it held back')
    .addHelpText('after', examples('kaipo alerts mutes', 'kaipo alerts mutes --json'))
    .action(async (options: RawDataOptions) => {
      const { runMutes } = await import('../commands/alerts.js');
      line.done(await runMutes(dataOptions(line, options)));
    });
}
