// The process that works out answers that take long: started with the first question, ended when none came for a while. Owns its life, the
// order of questions, and what becomes of them when it ends. Must not know what is asked.
// Bounds: one process, MAX_WAITING questions, MAX_WORK_MS a question; beyond, the asker is told to come back.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { KaipoConfig } from '@kaipo/core/config/kaipo-config.js';
import { type ErrorCode, KaipoError } from '@kaipo/core/kernel/errors.js';
import { FilterError, type FilterPlace } from '@kaipo/core/query/filter/filter-error.js';
import { HttpError } from './problem.js';
import type { HistoryQuery } from './routes/history-query.js';

/** The configuration that holds in the server: a file may say something else by now, which nobody asked it to read. */
export interface WorkerStart {
  readonly config: KaipoConfig;
}

export interface WorkerQuestion {
  readonly id: number;
  /** Of the route. */
  readonly path: string;
  readonly query: HistoryQuery;
  readonly url: string;
}

export interface WorkerAnswer {
  readonly id: number;
  readonly text?: string;
  /** Without a code: something nobody foresaw. */
  readonly error?: {
    readonly code?: ErrorCode;
    readonly message: string;
    readonly fix?: string;
    /** Of a FilterError. */
    readonly filter?: { readonly reason: string; readonly place: FilterPlace };
  };
}

interface Waiting {
  readonly question: WorkerQuestion;
  readonly promise: Promise<string>;
  settle(answer: WorkerAnswer): void;
  fail(error: unknown): void;
}

const MAX_WAITING = 64;
const MAX_WORK_MS = 60_000;
const IDLE_MS = 600_000;
const AGAIN = 'ask again in some seconds';
const MAIN = fileURLToPath(new URL('./history-worker-main.js', import.meta.url));

export class HistoryWorker {
  readonly #config: () => KaipoConfig;
  /** By URL, in the order they came; the first one is being worked on. */
  readonly #waiting = new Map<string, Waiting>();
  #child: ChildProcess | undefined;
  #isReady = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #nextId = 1;
  /** Questions that were refused because too many waited, since start. */
  refused = 0;

  /** @param config what holds at this moment. */
  constructor(config: () => KaipoConfig) {
    this.#config = config;
  }

  /** The answer as JSON text. Who asks the same at once gets the same answer. Raises what the question raises, and HttpError 503. */
  ask(question: Omit<WorkerQuestion, 'id'>): Promise<string> {
    const same = this.#waiting.get(question.url);
    if (same !== undefined) return same.promise;
    if (this.#waiting.size >= MAX_WAITING) {
      this.refused += 1;
      return Promise.reject(new HttpError(503, `${MAX_WAITING} questions wait already`, AGAIN));
    }
    // First: where it cannot be started nothing waits for it.
    this.#child ??= this.#start();
    const waiting = waitingFor({ ...question, id: this.#nextId++ });
    this.#waiting.set(question.url, waiting);
    if (this.#waiting.size === 1) this.#next();
    return waiting.promise;
  }

  /** Ready for the first question, which then waits for nothing but its answer. */
  warm(): void {
    if (this.#child === undefined) this.#startOrFail();
  }

  /** The configuration is another one: whatever waits, also what is being worked on, is asked of a process that has it. */
  restart(): void {
    this.#end();
    if (this.#waiting.size > 0) this.#startOrFail();
  }

  close(): void {
    this.#end();
    this.#failAll(new HttpError(503, 'the server ends'));
  }

  #start(): ChildProcess {
    this.#isReady = false;
    const child = fork(MAIN, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], serialization: 'advanced' });
    child.on('message', (message: WorkerAnswer | { readonly isReady: true }) => {
      if (this.#child !== child) return;
      if ('isReady' in message) {
        this.#isReady = true;
        this.#next();
      } else this.#take(message);
    });
    // It may raise several: one that nobody takes would end the server.
    child.on('error', () => this.#over(child));
    child.once('exit', () => this.#over(child));
    if (child.pid === undefined) throw new HttpError(503, 'a process for long questions could not be started', AGAIN);
    child.send({ config: this.#config() } satisfies WorkerStart);
    return child;
  }

  /** Nobody listens to what this raises but those who wait. */
  #startOrFail(): void {
    try {
      this.#child = this.#start();
    } catch (error) {
      this.#failAll(error);
    }
  }

  #take(answer: WorkerAnswer): void {
    const [first] = this.#waiting.values();
    if (first === undefined || first.question.id !== answer.id) return;
    this.#waiting.delete(first.question.url);
    first.settle(answer);
    this.#next();
  }

  /** Asks the first one that waits; without one, ends after a while. */
  #next(): void {
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child === undefined || !this.#isReady) return;
    const [first] = this.#waiting.values();
    if (first === undefined) {
      this.#timer = setTimeout(() => this.#end(), IDLE_MS).unref();
      return;
    }
    child.send(first.question);
    this.#timer = setTimeout(() => child.kill('SIGKILL'), MAX_WORK_MS).unref();
  }

  /** It ended by itself or was ended: who was first is told, the others are asked of a new one. */
  #over(child: ChildProcess): void {
    if (this.#child !== child) return;
    clearTimeout(this.#timer);
    this.#child = undefined;
    const [first] = this.#waiting.values();
    if (first === undefined) return;
    this.#waiting.delete(first.question.url);
    first.fail(new HttpError(503, 'the question took too long, or its process ended', 'ask for a shorter period'));
    if (this.#waiting.size > 0) this.#startOrFail();
  }

  #end(): void {
    clearTimeout(this.#timer);
    const child = this.#child;
    this.#child = undefined;
    // Who works on a question hears nothing until it is done.
    if (this.#waiting.size > 0) child?.kill('SIGKILL');
    else if (child?.connected === true) child.disconnect();
  }

  #failAll(error: unknown): void {
    for (const waiting of this.#waiting.values()) waiting.fail(error);
    this.#waiting.clear();
  }
}

function waitingFor(question: WorkerQuestion): Waiting {
  let settle: Waiting['settle'] = () => undefined;
  let fail: Waiting['fail'] = () => undefined;
  const promise = new Promise<string>((resolve, reject) => {
    settle = (answer) => (answer.text === undefined ? reject(errorOf(answer)) : resolve(answer.text));
    fail = reject;
  });
  return { question, promise, settle, fail };
}

function errorOf({ error }: WorkerAnswer): Error {
  if (error?.code === undefined) return new Error(error?.message ?? 'no answer');
  if (error.filter !== undefined) return new FilterError(error.filter.reason, error.filter.place, error.fix ?? '');
  return new KaipoError(error.code, error.message, error.fix);
}
