// The books as lines for people: the words of every reason, and an account from what the kernel counted down to what is not booked.
// Must not know how it is printed.
import { BOOK_REASONS, type BookReason } from '@kaipo/core/kernel/traffic-words.js';
import type { BooksSums } from '@kaipo/core/query/history.js';

export const REASON_TITLES: Readonly<Record<BookReason, string>> = {
  none: 'no reason was given',
  'no-socket': 'no socket found',
  'no-ports': 'no ports to look for',
  'not-a-flow': 'not part of a flow',
  'ring-full': 'kernel buffer was full',
  'helper-slow': 'capture helper fell behind',
  'capture-gap': 'capture was starting',
  'counters-only': 'only counters were read',
  'not-selected': 'interface was not captured',
  'recorder-down': 'no recorder ran',
  unexplained: 'unexplained',
  file: 'from capture files',
  imported: 'imported from another tracker',
  'events-lost': 'kernel events were lost',
  'short-lived': 'socket lived too short',
  elsewhere: 'on no counted interface',
};

/** What a reason means, for people. */
export const REASON_SENTENCES: Readonly<Record<BookReason, string>> = {
  none: 'The recorder gave no reason.',
  'no-socket': 'The packets were seen, but no socket with their ports was found, so no application can be named.',
  'no-ports': 'The packets have no ports (ICMP, IGMP, later fragments): no socket can be looked up for them.',
  'not-a-flow': 'Frames that belong to no flow: ARP, LLDP, damaged ones, or more flows than the table holds.',
  'ring-full':
    "The kernel's capture buffer was full: it counted the packets and dropped them before they could be read.",
  'helper-slow': 'The capture helper fell behind and counted packets it could not hand over.',
  'capture-gap': 'The capture was starting, or was broken and being started again.',
  'counters-only': 'Without the privilege to capture, the counters of the interface are all there is.',
  'not-selected': 'Other interfaces were captured; of this one only the counters were read.',
  'recorder-down': 'Moved while no recorder ran: the counters were read afterwards.',
  unexplained: 'The kernel counted these bytes, they were not captured, and nothing says why.',
  file: 'Read from capture files: no counter of this machine has seen these bytes, so they are outside the books.',
  'short-lived':
    'Payload of a connection that was opened and closed between two looks at the socket table: its bytes are known, its process is not.',
  elsewhere:
    'Payload of sockets within this host, over interfaces that do not add to totals, or from addresses that several have: outside the books.',
  imported: 'Rows of another usage tracker: it kept how much was moved, and nothing of who moved it.',
  'events-lost':
    "The kernel's events about these sockets were lost, or switched off in a storm of them: no name is better than a wrong one.",
};

/** In the order of BOOK_REASONS; only those with bytes. */
export function reasonsOf(sums: BooksSums): BookReason[] {
  const { unknown, notCaptured } = sums;
  const apart: Partial<Record<BookReason, number>> = {
    unexplained: sums.unexplainedBytes,
    file: sums.fileBytes,
    elsewhere: sums.elsewhereBytes,
  };
  const present = (reason: BookReason): boolean => (apart[reason] ?? unknown[reason] ?? notCaptured[reason] ?? 0) !== 0;
  return BOOK_REASONS.filter(present);
}

export interface AuditEntry {
  readonly category: string;
  readonly reason?: BookReason;
  readonly title: string;
  readonly bytes: number;
}

/**
 * The lines of one account, from what the kernel counted down to the residual: kernel - attributed - unknown - not captured for
 * a known reason, which is what is in flight, what is unexplained and what is missing together.
 */
export function entriesOf(sums: BooksSums): AuditEntry[] {
  const reasons = BOOK_REASONS.filter((reason) => reason !== 'unexplained');
  const by = (category: string, title: string, part: BooksSums['unknown']): AuditEntry[] =>
    reasons
      .filter((reason) => (part[reason] ?? 0) !== 0)
      .map((reason) => ({ category, reason, title: `${title}: ${REASON_TITLES[reason]}`, bytes: part[reason] ?? 0 }));
  const given = (bytes: number, entry: Omit<AuditEntry, 'bytes'>): AuditEntry[] =>
    bytes === 0 ? [] : [{ ...entry, bytes }];
  const entered = sums.residualBytes - sums.inFlightBytes - sums.unexplainedBytes;
  return [
    { category: 'kernel', title: 'counted by the kernel', bytes: sums.kernelBytes },
    { category: 'attributed', title: 'attributed to applications', bytes: sums.attributedBytes },
    ...by('unknown', 'unknown', sums.unknown),
    ...by('not-captured', 'not captured', sums.notCaptured),
    ...given(sums.inFlightBytes, {
      category: 'in-flight',
      title: 'in flight at the ends of the period: captured just before or after',
    }),
    ...given(sums.unexplainedBytes, {
      category: 'not-captured',
      reason: 'unexplained',
      title: 'not captured: unexplained',
    }),
    ...given(entered, { category: 'missing', title: 'missing: the entries do not add up' }),
    {
      category: 'residual',
      title: 'residual: what is not booked, in flight and unexplained',
      bytes: sums.residualBytes,
    },
    ...given(sums.fileBytes, { category: 'file', reason: 'file', title: 'from capture files, outside the books' }),
    ...given(sums.elsewhereBytes, {
      category: 'elsewhere',
      reason: 'elsewhere',
      title: 'of sockets on no counted interface, outside the books',
    }),
  ];
}
