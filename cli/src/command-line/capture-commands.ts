// The command line of what captures: live, daemon.
import { type Command, Option } from 'commander';
import { type CommandLine, collect, examples, secondsFrom, wholeNumber } from './command-line.js';

export function addCaptureCommands(line: CommandLine): void {
  addLive(line);
  addDaemon(line);
}

const captureOptions = (command: Command): Command =>
  command
    .option(
      '-i, --interface <name>',
      'capture on this interface (repeatable; default: the physical ones that are up)',
      collect,
    )
    .option('--filter <expression>', 'capture only what this pcap filter lets through, e.g. "port 443"')
    .option('--snaplen <bytes>', 'bytes kept of each packet', wholeNumber(64, 262_144))
    .option('--ring-mib <size>', 'kernel buffer of each interface in MiB', wholeNumber(1, 512))
    .addOption(
      new Option('--helper <which>', 'the capture helper to use')
        .choices(['auto', 'native', 'portable', 'none'])
        .default('auto'),
    )
    .option('--config <file>', 'the configuration file to use');

const capturesAs = (options: Record<string, unknown>) => ({
  interfaces: (options['interface'] as string[] | undefined) ?? [],
  filter: options['filter'] as string | undefined,
  intervalS: options['interval'] as number | undefined,
  snaplen: options['snaplen'] as number | undefined,
  ringMiB: options['ringMib'] as number | undefined,
  helper: options['helper'] as 'auto' | 'native' | 'portable' | 'none',
  store: options['store'] as string | undefined,
  config: options['config'] as string | undefined,
});

function addDaemon(line: CommandLine): void {
  captureOptions(line.program.command('daemon'))
    .description('the recorder without a screen; live shows what it measures')
    .option(
      '--interval <seconds>',
      'time between readings (default: monitoring.poll_interval)',
      secondsFrom(0.05, 86_400),
    )
    .option('--store <dir>', "record into this store (default: the user's, or the service's)")
    .addHelpText(
      'after',
      `${examples('kaipo daemon', 'kaipo daemon --helper none --interval 5', 'kaipo daemon -i eth0 --store /srv/kaipo')}
What was measured is written every monitoring.batch_write_interval (30s). SIGHUP reads the configuration again, SIGTERM and
Ctrl-C write what is left and end it. Exit 75: another process records into the store already.
`,
    )
    .action(async (options: Record<string, unknown>) => {
      const { keepMemorySmall } = await import('../live/recorder-memory.js');
      keepMemorySmall();
      const { runDaemon } = await import('../commands/daemon.js');
      line.done(await runDaemon(capturesAs(options), line.elevated));
    });
}

function addLive(line: CommandLine): void {
  captureOptions(line.program.command('live'))
    .description('the live dashboard; attaches to the recorder that runs, else captures and records itself')
    .option(
      '--interval <seconds>',
      'time between updates (default: 1; attached to a recorder: its own)',
      secondsFrom(0.05, 86_400),
    )
    .option('--duration <seconds>', 'end after this time', secondsFrom(0.001, 1e9))
    .option(
      '--at <time>',
      'begin in the past: "yesterday 03:10", -2h, 2026-11-21; with --plain or --format ndjson, that picture',
    )
    .option('--plain', 'text blocks instead of the dashboard; also without a terminal')
    .addOption(
      new Option('--format <format>', 'dashboard, or one tick record a line')
        .choices(['dashboard', 'ndjson'])
        .default('dashboard'),
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
        'kaipo live --at "yesterday 03:10"',
        'kaipo live --at -2h --plain',
      ),
    )
    .action(async (options: Record<string, unknown>) => {
      const { runLive } = await import('../commands/live.js');
      line.done(
        await runLive(
          {
            ...capturesAs(options),
            durationS: options['duration'] as number | undefined,
            at: options['at'] as string | undefined,
            isPlain: options['plain'] === true,
            format: options['format'] as 'dashboard' | 'ndjson',
            isRecording: options['record'] !== false,
            color: line.isColored(process.stdout),
          },
          line.elevated,
        ),
      );
    });
}
