// What the desk hands on: incidents that are new or changed, what it must remember itself, and what somebody is to be told. Owns the shapes.
import type { DeliveryReason, Incident } from '../api/alert-sink.js';
import type { AlertMute } from './alert-mute.js';
import type { BudgetRecord } from './daily-budget.js';

/** One thing to tell: a Delivery that does not know yet which machine it comes from. The id follows from what is told, so that telling again repeats it. */
export interface Telling {
  readonly id: string;
  readonly reason: DeliveryReason;
  readonly atUs: number;
  readonly incidents: readonly Incident[];
}

/** What the desk remembers besides incidents: plain data. */
export interface DeskRecord {
  readonly version: 1;
  readonly mutes: readonly AlertMute[];
  readonly lastMuteId: number;
  readonly budget: BudgetRecord;
  readonly nextDigestUs: number;
  /** Incidents the next digest tells, by id. */
  readonly waiting: readonly string[];
  /** Incidents whose end is told after quiet hours, by id. */
  readonly late: readonly string[];
  readonly incidents: number;
  /** Told and not yet handed over to who delivers. */
  readonly tellings: readonly Telling[];
}

export interface AlertChanges {
  /** As they are now; each once. */
  readonly incidents: readonly Incident[];
  /** Absent: as it was. */
  readonly desk?: DeskRecord;
}
