// `kaipo analyze FILE...`: reads captures, prints what is in them. Owns: one engine over all files, the exit code.
import { Engine } from '@kaipo/core/engine/engine.js';
import { CaptureReader } from '@kaipo/core/frame/capture-reader.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { EXIT_OK, EXIT_SIGINT } from '@kaipo/core/kernel/exit-codes.js';
import { readCaptureFile } from '@kaipo/core/source/file-source.js';
import { builtinPlugins } from '@kaipo/plugins/all.js';
import { AnalysisSums } from '../analysis/analysis-sums.js';
import type { AnalysisWriter } from '../analysis/analysis-writer.js';
import { CsvWriter } from '../analysis/csv-writer.js';
import { JsonWriter } from '../analysis/json-writer.js';
import { NdjsonWriter } from '../analysis/ndjson-writer.js';
import { analysisSummary } from '../analysis/summary-record.js';
import { TableWriter } from '../analysis/table-writer.js';
import { Progress } from '../output/progress.js';
import { reportError } from '../output/report-error.js';
import { TextSink } from '../output/text-sink.js';

/** Flows kept at once while reading files: memory is taken as flows come, at most 150 MB. */
const ANALYZE_MAX_FLOWS = 1_048_576;

export interface AnalyzeOptions {
  readonly format: 'table' | 'json' | 'ndjson' | 'csv';
  readonly output?: string;
  /** Also record into this store. */
  readonly store?: string;
  readonly color: boolean;
}

export async function runAnalyze(files: readonly string[], options: AnalyzeOptions): Promise<number> {
  const sink = new TextSink(options.output);
  try {
    const exitCode = await analyzeInto(sink, files, options);
    sink.close();
    return exitCode;
  } catch (error) {
    sink.abandon();
    return reportError(error);
  }
}

async function analyzeInto(sink: TextSink, files: readonly string[], options: AnalyzeOptions): Promise<number> {
  const sums = new AnalysisSums();
  const engine = new Engine({
    plugins: builtinPlugins,
    maxFlows: ANALYZE_MAX_FLOWS,
    onFault: (text) => process.stderr.write(`kaipo: ${text}\n`),
  });
  let writer: AnalysisWriter | undefined;
  engine.bus.subscribe({
    name: 'output',
    wants: 'all',
    capacity: 4096,
    whenFull: 'flush',
    deliver: (events) => {
      for (const event of events) {
        writer?.event(event);
        if (event.kind === 'flow.ended') sums.addFlow(event.flow);
      }
    },
  });
  const abort = new AbortController();
  const onInterrupt = (): void => abort.abort();
  process.once('SIGINT', onInterrupt);
  const progress = new Progress();
  let exitCode = EXIT_OK;
  let readable = 0;
  for (const file of files) {
    const reader = new CaptureReader((batch) => {
      writer ??= makeWriter(sink, options);
      engine.process(batch);
    });
    const failure = await readOne(file, reader, progress, abort.signal);
    progress.clear();
    if (failure !== undefined) exitCode = reportError(failure);
    if (reader.isCapture) readable += 1;
    if (abort.signal.aborted) break;
  }
  process.removeListener('SIGINT', onInterrupt);
  if (readable === 0) return abort.signal.aborted ? EXIT_SIGINT : exitCode;
  writer ??= makeWriter(sink, options);
  engine.finish();
  sums.addOther(engine.tally.otherPackets, engine.tally.otherBytes);
  writer.end(analysisSummary(engine, readable), sums);
  return abort.signal.aborted ? EXIT_SIGINT : exitCode;
}

/** Reads one file; returns what went wrong with its name in front, or undefined. */
async function readOne(file: string, reader: CaptureReader, progress: Progress, signal: AbortSignal): Promise<unknown> {
  try {
    await readCaptureFile(file, reader, {
      signal,
      onProgress: ({ readBytes, totalBytes }) => progress.show(file, readBytes, totalBytes),
    });
  } catch (error) {
    return error;
  }
  const failure = reader.failure;
  if (failure === undefined) return undefined;
  return new KaipoError(failure.code, `${file === '-' ? 'standard input' : file}: ${failure.message}`, failure.fix);
}

function makeWriter(sink: TextSink, options: AnalyzeOptions): AnalysisWriter {
  switch (options.format) {
    case 'ndjson':
      return new NdjsonWriter(sink);
    case 'json':
      return new JsonWriter(sink);
    case 'csv':
      return new CsvWriter(sink);
    case 'table':
      return new TableWriter(sink, options.color);
  }
}
