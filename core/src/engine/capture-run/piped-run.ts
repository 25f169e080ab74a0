// Captures read in one thread and analysed in another, this one. Owns: the other thread, and what it is waiting for.
// Bound: what SharedCapture holds; the intake thread waits when this one is behind.
import { Worker } from 'node:worker_threads';
import type { FlowColumns } from '../../flow/flow-columns.js';
import { FlowHealthMeter } from '../../flow/flow-health.js';
import type { FrameBatch } from '../../frame/frame-batch.js';
import { ColumnMemory } from '../../kernel/column-memory.js';
import { KaipoError } from '../../kernel/errors.js';
import type { Mutable } from '../../kernel/mutable.js';
import type { FileSourceOptions } from '../../source/file-source.js';
import { FlowAnalysis, type FlowAnalysisOptions } from '../flow-analysis.js';
import { STAGE_HEALTH } from '../stage-clock.js';
import { WrittenFlow } from '../written-flows.js';
import { type CaptureRead, type CaptureRun, type CaptureTotals, stageTimes } from './capture-run.js';
import type {
  BatchReport,
  ErrorText,
  IntakeMessage,
  IntakeReport,
  IntakeRequest,
  IntakeStart,
} from './intake-messages.js';
import { ANALYSED, IS_CLOSED, SharedCapture, sharedCaptureBytes, WANTED } from './shared-capture.js';

export interface PipedRunOptions extends FlowAnalysisOptions {
  readonly intake: StartedIntake;
}

export interface StartedIntake {
  readonly worker: Worker;
  readonly memory: SharedArrayBuffer;
  readonly maxFlows: number;
  readonly writesFlows: boolean;
  readonly leavesHealth: boolean;
}

/** How the two threads share the work, besides what is always the same. */
export interface SharedWork {
  /** The other thread writes JSON of flows that end, as far as their columns tell. */
  readonly writesFlows?: boolean;
  /** This thread will have time to measure the health of flows: where nobody asks what packets say, the other one is the longer half. */
  readonly leavesHealth?: boolean;
}

/** Starts the other thread: it gets ready while plugins are loaded here. */
export function startIntake(maxFlows: number, work: SharedWork = {}): StartedIntake {
  const { writesFlows = false, leavesHealth = false } = work;
  const memory = new SharedArrayBuffer(sharedCaptureBytes(maxFlows));
  const workerData: IntakeStart = { memory, maxFlows, writesFlows, leavesHealth };
  const worker = new Worker(new URL('./intake-thread.js', import.meta.url), { workerData });
  return { worker, memory, maxFlows, writesFlows, leavesHealth };
}

interface Waiting {
  /** @returns true when this was what was waited for. */
  onReport(report: IntakeReport): boolean;
  resolve(): void;
  reject(error: unknown): void;
}

export class PipedRun implements CaptureRun {
  readonly analysis: FlowAnalysis;
  readonly #shared: SharedCapture;
  readonly #clientSide: Uint8Array;
  readonly #written: WrittenFlow | undefined;
  readonly #worker: Worker;
  /** If it is measured here. */
  readonly #health: FlowHealthMeter | undefined;
  #waiting: Waiting | undefined;
  /** What the other thread has said and was not looked at: at most as many batches as there are, and how far it is. */
  readonly #reports: IntakeReport[] = [];
  #failure: unknown;

  constructor(options: PipedRunOptions) {
    const { worker, memory, maxFlows, writesFlows, leavesHealth } = options.intake;
    this.#shared = new SharedCapture(new ColumnMemory(memory), maxFlows);
    this.#worker = worker;
    this.#worker.on('message', (message: IntakeMessage) => this.#queue(message));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('the thread that reads the capture has ended')));
    // Who is client changes while that thread is ahead; here it changes with the packet that says so.
    this.#clientSide = new Uint8Array(maxFlows);
    (this.#shared.columns as Mutable<FlowColumns>).clientSide = this.#clientSide;
    const written = writesFlows ? { written: new WrittenFlow(this.#shared.written) } : {};
    this.#written = written.written;
    this.#health = leavesHealth ? new FlowHealthMeter(this.#shared.health) : undefined;
    this.analysis = new FlowAnalysis(this.#shared, this.#shared.health, { ...options, ...written });
  }

  async read(path: string, options: FileSourceOptions): Promise<CaptureRead> {
    let answer: Extract<IntakeReport, { kind: 'read' }> | undefined;
    const stop = (): void => this.#request({ kind: 'stop-reading' });
    options.signal?.addEventListener('abort', stop);
    this.#request({ kind: 'read', path });
    await this.#until((report) => {
      if (report.kind === 'progress') options.onProgress?.(report);
      if (report.kind === 'read') answer = report;
      return report.kind === 'read';
    });
    options.signal?.removeEventListener('abort', stop);
    const { isCapture, failure } = answer!;
    return { isCapture, ...(failure === undefined ? {} : { failure: errorOf(failure) }) };
  }

  async finish(): Promise<CaptureTotals> {
    let totals: CaptureTotals | undefined;
    this.#request({ kind: 'finish' });
    await this.#until((report) => {
      if (report.kind === 'finished') totals = report.totals;
      return report.kind === 'finished';
    });
    this.analysis.finish();
    return { ...totals!, stageMs: stageTimes(0, { ms: totals!.stageMs }, this.analysis.clock) };
  }

  async close(): Promise<void> {
    this.#worker.removeAllListeners('exit');
    Atomics.store(this.#shared.control, IS_CLOSED, 1);
    Atomics.notify(this.#shared.control, ANALYSED);
    await this.#worker.terminate();
  }

  #request(request: IntakeRequest): void {
    this.#worker.postMessage(request);
  }

  #until(onReport: Waiting['onReport']): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure === undefined) this.#waiting = { onReport, resolve, reject };
      else reject(this.#failure);
    });
  }

  /** One report a turn of the event loop: messages of a thread that is always ahead would let nothing else in, no signal either. */
  #queue(message: IntakeMessage): void {
    if (this.#reports.length === 0) setImmediate(this.#work);
    this.#reports.push(...message);
  }

  readonly #work = (): void => {
    this.#onReport(this.#reports[0]!);
    this.#reports.shift();
    if (this.#reports.length > 0) setImmediate(this.#work);
  };

  #onReport(report: IntakeReport): void {
    if (this.#failure !== undefined) return;
    try {
      if (report.kind === 'batch') this.#onBatch(report);
      else if (report.kind === 'ended') this.#endFlows(report.endedStart, report.endedCount);
      const waiting = this.#waiting;
      if (waiting?.onReport(report) !== true) return;
      this.#waiting = undefined;
      waiting.resolve();
    } catch (error) {
      this.#fail(error);
    }
  }

  #onBatch(report: BatchReport): void {
    const batch = this.#shared.batches[report.batch]!;
    batch.length = report.rows;
    batch.bytes = this.#shared.arenas[report.arena]!;
    const clients = this.#shared.clients[report.batch]!;
    for (let i = 0; i < report.clients; i++) this.#clientSide[clients[i]! >>> 1] = clients[i]! & 1;
    this.#measure(batch);
    this.analysis.look(batch);
    const { endedStart, endedCount, timedOutCount } = report;
    this.analysis.endFlows(this.#shared.ended, endedStart, endedCount);
    this.analysis.endFlows(this.#shared.ended, endedStart + endedCount, timedOutCount);
    this.#written?.release();
    const { control } = this.#shared;
    const analysed = Atomics.add(control, ANALYSED, 1) + 1;
    if (analysed >= Atomics.load(control, WANTED)) Atomics.notify(control, ANALYSED);
  }

  #measure(batch: FrameBatch): void {
    if (this.#health === undefined) return;
    const { clock } = this.analysis;
    clock.start();
    this.#health.observe(batch);
    clock.lap(STAGE_HEALTH);
  }

  #endFlows(start: number, count: number): void {
    this.analysis.endFlows(this.#shared.ended, start, count);
    this.#written?.release();
    this.analysis.bus.flush();
  }

  /** What went wrong ends the run: nothing is looked at any more. */
  #fail(error: unknown): void {
    this.#failure ??= error;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(this.#failure);
  }
}

function errorOf({ code, message, fix }: ErrorText): KaipoError {
  return new KaipoError(code, message, fix);
}
