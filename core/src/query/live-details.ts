// Everything known of one row of a live view, and how it is known: a plain list, made for drawing. Owns: the shapes, and who makes the list
// of which kind of row. Must not know screens. Bound: MAX_SECTIONS of the kinds below, MAX_DETAIL_ROWS rows each; every text is safe and cut.
import type { FlowEnded, FlowRecord } from '../api/events.js';
import { safeText } from '../kernel/safe-text.js';
import { flowDetails } from './detail-flow.js';
import { hostDetails } from './detail-host.js';
import { appDetails, processDetails } from './detail-owner.js';
import { rowRecord } from './live-flow-record.js';
import type { LiveDevice, LivePlace, LiveSnapshot } from './live-snapshot.js';

export const SUBJECT_KINDS = ['flow', 'app', 'host', 'process'] as const;

/** A row that is looked at. `key` as `live-subject.ts` makes it. */
export interface LiveSubject {
  readonly kind: (typeof SUBJECT_KINDS)[number];
  readonly key: string;
}

export interface DetailRow {
  readonly name: string;
  readonly value: string;
  /** How it is known. */
  readonly from?: string;
}

export interface DetailSection {
  readonly title: string;
  readonly rows: readonly DetailRow[];
}

export interface LiveDetails {
  readonly subject: LiveSubject;
  readonly title: string;
  readonly sections: readonly DetailSection[];
  /** It has ended, then: nothing of this changes any more. */
  readonly endedUs?: number;
}

/** A process as the machine knows it now. */
export interface DetailProcess {
  readonly app: string;
  readonly exe?: string;
  readonly user?: string;
  readonly unit?: string;
  readonly container?: string;
  readonly startUs?: number;
  /** Nearest first. */
  readonly parents: readonly { readonly pid: number; readonly app: string }[];
}

/** Who knows more than a snapshot says. What is absent, nobody tells. */
export interface DetailKnowledge {
  /** The record a flow that runs would leave now. */
  recordOf?(id: string): FlowRecord | undefined;
  /** The DNS answer that gave the address its name. */
  answerOf?(ip: string): { readonly name: string; readonly tsUs: number; readonly server: string } | undefined;
  placeOf?(ip: string): LivePlace | undefined;
  deviceOf?(ip: string): (LiveDevice & { readonly firstUs?: number; readonly lastUs?: number }) | undefined;
  processOf?(pid: number): DetailProcess | undefined;
}

/** `ended`: flows that ended since the last question. Undefined when the row is not there: nothing of it is known any more. */
export function liveDetails(
  subject: LiveSubject,
  snapshot: LiveSnapshot,
  knowledge: DetailKnowledge,
  ended: readonly FlowEnded[] = [],
): LiveDetails | undefined {
  const details = detailsOf(subject, snapshot, knowledge, ended);
  return details && { ...details, title: safeText(details.title) };
}

function detailsOf(
  subject: LiveSubject,
  snapshot: LiveSnapshot,
  knowledge: DetailKnowledge,
  ended: readonly FlowEnded[],
): LiveDetails | undefined {
  switch (subject.kind) {
    case 'flow': {
      const { key } = subject;
      const row = snapshot.flows.find(({ id }) => id === key);
      const running = knowledge.recordOf?.(key) ?? (row && rowRecord(row, snapshot.tsUs));
      if (running !== undefined) return flowDetails(subject, running, undefined, snapshot, knowledge);
      const over = ended.find(({ flow }) => flow.id === key);
      return over && flowDetails(subject, over.flow, over.reason, snapshot, knowledge);
    }
    case 'app':
      return appDetails(subject, snapshot, knowledge);
    case 'process':
      return processDetails(subject, snapshot, knowledge);
    case 'host':
      return hostDetails(subject, snapshot, knowledge);
  }
}
