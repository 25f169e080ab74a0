// What comes over the wall, stream after stream. Owns: sums over restarts, gaps, and what helpers have said about themselves.
// Must not know flows or screens. Bound: one stream at a time; notices are handed on at once.

import type { PrivilegeReport } from '@kaipo/capture-helper/contract/index.js';
import type { CaptureEnd, CaptureHandler, CaptureSession, CaptureStart } from '@kaipo/capture-helper/launch/index.js';
import { FrameBatch } from '@kaipo/core/frame/frame-batch.js';
import { ARENA_BYTES } from '@kaipo/core/kernel/limits.js';
import type { Coverage } from '@kaipo/core/query/live-books.js';
import type { LiveNotice } from '@kaipo/core/query/live-snapshot.js';
import { HelperStream, type HelperStreamHandlers, type KernelEventHandlers } from '@kaipo/core/source/helper-stream.js';

/** Packets since capture began. received = delivered + droppedByKernel + droppedByHelper. */
export interface CaptureSums {
  readonly received: number;
  readonly delivered: number;
  readonly droppedByKernel: number;
  readonly droppedByHelper: number;
  /** Statistics of the helper: what it captured before each of them has arrived. */
  readonly reports: number;
}

export interface IntakeHandlers {
  onBatch(batch: FrameBatch): void;
  onNotice(severity: LiveNotice['severity'], text: string): void;
  onEnd(end: CaptureEnd): void;
  readonly events: KernelEventHandlers;
  /** A stream is over, and with it what its helper told of the kernel's events. */
  onStreamEnd(): void;
}

export class CaptureIntake implements CaptureHandler {
  privileges: PrivilegeReport | undefined;
  helper: string | undefined;
  gaps = 0;
  isRunning = false;
  #begin: () => void = () => undefined;
  /** The first helper has its rings open, or there will be none: what is sent from now on is captured. */
  readonly begun = new Promise<void>((resolve) => {
    this.#begin = resolve;
  });
  /** Set once by whoever started the session, so that a hostile stream can be refused. */
  session: CaptureSession | undefined;

  readonly #handlers: IntakeHandlers;
  /** By interface, of the streams that are over. */
  readonly #finished = new Map<string, CaptureSums>();
  /** Interfaces whose packets have all come over since the last takeCoverage. */
  #unbroken = new Set<string>();
  /** Interfaces the stream at hand had, and that were deleted since. */
  readonly #deleted = new Set<string>();
  /** One for all streams: a helper that dies again and again takes no more memory than one that lives. */
  readonly #batch = new FrameBatch(new Uint8Array(ARENA_BYTES));
  #stream: HelperStream | undefined;
  /** Of the stream that ended last. */
  #names: readonly string[] = [];
  #gapSinceMs = 0;
  /** Names by lasting number; as many as interfaces were ever captured, which no restart adds to without bound. */
  readonly #known: string[] = [];
  /** Lasting number by number of the stream at hand. */
  #numbers: number[] = [];

  constructor(handlers: IntakeHandlers) {
    this.#handlers = handlers;
  }

  interfaceName(interfaceId: number): string | undefined {
    return this.#known[interfaceId];
  }

  /** Of the stream at hand; until it has named its interfaces, and after it has ended, those of the stream before. */
  get interfaceNames(): readonly string[] {
    const names = this.#stream?.interfaceNames ?? [];
    return names.length > 0 ? names : this.#names;
  }

  /** Capture has ended for good. */
  forget(): void {
    this.#names = [];
    this.helper = undefined;
  }

  /** By interface. Of a stream that still runs, packets whose fate is known; of one that ended in order, the kernel's own count. */
  sums(): Map<string, CaptureSums> {
    const sums = new Map(this.#finished);
    addStreamSums(sums, this.#stream, false);
    return sums;
  }

  /** How well interfaces were captured since the last call. */
  takeCoverage(): (name: string) => Coverage {
    const unbroken = this.#unbroken;
    const names = this.#stream?.interfaceNames ?? [];
    const running = new Set(names.filter((name) => !this.#deleted.has(name)));
    const isStarting = this.#stream !== undefined && names.length === 0;
    this.#unbroken = new Set(running);
    return (name) => {
      if (running.has(name)) return unbroken.has(name) ? 'running' : 'restarted';
      // Its first packets may be on their way.
      return isStarting ? 'restarted' : 'broken';
    };
  }

  onStart(info: CaptureStart): void {
    this.helper = info.helper;
    this.isRunning = true;
    const handlers: HelperStreamHandlers = {
      onBatch: (batch) => {
        this.#renumber(batch);
        this.#handlers.onBatch(batch);
      },
      onPrivileges: (report) => {
        this.privileges = report;
        this.#begin();
        this.#endGap();
        const isTooStrong = report.uid === 0 || /[^0]/.test(report.capEff + report.capPrm + report.capAmb);
        if (isTooStrong) this.#handlers.onNotice('critical', 'the capture helper has kept privileges it must not have');
      },
      onInterfaceState: (notice) => {
        if (notice.state === 'gone') this.#lose(notice.name);
        if (notice.state === 'up')
          this.#handlers.onNotice('info', `${notice.name} is up again: its packets are captured`);
        else if (notice.state === 'down')
          this.#handlers.onNotice('warning', `${notice.name} is down: nothing to capture there until it is up`);
        else this.#handlers.onNotice('warning', `${notice.name} was deleted: capture goes on without it`);
      },
      onNotice: (text) => this.#handlers.onNotice('info', text),
      events: this.#handlers.events,
    };
    this.#stream = new HelperStream(handlers, this.#batch);
  }

  space(): Uint8Array | undefined {
    return this.#stream?.space();
  }

  /** A helper reports once its rings are open: what comes from now on is captured. */
  #endGap(): void {
    if (this.#gapSinceMs === 0) return;
    const seconds = (performance.now() - this.#gapSinceMs) / 1000;
    this.#gapSinceMs = 0;
    this.#handlers.onNotice('warning', `capture is back after a gap of ${seconds.toFixed(1)} s`);
  }

  onBytes(bytes: Uint8Array): void {
    const stream = this.#stream;
    if (stream === undefined || stream.push(bytes)) return;
    const why = stream.failure?.message ?? 'unreadable';
    this.session?.reject(why);
  }

  onGap(reason: string): void {
    this.#close(false);
    this.gaps += 1;
    this.#gapSinceMs = performance.now();
    this.#handlers.onNotice('critical', `gap in the capture: ${reason}`);
  }

  onNotice(text: string): void {
    this.#handlers.onNotice('info', text);
  }

  onEnd(end: CaptureEnd): void {
    this.#close(end.reason === 'closed');
    this.isRunning = false;
    this.#begin();
    this.#handlers.onEnd(end);
  }

  /**
   * Numbers of interfaces are those of a stream, and a restarted helper may lack one. Flows and names need numbers that last:
   * the order in which names were first seen. Nothing to do as long as both are the same, which they are until a restart.
   */
  #renumber(batch: FrameBatch): void {
    const names = this.interfaceNames;
    if (this.#numbers.length !== names.length) {
      this.#numbers = names.map((name) => {
        if (!this.#known.includes(name)) this.#known.push(name);
        return this.#known.indexOf(name);
      });
    }
    if (this.#numbers.every((number, index) => number === index)) return;
    for (let row = 0; row < batch.length; row++) {
      batch.interfaceId[row] = this.#numbers[batch.interfaceId[row]!] ?? batch.interfaceId[row]!;
    }
  }

  #lose(name: string): void {
    this.#unbroken.delete(name);
    this.#deleted.add(name);
  }

  #close(isOrderly: boolean): void {
    this.#numbers = [];
    this.#names = this.interfaceNames;
    addStreamSums(this.#finished, this.#stream, isOrderly);
    if (this.#stream !== undefined) this.#handlers.onStreamEnd();
    this.#stream = undefined;
    this.#unbroken.clear();
    this.#deleted.clear();
  }
}

function addStreamSums(into: Map<string, CaptureSums>, stream: HelperStream | undefined, isOrderlyEnd: boolean): void {
  stream?.counts.forEach((counts, id) => {
    const droppedByKernel = counts.droppedByKernel ?? 0;
    // Only a helper that cannot ask the kernel has drops of its own: it counted more than it wrote.
    const droppedByHelper =
      counts.droppedByKernel === undefined ? Math.max(0, (counts.received ?? 0) - counts.delivered) : 0;
    const known = counts.seen + droppedByKernel + droppedByHelper;
    const received = isOrderlyEnd ? Math.max(counts.received ?? 0, known) : known;
    const name = stream.interfaceName(id) ?? '';
    const sums = into.get(name) ?? NO_PACKETS;
    into.set(
      name,
      addSums(sums, { received, delivered: counts.seen, droppedByKernel, droppedByHelper, reports: counts.reports }),
    );
  });
}

export const NO_PACKETS: CaptureSums = {
  received: 0,
  delivered: 0,
  droppedByKernel: 0,
  droppedByHelper: 0,
  reports: 0,
};

export const addSums = (a: CaptureSums, b: CaptureSums): CaptureSums => ({
  received: a.received + b.received,
  delivered: a.delivered + b.delivered,
  droppedByKernel: a.droppedByKernel + b.droppedByKernel,
  droppedByHelper: a.droppedByHelper + b.droppedByHelper,
  reports: a.reports + b.reports,
});
