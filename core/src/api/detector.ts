// The role every anomaly rule plays: it is told events and intervals, never packets, and writes findings. Owns what a detector says about
// itself and what it is given. Whether a finding is an incident, is muted, or is told to anybody is decided elsewhere.
import type { EventKind, EventWriter, KaipoEvent, Severity } from './events.js';
import type { FlowSteps } from './flow-steps.js';
import type { IntervalRecord } from './interval-record.js';
import type { PluginSetting } from './plugin.js';

/** What a rule is, for people: `kaipo plugins show`, the dashboard, the text of an alert. */
export interface DetectorSpec {
  /** Lower case, digits and dashes: port-scan. */
  readonly rule: string;
  readonly title: string;
  /** What it means when it is raised, in plain words. */
  readonly meaning: string;
  /** What else looks like this. */
  readonly falsePositives: string;
  /** The usual one; a finding may be graver or less. */
  readonly severity: Severity;
  readonly settings: readonly PluginSetting[];
  /** Without a finding for so long the incident is over. */
  readonly quietUs: number;
  /** Says nothing for so long after it was first started: it learns what is usual. Absent: speaks at once. */
  readonly learnsUs?: number;
  /** A detector with nothing learned; for live traffic, for a file, for trying it on the past. */
  create(): Detector;
}

/** Synchronous and bounded: every table has a size and a policy when full. Time is that of events and intervals, never the clock's. */
export interface Detector {
  /** Kinds of events it is told. */
  readonly wants: readonly EventKind[];
  onEvents?(events: readonly KaipoEvent[], out: EventWriter): void;
  /** What flows that still run did since the last call: for rules that must speak before flows end. Only those who need it have it. */
  onFlowSteps?(steps: FlowSteps, out: EventWriter): void;
  /** Each interval that was recorded, in order. */
  onInterval?(interval: IntervalRecord, out: EventWriter): void;
  /** About once a second, of packets or of the clock, and after each interval. */
  onTick?(nowUs: number, out: EventWriter): void;
  /** What was learned, as plain data of at most 256 kB, to go on with after a restart. */
  save?(): unknown;
  /** Data of `save`, perhaps of an older version, perhaps damaged: checked, and ignored when it does not fit. */
  restore?(saved: unknown): void;
}
