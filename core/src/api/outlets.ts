// Where events leave kaipo. An outlet only sends: queue, batch, time limit and retry are the bus's work.
import type { AlertRaised, EventKind, KaipoEvent, Severity } from './events.js';

/** How a delivery ended. Never thrown: a refused delivery is a normal day. */
export type Outcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly retryable: boolean; readonly error: Error };

export interface Exporter {
  readonly name: string;
  readonly wants: readonly EventKind[] | 'all';
  open(signal: AbortSignal): Promise<void>;
  export(batch: readonly KaipoEvent[], signal: AbortSignal): Promise<Outcome>;
  close(): Promise<void>;
}

export interface AlertSink {
  readonly name: string;
  readonly minSeverity: Severity;
  deliver(alert: AlertRaised, signal: AbortSignal): Promise<Outcome>;
  close(): Promise<void>;
}
