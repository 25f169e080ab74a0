// What the two threads of a capture run tell each other. What is large lies in shared memory.
import type { ErrorCode } from '../../kernel/errors.js';
import type { CaptureTotals } from './capture-run.js';

/** What the intake thread is started with. */
export interface IntakeStart {
  readonly memory: SharedArrayBuffer;
  readonly maxFlows: number;
  /** What columns say of flows that end is wanted as JSON. */
  readonly writesFlows: boolean;
  /** The other thread has time to measure the health of flows. */
  readonly leavesHealth: boolean;
}

export type IntakeRequest =
  | { readonly kind: 'read'; readonly path: string }
  | { readonly kind: 'stop-reading' }
  | { readonly kind: 'finish' };

/** A KaipoError as it crosses threads. */
export interface ErrorText {
  readonly code: ErrorCode;
  readonly message: string;
  readonly fix?: string;
}

export interface BatchReport {
  readonly kind: 'batch';
  /** Numbers of the batch and of its arena in shared memory. */
  readonly batch: number;
  readonly arena: number;
  readonly rows: number;
  readonly clients: number;
  /** In the ring of ended flows: those that ended while the batch was counted, then those that time has ended. */
  readonly endedStart: number;
  readonly endedCount: number;
  readonly timedOutCount: number;
}

/** What is said at once: a message wakes the other thread, and costs more than a batch takes to be counted. */
export type IntakeMessage = readonly IntakeReport[];

export type IntakeReport =
  | BatchReport
  | { readonly kind: 'progress'; readonly readBytes: number; readonly totalBytes: number }
  | { readonly kind: 'read'; readonly isCapture: boolean; readonly failure?: ErrorText }
  | { readonly kind: 'ended'; readonly endedStart: number; readonly endedCount: number }
  | { readonly kind: 'finished'; readonly totals: CaptureTotals };
