// The first thread of a piped run: reads captures, makes flows, hands batches over. Runs as a worker; owns nothing that outlives it.
// Blocks while everything it may write to is still being looked at.
import { parentPort, workerData } from 'node:worker_threads';
import { CaptureReader, type FrameSupply } from '../../frame/capture-reader.js';
import { type FrameBatch, MARK_NEW_FLOW } from '../../frame/frame-batch.js';
import { ColumnMemory } from '../../kernel/column-memory.js';
import type { KaipoError } from '../../kernel/errors.js';
import type { FileProgress } from '../../source/file-source.js';
import { FINISH_FLOWS, FlowIntake } from '../flow-intake.js';
import { STAGE_ENDED } from '../stage-clock.js';
import { FlowScribe } from '../written-flows.js';
import { PIPE_BATCHES, readCapture, stageTimes } from './capture-run.js';
import type { ErrorText, IntakeMessage, IntakeReport, IntakeRequest, IntakeStart } from './intake-messages.js';
import { ANALYSED, IS_CLOSED, SharedCapture, WANTED } from './shared-capture.js';

const SYN = 2;
/** Who had to wait sleeps on until this many batches more are done: to be woken for each costs both threads more than a batch does. */
const SLEPT_BATCHES = 4;
/** Then it looks whether the run was given up. */
const LONGEST_WAIT_MS = 100;
/** Batches told of at once, for the same reason; fewer where this thread has to wait for the other one. */
const TOLD_BATCHES = 3;
/** Between two reports of how far reading is, which is for people. */
const PROGRESS_MS = 100;

class IntakeThread implements FrameSupply {
  readonly #shared: SharedCapture;
  readonly #intake: FlowIntake;
  readonly #scribe: FlowScribe | undefined;
  /** By arena: how many batches must have been looked at before it may be written to. */
  readonly #arenaFreeAt: Float64Array;
  #arena = 0;
  #posted = 0;
  #readMs = 0;
  #waitedMs = 0;
  #toldMs = 0;
  /** What the other thread is to be told. */
  #untold: IntakeReport[] = [];
  #abort = new AbortController();

  constructor(start: IntakeStart) {
    this.#shared = new SharedCapture(new ColumnMemory(start.memory), start.maxFlows);
    this.#arenaFreeAt = new Float64Array(this.#shared.arenas.length);
    const { maxFlows, leavesHealth, writesFlows } = start;
    this.#intake = new FlowIntake({ maxFlows, leavesHealth, keepBatches: PIPE_BATCHES, shared: this.#shared });
    const { written, columns, health } = this.#shared;
    this.#scribe = writesFlows ? new FlowScribe(written, columns, health) : undefined;
  }

  onRequest(request: IntakeRequest): void {
    if (request.kind === 'stop-reading') this.#abort.abort();
    else if (request.kind === 'finish') this.#finish();
    else void this.#read(request.path);
  }

  nextBatch(): FrameBatch {
    this.#waitFor(this.#posted - PIPE_BATCHES + 1);
    return this.#shared.batches[this.#posted % PIPE_BATCHES]!;
  }

  nextArena(): Uint8Array {
    this.#arena = (this.#arena + 1) % this.#shared.arenas.length;
    this.#waitFor(this.#arenaFreeAt[this.#arena]!);
    return this.#shared.arenas[this.#arena]!;
  }

  #tell(report: IntakeReport): void {
    this.#untold.push(report);
    this.#tellAll();
  }

  #tellProgress(progress: FileProgress): void {
    const nowMs = performance.now();
    if (nowMs - this.#toldMs < PROGRESS_MS) return;
    this.#toldMs = nowMs;
    this.#tell({ kind: 'progress', ...progress });
  }

  #tellAll(): void {
    if (this.#untold.length === 0) return;
    const message: IntakeMessage = this.#untold;
    parentPort!.postMessage(message);
    this.#untold = [];
  }

  /** Until `count` batches have been looked at, or some more where that is not so yet. */
  #waitFor(count: number): void {
    const { control } = this.#shared;
    if (Atomics.load(control, ANALYSED) >= count) return;
    // The last batch is what the other thread has to do while this one gets on.
    const wanted = Math.max(count, Math.min(this.#posted - 1, count + SLEPT_BATCHES));
    Atomics.store(control, WANTED, wanted);
    this.#tellAll();
    const startMs = performance.now();
    for (;;) {
      const analysed = Atomics.load(control, ANALYSED);
      if (analysed >= wanted || Atomics.load(control, IS_CLOSED) !== 0) break;
      Atomics.wait(control, ANALYSED, analysed);
    }
    this.#waitedMs += performance.now() - startMs;
  }

  async #read(path: string): Promise<void> {
    const { clock } = this.#intake;
    const startMs = performance.now() - clock.sumMs - this.#waitedMs;
    const reader = new CaptureReader((batch) => this.#deliver(batch), { supply: this });
    const { isCapture, failure } = await readCapture(path, reader, {
      signal: this.#abort.signal,
      isBlocking: true,
      onProgress: (progress) => this.#tellProgress(progress),
    });
    this.#readMs += performance.now() - clock.sumMs - this.#waitedMs - startMs;
    this.#tell({ kind: 'read', isCapture, ...(failure === undefined ? {} : { failure: textOf(failure) }) });
  }

  #deliver(batch: FrameBatch): void {
    const intake = this.#intake;
    const slot = this.#posted % PIPE_BATCHES;
    intake.take(batch);
    const { endedStart, endedCount } = intake;
    intake.advance(batch.tsUs[batch.length - 1]!);
    const clients = this.#noteClients(batch, this.#shared.clients[slot]!);
    this.#write(endedStart, endedCount + intake.endedCount);
    this.#posted += 1;
    this.#arenaFreeAt[this.#arena] = this.#posted;
    this.#untold.push({
      kind: 'batch',
      batch: slot,
      arena: this.#arena,
      rows: batch.length,
      clients,
      endedStart,
      endedCount,
      timedOutCount: intake.endedCount,
    });
    if (this.#untold.length >= TOLD_BATCHES) this.#tellAll();
  }

  /** Who is client may change with a packet: the other thread must not see it before it sees that packet. */
  #noteClients(batch: FrameBatch, clients: Uint32Array): number {
    const { clientSide } = this.#shared.columns;
    let count = 0;
    for (let row = 0; row < batch.length; row++) {
      const isNew = (batch.marks[row]! & MARK_NEW_FLOW) !== 0;
      if (!isNew && (batch.tcpFlags[row]! & SYN) === 0) continue;
      const flow = batch.flowId[row]!;
      if (flow < clientSide.length) clients[count++] = flow * 2 + clientSide[flow]!;
    }
    return count;
  }

  #write(endedStart: number, endedCount: number): void {
    const { ended, clock } = this.#intake;
    clock.start();
    this.#scribe?.write(ended, endedStart, endedCount);
    clock.lap(STAGE_ENDED);
  }

  /** The last flows end all at once, faster than they are printed: until most of what was written has been read. */
  #waitForReader(): void {
    const { control } = this.#shared;
    while (Atomics.load(control, IS_CLOSED) === 0 && this.#scribe?.waitForRoom(LONGEST_WAIT_MS) === false);
  }

  #finish(): void {
    const intake = this.#intake;
    while (intake.endSome(FINISH_FLOWS)) {
      const { endedStart, endedCount } = intake;
      this.#waitForReader();
      this.#write(endedStart, endedCount);
      this.#tell({ kind: 'ended', endedStart, endedCount });
    }
    const { strays: _strays, ...tally } = intake.tally;
    const { created, refused, evicted } = intake.flows;
    const stageMs = stageTimes(this.#readMs, intake.clock);
    this.#tell({ kind: 'finished', totals: { tally, flows: { created, refused, evicted }, stageMs } });
  }
}

function textOf({ code, message, fix }: KaipoError): ErrorText {
  return { code, message, ...(fix === undefined ? {} : { fix }) };
}

const thread = new IntakeThread(workerData as IntakeStart);
parentPort!.on('message', (request: IntakeRequest) => thread.onRequest(request));
