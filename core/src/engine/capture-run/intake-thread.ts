// The first thread of a piped run: reads captures, makes flows, hands batches over. Runs as a worker; owns nothing that outlives it.
// Blocks while everything it may write to is still being looked at.
import { parentPort, workerData } from 'node:worker_threads';
import { CaptureReader, type FrameSupply } from '../../frame/capture-reader.js';
import { type FrameBatch, MARK_NEW_FLOW } from '../../frame/frame-batch.js';
import { ColumnMemory } from '../../kernel/column-memory.js';
import type { KaipoError } from '../../kernel/errors.js';
import { FINISH_FLOWS } from '../engine.js';
import { FlowIntake } from '../flow-intake.js';
import { STAGE_ENDED } from '../stage-clock.js';
import { FlowScribe } from '../written-flows.js';
import { PIPE_BATCHES, readCapture, stageTimes } from './capture-run.js';
import type { ErrorText, IntakeReport, IntakeRequest, IntakeStart } from './intake-messages.js';
import { ANALYSED, IS_CLOSED, SharedCapture, WANTED } from './shared-capture.js';

const SYN = 2;
/** Who had to wait sleeps on until this many batches more are done: to be woken for each costs both threads more than a batch does. */
const SLEPT_BATCHES = 4;
/** Then it looks whether the run was given up. */
const LONGEST_WAIT_MS = 100;

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
  #abort = new AbortController();

  constructor(start: IntakeStart) {
    this.#shared = new SharedCapture(new ColumnMemory(start.memory), start.maxFlows);
    this.#arenaFreeAt = new Float64Array(this.#shared.arenas.length);
    this.#intake = new FlowIntake({ maxFlows: start.maxFlows, keepBatches: PIPE_BATCHES, shared: this.#shared });
    const { written, columns, health } = this.#shared;
    this.#scribe = start.writesFlows ? new FlowScribe(written, columns, health) : undefined;
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

  /** Until `count` batches have been looked at, or some more where that is not so yet. */
  #waitFor(count: number): void {
    const { control } = this.#shared;
    if (Atomics.load(control, ANALYSED) >= count) return;
    const wanted = Math.min(this.#posted, count + SLEPT_BATCHES);
    Atomics.store(control, WANTED, wanted);
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
      onProgress: (progress) => post({ kind: 'progress', ...progress }),
    });
    this.#readMs += performance.now() - clock.sumMs - this.#waitedMs - startMs;
    post({ kind: 'read', isCapture, ...(failure === undefined ? {} : { failure: textOf(failure) }) });
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
    post({
      kind: 'batch',
      batch: slot,
      arena: this.#arena,
      rows: batch.length,
      clients,
      endedStart,
      endedCount,
      timedOutCount: intake.endedCount,
    });
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
      post({ kind: 'ended', endedStart, endedCount });
    }
    const { strays: _strays, ...tally } = intake.tally;
    const { created, refused, evicted } = intake.flows;
    const stageMs = stageTimes(this.#readMs, intake.clock);
    post({ kind: 'finished', totals: { tally, flows: { created, refused, evicted }, stageMs } });
  }
}

function textOf({ code, message, fix }: KaipoError): ErrorText {
  return { code, message, ...(fix === undefined ? {} : { fix }) };
}

function post(report: IntakeReport): void {
  parentPort!.postMessage(report);
}

const thread = new IntakeThread(workerData as IntakeStart);
parentPort!.on('message', (request: IntakeRequest) => thread.onRequest(request));
