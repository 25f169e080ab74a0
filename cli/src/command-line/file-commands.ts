// The command line of what reads capture files: analyze.
import { formatSize, parseSize } from '@kaipo/core/config/config-units.js';
import { LEAST_MEMORY_BYTES } from '@kaipo/core/kernel/memory-limits.js';
import { InvalidArgumentError } from 'commander';
import { type CommandLine, dataCommand, dataOptions, examples, type RawDataOptions } from './command-line.js';

interface RawAnalyzeOptions extends RawDataOptions {
  readonly bench?: true;
  readonly flowsOnly?: true;
  readonly memory?: number;
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
    .option('--memory <size>', 'memory it may take (default: monitoring.memory, 512MB)', memorySize)
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
          ...(options.memory === undefined ? {} : { memoryBytes: options.memory }),
          ...(options.bench === undefined ? {} : { bench: options.bench }),
          ...(options.flowsOnly === undefined ? {} : { flowsOnly: options.flowsOnly }),
        }),
      );
    });
}

function memorySize(value: string): number {
  const bytes = parseSize(value);
  if (bytes === undefined || bytes < LEAST_MEMORY_BYTES)
    throw new InvalidArgumentError(`a size of at least ${formatSize(LEAST_MEMORY_BYTES)} is needed`);
  return bytes;
}
