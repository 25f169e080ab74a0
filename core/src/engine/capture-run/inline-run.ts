// Captures read and analysed in one thread. Owns: an engine and a reader a file.
import { CaptureReader } from '../../frame/capture-reader.js';
import type { FrameBatch } from '../../frame/frame-batch.js';
import type { FileSourceOptions } from '../../source/file-source.js';
import { Engine } from '../engine.js';
import type { FlowAnalysis, FlowAnalysisOptions } from '../flow-analysis.js';
import {
  type CaptureRead,
  type CaptureRun,
  type CaptureTotals,
  PIPE_BATCHES,
  readCapture,
  stageTimes,
} from './capture-run.js';

export interface InlineRunOptions extends FlowAnalysisOptions {
  readonly maxFlows: number;
  /** Ends batches at multiples of this packet time. */
  readonly splitUs?: number;
  /** Called before a batch is looked at. */
  beforeBatch?(batch: FrameBatch): void;
}

export class InlineRun implements CaptureRun {
  readonly engine: Engine;
  readonly analysis: FlowAnalysis;
  readonly #options: InlineRunOptions;
  #readMs = 0;

  constructor(options: InlineRunOptions) {
    this.#options = options;
    this.engine = new Engine({ ...options, keepBatches: PIPE_BATCHES });
    this.analysis = this.engine.analysis;
  }

  async read(path: string, options: FileSourceOptions): Promise<CaptureRead> {
    const { splitUs } = this.#options;
    const reader = new CaptureReader((batch) => this.#onBatch(batch), splitUs === undefined ? {} : { splitUs });
    const startMs = performance.now();
    const stagesMs = this.#stagesMs();
    const read = await readCapture(path, reader, options);
    this.#readMs += performance.now() - startMs - (this.#stagesMs() - stagesMs);
    return read;
  }

  async finish(afterPiece?: () => Promise<void> | undefined): Promise<CaptureTotals> {
    while (this.engine.finishSome()) await afterPiece?.();
    const { tally, flows } = this.engine;
    return { tally, flows, stageMs: stageTimes(this.#readMs, this.engine.intake.clock, this.analysis.clock) };
  }

  async close(): Promise<void> {}

  #stagesMs(): number {
    return this.engine.intake.clock.sumMs + this.analysis.clock.sumMs;
  }

  #onBatch(batch: FrameBatch): void {
    this.#options.beforeBatch?.(batch);
    this.engine.process(batch);
  }
}
