// The command line of what reads capture files: analyze.
import { type CommandLine, dataCommand, dataOptions, examples, type RawDataOptions } from './command-line.js';

interface RawAnalyzeOptions extends RawDataOptions {
  readonly bench?: true;
  readonly flowsOnly?: true;
  readonly memory?: string;
}

export function addFileCommands(line: CommandLine): void {
  dataCommand(
    line.program,
    'analyze',
    'read capture files (pcap, pcapng, also gzip; - is standard input) and say what is in them',
    'record into this store (default: record nothing)',
  )
    .argument('<file...>', 'capture files')
    .option('--flows-only', 'who moved how much, without protocols, names and applications')
    .option('--memory <size>', 'memory it may take (default: monitoring.memory, 512MB)')
    .option('--bench', 'measure how fast that is, and print that instead of the analysis')
    .addHelpText(
      'after',
      examples(
        'kaipo analyze capture.pcap',
        'tcpdump -w - | kaipo analyze - --format ndjson',
        'kaipo analyze day*.pcapng.gz --store ./history',
        'kaipo analyze --bench large.pcap',
      ),
    )
    .action(async (files: string[], options: RawAnalyzeOptions) => {
      const { runAnalyze } = await import('../commands/analyze.js');
      line.done(
        await runAnalyze(files, {
          ...dataOptions(line, options),
          ...(options.memory === undefined ? {} : { memory: options.memory }),
          ...(options.bench === undefined ? {} : { bench: options.bench }),
          ...(options.flowsOnly === undefined ? {} : { flowsOnly: options.flowsOnly }),
        }),
      );
    });
}
