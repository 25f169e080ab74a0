// The role every channel of alerts plays: it is given one delivery at a time and says what became of it. Owns the shapes; when it is tried
// again, in which order and how often is decided elsewhere.
import type { AlertScope, Severity } from './events.js';

/** One thing that went on for a while, however often it was found. */
export interface Incident {
  /** Sorts by time: sixteen hex digits. */
  readonly id: string;
  readonly rule: string;
  /** With the rule it names what is going on; a later incident may have the same. */
  readonly key: string;
  /** The gravest so far. */
  readonly severity: Severity;
  readonly subject: string;
  readonly scope: AlertScope;
  /** As it was found last. */
  readonly summary: string;
  readonly evidence: Readonly<Record<string, string | number>>;
  readonly firstUs: number;
  readonly lastUs: number;
  /** Findings. */
  readonly count: number;
  /** Absent: it goes on. */
  readonly resolvedUs?: number;
  readonly acknowledged?: { readonly atUs: number; readonly note?: string };
  /** Why nobody was told: a mute, quiet hours, the budget of the day (then it is in a digest). */
  readonly heldBack?: 'muted' | 'quiet-hours' | 'budget';
  /** How grave it was when it was told at once the last time; absent: it was not. */
  readonly told?: Severity;
  /** Without a finding for so long it is over; absent: as the rule says. */
  readonly quietUs?: number;
}

/** `updated`: it became graver. `digest`: several incidents in one delivery. `test`: somebody tries the channel. */
export type DeliveryReason = 'opened' | 'updated' | 'resolved' | 'digest' | 'test';

export interface Delivery {
  /** The same however often it is tried: receivers tell repetitions by it. */
  readonly id: string;
  readonly reason: DeliveryReason;
  readonly atUs: number;
  /** One, or those of a digest. */
  readonly incidents: readonly Incident[];
  /** Which kaipo says so. */
  readonly device: { readonly id: string; readonly hostname: string };
}

/** `refused`: trying again would be refused again. `gone`: the receiver wants nothing more, ever. */
export type DeliveryOutcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'failed'; readonly detail: string; readonly retryAfterMs?: number }
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'gone'; readonly detail: string };

export interface AlertSink {
  /** As the configuration names it. */
  readonly name: string;
  /** Never rejects; ends within the sink's own time limit. */
  deliver(delivery: Delivery, signal: AbortSignal): Promise<DeliveryOutcome>;
  close?(): Promise<void>;
}
