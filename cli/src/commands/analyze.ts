// `kaipo analyze FILE...`: reads captures, prints what is in them. Owns: one run over all files, the exit code.
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Subscription } from '@kaipo/core/bus/event-bus.js';
import { formatSize, parseSize } from '@kaipo/core/config/config-units.js';
import type { KaipoConfig } from '@kaipo/core/config/kaipo-config.js';
import type { CaptureRun, CaptureTotals } from '@kaipo/core/engine/capture-run/capture-run.js';
import { InlineRun } from '@kaipo/core/engine/capture-run/inline-run.js';
import { PipedRun, type StartedIntake, startIntake } from '@kaipo/core/engine/capture-run/piped-run.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { EXIT_OK, EXIT_SIGINT, EXIT_SIGTERM } from '@kaipo/core/kernel/exit-codes.js';
import { LEAST_MEMORY_BYTES, type MemoryLimits, memoryLimits } from '@kaipo/core/kernel/memory-limits.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import type { Store } from '@kaipo/core/store/store.js';
import { AnalysisSums } from '../analysis/analysis-sums.js';
import type { AnalysisWriter } from '../analysis/analysis-writer.js';
import { BenchMeter, type BenchReport, benchText } from '../analysis/bench-report.js';
import { CsvWriter } from '../analysis/csv-writer.js';
import type { OtherEvent } from '../analysis/event-line.js';
import { FileRecorder, SLICE_US } from '../analysis/file-recorder.js';
import { JsonWriter } from '../analysis/json-writer.js';
import { NdjsonWriter } from '../analysis/ndjson-writer.js';
import { PrintedIncidents } from '../analysis/printed-incidents.js';
import { analysisSummary } from '../analysis/summary-record.js';
import { TableWriter } from '../analysis/table-writer.js';
import { keepHeapSmall } from '../heap-budget.js';
import type { Privacy } from '../live/interval-record.js';
import { Progress } from '../output/progress.js';
import { reportError } from '../output/report-error.js';
import { TextSink } from '../output/text-sink.js';
import type { PluginSet, PluginTables } from '../plugins/plugin-set.js';
import { loadSettings, storeOptions } from '../settings/settings.js';

/** Captures from this size on are worth a second thread, which takes some hundredths of a second to start. */
const PIPED_BYTES = 8 * 1024 * 1024;

/** Formats that print each flow as JSON. */
const WRITTEN_FORMATS: ReadonlySet<string> = new Set(['json', 'ndjson']);

export interface AnalyzeOptions {
  readonly format: 'table' | 'json' | 'ndjson' | 'csv';
  readonly output?: string;
  /** Also record into this store. */
  readonly store?: string;
  readonly config?: string;
  /** Memory it may take; that of the configuration without it. */
  readonly memory?: string;
  readonly color: boolean;
  /** Measure, and print that; the analysis goes to `output` if there is one, else nowhere. */
  readonly bench?: boolean;
  /** No protocols, names or applications: who moved how much. */
  readonly flowsOnly?: boolean;
}

export async function runAnalyze(files: readonly string[], options: AnalyzeOptions): Promise<number> {
  keepHeapSmall();
  const meter = options.bench === true ? new BenchMeter() : undefined;
  let sink: TextSink | undefined;
  let store: Store | undefined;
  let intake: StartedIntake | undefined;
  let analysis: Analysis | undefined;
  try {
    const { config } = await loadSettings(options);
    const limits = memoryLimits(memorySize(options.memory) ?? config.monitoring.memoryBytes);
    if (options.store === undefined && isLarge(files)) {
      intake = startIntake(limits.flows, {
        writesFlows: WRITTEN_FORMATS.has(options.format),
        leavesHealth: options.flowsOnly === true,
      });
      intake.worker.once('online', keepHeapSmall);
    }
    const plugins = options.flowsOnly === true ? NO_PLUGINS : await loadPlugins(config.plugins);
    if (options.store !== undefined) store = await openHistory(config);
    sink = new TextSink(meter === undefined ? options.output : (options.output ?? '/dev/null'));
    analysis = new Analysis(sink, options, { plugins, store, privacy: config.privacy.mode, intake, limits });
    const exitCode = await analysis.run(files);
    sink.close();
    if (meter !== undefined && analysis.totals !== undefined) printBench(meter.report(analysis.totals), options);
    return exitCode;
  } catch (error) {
    sink?.abandon();
    return reportError(error);
  } finally {
    await analysis?.close();
    // Whoever never got to use it: a plugin or the output was wrong.
    if (analysis === undefined) await intake?.worker.terminate();
    await store?.close();
  }
}

/** As people write it. */
function memorySize(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const bytes = parseSize(text);
  if (bytes !== undefined && bytes >= LEAST_MEMORY_BYTES) return bytes;
  const least = formatSize(LEAST_MEMORY_BYTES);
  throw new KaipoError(
    'KAIPO_USAGE',
    `--memory: a size of at least ${least} is needed`,
    `kaipo analyze --memory ${least}`,
  );
}

const NO_PLUGINS: PluginSet = { plugins: [], pluginConfig: () => undefined };

/** What makes most of the program is loaded only when it is wanted. */
async function loadPlugins(tables: PluginTables): Promise<PluginSet> {
  const { pluginSet } = await import('../plugins/plugin-set.js');
  return pluginSet(tables);
}

/** Brings a database with it that nobody else needs. */
async function openHistory(config: KaipoConfig): Promise<Store> {
  const { openStore } = await import('@kaipo/core/store/lmdb-store.js');
  return openStore(storeOptions(config));
}

function printBench(report: BenchReport, { format }: AnalyzeOptions): void {
  const isRecord = format === 'json' || format === 'ndjson';
  process.stdout.write(isRecord ? `${JSON.stringify(report)}\n` : benchText(report));
}

interface AnalysisParts {
  readonly plugins: PluginSet;
  readonly store: Store | undefined;
  readonly privacy: Privacy | undefined;
  /** There is enough to read for a second thread. */
  readonly intake: StartedIntake | undefined;
  readonly limits: MemoryLimits;
}

class Analysis {
  readonly #sink: TextSink;
  readonly #options: AnalyzeOptions;
  readonly #run: CaptureRun;
  readonly #sums: AnalysisSums;
  readonly #recorder: FileRecorder | undefined;
  readonly #output: Subscription;
  readonly #incidents = new PrintedIncidents();
  readonly #progress = new Progress();
  readonly #abort = new AbortController();
  #writer: AnalysisWriter | undefined;
  /** What was counted, once all is read. */
  totals: CaptureTotals | undefined;

  constructor(sink: TextSink, options: AnalyzeOptions, { plugins, store, privacy, intake, limits }: AnalysisParts) {
    this.#sums = new AnalysisSums(limits.sumRows);
    this.#sink = sink;
    this.#options = options;
    const runOptions = {
      ...plugins,
      maxFlows: limits.flows,
      limits,
      onFault: (text: string) => void process.stderr.write(`kaipo: ${safeText(text)}\n`),
      onFlowEnded: (flow: number) => this.#onFlowEnded(flow),
    };
    if (store !== undefined) {
      // The recorder looks at flows between two batches, so nobody may be ahead.
      const run = new InlineRun({
        ...runOptions,
        splitUs: SLICE_US,
        beforeBatch: (batch) => this.#recorder?.beforeBatch(batch),
      });
      this.#run = run;
      this.#recorder = new FileRecorder(store, run.engine, privacy);
    } else {
      this.#run = intake === undefined ? new InlineRun(runOptions) : new PipedRun({ ...runOptions, intake });
    }
    const { bus } = this.#run.analysis;
    const queue = { capacity: 4096, whenFull: 'flush' } as const;
    const recorder = this.#recorder;
    if (recorder !== undefined)
      bus.subscribe({ name: 'store', wants: recorder.wants, ...queue, deliver: (events) => recorder.events(events) });
    this.#output = bus.subscribe({
      name: 'output',
      // Flows are written from the table as they end: nobody needs them as values for that.
      wants: ['dns.asked', 'dns.answered', 'http.exchanged', 'device.seen', 'alert.raised'],
      ...queue,
      deliver: (events) => {
        for (const event of events) if (event.kind !== 'flow.ended') this.#onEvent(event);
      },
    });
  }

  /** Reads all files; what was readable is printed even when some were not. */
  async run(files: readonly string[]): Promise<number> {
    let stoppedBy: number | undefined;
    const stop = (exitCode: number) => (): void => {
      stoppedBy ??= exitCode;
      this.#abort.abort();
    };
    const onInterrupt = stop(EXIT_SIGINT);
    const onTerminate = stop(EXIT_SIGTERM);
    process.once('SIGINT', onInterrupt).once('SIGTERM', onTerminate);
    let exitCode = EXIT_OK;
    let captures = 0;
    for (const file of files) {
      const { isCapture, failure } = await this.#run.read(file, {
        signal: this.#abort.signal,
        onProgress: ({ readBytes, totalBytes }) => this.#progress.show(file, readBytes, totalBytes),
        afterPiece: () => this.#recorder?.written(),
      });
      this.#progress.clear();
      if (failure !== undefined) exitCode = reportError(failure);
      if (isCapture) captures += 1;
      if (this.#abort.signal.aborted) break;
    }
    process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate);
    if (captures > 0) await this.#finish(captures);
    // An output file that was there before stays as it was.
    else this.#sink.abandon();
    return stoppedBy ?? exitCode;
  }

  close(): Promise<void> {
    return this.#run.close();
  }

  async #finish(captures: number): Promise<void> {
    const totals = await this.#run.finish(() => this.#recorder?.written());
    this.totals = totals;
    this.#recorder?.closeSlice();
    this.#sums.addOther(totals.tally.otherPackets, totals.tally.otherBytes);
    this.#openWriter().end(analysisSummary(totals, captures, this.#run.analysis), this.#sums);
    await this.#recorder?.written();
  }

  #onFlowEnded(flow: number): void {
    const { ended } = this.#run.analysis;
    this.#recorder?.flowEnded(flow);
    // What happened before the flow ended is printed before it.
    this.#output.flush();
    this.#openWriter().flow(ended);
    this.#sums.addFlow(ended);
  }

  #onEvent(event: OtherEvent): void {
    if (event.kind === 'alert.raised' && !this.#incidents.isNew(event)) return;
    this.#openWriter().event(event);
    if (event.kind === 'dns.asked' || event.kind === 'dns.answered') this.#sums.addDns(event);
  }

  /** Only once there is something to print: an unreadable file prints nothing. */
  #openWriter(): AnalysisWriter {
    this.#writer ??= makeWriter(this.#sink, this.#options);
    return this.#writer;
  }
}

/** Is there enough to read, and a processor to read it on? Standard input is read by the thread that has it. */
function isLarge(files: readonly string[]): boolean {
  if (availableParallelism() < 2 || files.includes('-')) return false;
  let bytes = 0;
  for (const file of files) bytes += sizeOf(file);
  return bytes >= PIPED_BYTES;
}

/** 0 where nobody may look: who reads it says what is wrong. */
function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
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
