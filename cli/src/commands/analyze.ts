// `kaipo analyze FILE...`: reads captures, prints what is in them. Owns: one engine over all files, the exit code.
import type { KaipoEvent } from '@kaipo/core/api/index.js';
import { Engine } from '@kaipo/core/engine/engine.js';
import { CaptureReader } from '@kaipo/core/frame/capture-reader.js';
import type { FrameBatch } from '@kaipo/core/frame/frame-batch.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { EXIT_OK, EXIT_SIGINT, EXIT_SIGTERM } from '@kaipo/core/kernel/exit-codes.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { isInputError, readCaptureFile } from '@kaipo/core/source/file-source.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import type { Store } from '@kaipo/core/store/store.js';
import { AnalysisSums } from '../analysis/analysis-sums.js';
import type { AnalysisWriter } from '../analysis/analysis-writer.js';
import { CsvWriter } from '../analysis/csv-writer.js';
import { FileRecorder, SLICE_US } from '../analysis/file-recorder.js';
import { JsonWriter } from '../analysis/json-writer.js';
import { NdjsonWriter } from '../analysis/ndjson-writer.js';
import { analysisSummary } from '../analysis/summary-record.js';
import { TableWriter } from '../analysis/table-writer.js';
import type { Privacy } from '../live/interval-record.js';
import { Progress } from '../output/progress.js';
import { reportError } from '../output/report-error.js';
import { TextSink } from '../output/text-sink.js';
import { type PluginSet, pluginSet } from '../plugins/plugin-set.js';
import { loadSettings, storeOptions } from '../settings/settings.js';

/** Flows kept at once while reading files: memory is taken as flows come, at most 150 MB. */
const ANALYZE_MAX_FLOWS = 1_048_576;

export interface AnalyzeOptions {
  readonly format: 'table' | 'json' | 'ndjson' | 'csv';
  readonly output?: string;
  /** Also record into this store. */
  readonly store?: string;
  readonly config?: string;
  readonly color: boolean;
}

export async function runAnalyze(files: readonly string[], options: AnalyzeOptions): Promise<number> {
  let sink: TextSink | undefined;
  let store: Store | undefined;
  try {
    const { config } = await loadSettings(options);
    const plugins = pluginSet(config.plugins);
    if (options.store !== undefined) store = openStore(storeOptions(config));
    sink = new TextSink(options.output);
    const exitCode = await new Analysis(sink, options, plugins, store, config.privacy.mode).run(files);
    sink.close();
    return exitCode;
  } catch (error) {
    sink?.abandon();
    return reportError(error);
  } finally {
    await store?.close();
  }
}

class Analysis {
  readonly #sink: TextSink;
  readonly #options: AnalyzeOptions;
  readonly #engine: Engine;
  readonly #sums = new AnalysisSums();
  readonly #recorder: FileRecorder | undefined;
  readonly #progress = new Progress();
  readonly #abort = new AbortController();
  #writer: AnalysisWriter | undefined;

  constructor(
    sink: TextSink,
    options: AnalyzeOptions,
    plugins: PluginSet,
    store: Store | undefined,
    privacy: Privacy | undefined,
  ) {
    this.#sink = sink;
    this.#options = options;
    this.#engine = new Engine({
      ...plugins,
      maxFlows: ANALYZE_MAX_FLOWS,
      onFault: (text) => process.stderr.write(`kaipo: ${safeText(text)}\n`),
      onFlowEnded: (flow) => this.#recorder?.flowEnded(flow),
    });
    this.#recorder = store === undefined ? undefined : new FileRecorder(store, this.#engine, privacy);
    this.#engine.bus.subscribe({
      name: 'output',
      wants: 'all',
      capacity: 4096,
      whenFull: 'flush',
      deliver: (events) => {
        for (const event of events) this.#onEvent(event);
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
      const reader = new CaptureReader(
        (batch) => this.#onBatch(batch),
        this.#recorder === undefined ? {} : { splitUs: SLICE_US },
      );
      const failure = await this.#readOne(file, reader);
      this.#progress.clear();
      if (failure !== undefined) exitCode = reportError(failure);
      if (reader.isCapture) captures += 1;
      if (this.#abort.signal.aborted) break;
    }
    process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate);
    if (captures > 0) await this.#finish(captures);
    // An output file that was there before stays as it was.
    else this.#sink.abandon();
    return stoppedBy ?? exitCode;
  }

  async #finish(captures: number): Promise<void> {
    const engine = this.#engine;
    const writer = this.#openWriter();
    while (engine.finishSome()) await this.#recorder?.written();
    this.#recorder?.closeSlice();
    this.#sums.addOther(engine.tally.otherPackets, engine.tally.otherBytes);
    writer.end(analysisSummary(engine, captures), this.#sums);
    await this.#recorder?.written();
  }

  #onBatch(batch: FrameBatch): void {
    this.#openWriter();
    this.#recorder?.beforeBatch(batch);
    this.#engine.process(batch);
  }

  #onEvent(event: KaipoEvent): void {
    this.#writer?.event(event);
    this.#recorder?.event(event);
    if (event.kind === 'flow.ended') this.#sums.addFlow(event.flow);
    else if (event.kind === 'dns.asked' || event.kind === 'dns.answered') this.#sums.addDns(event);
  }

  /** Only once there is something to print: an unreadable file prints nothing. */
  #openWriter(): AnalysisWriter {
    this.#writer ??= makeWriter(this.#sink, this.#options);
    return this.#writer;
  }

  /** Returns what is wrong with the file, or undefined. What is wrong with the output or with us is thrown: it ends the run. */
  async #readOne(file: string, reader: CaptureReader): Promise<KaipoError | undefined> {
    try {
      await readCaptureFile(file, reader, {
        signal: this.#abort.signal,
        onProgress: ({ readBytes, totalBytes }) => this.#progress.show(file, readBytes, totalBytes),
        afterPiece: () => this.#recorder?.written(),
      });
    } catch (error) {
      if (error instanceof KaipoError && isInputError(error)) return error;
      throw error;
    }
    const failure = reader.failure;
    if (failure === undefined) return undefined;
    return new KaipoError(failure.code, `${file === '-' ? 'standard input' : file}: ${failure.message}`, failure.fix);
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
