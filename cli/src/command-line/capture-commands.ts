// The command line of what captures: live.
import { Option } from 'commander';
import { type CommandLine, collect, examples, secondsFrom, wholeNumber } from './command-line.js';

export function addCaptureCommands(line: CommandLine): void {
  line.program
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
      const { runLive } = await import('../commands/live.js');
      line.done(
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
            color: line.isColored(process.stdout),
          },
          line.elevated,
        ),
      );
    });
}
