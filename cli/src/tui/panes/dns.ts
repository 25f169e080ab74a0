// Pane 6: the last names that were asked for, newest first. Owns: its columns.
import type { DnsAnswered, DnsAsked } from '@kaipo/core/api/events.js';
import { span } from '../canvas.js';
import { clockText } from '../clock-text.js';
import { definePane } from '../pane.js';
import { dnsSubject } from '../row-subject.js';

type DnsRow = DnsAsked | DnsAnswered;

const dnsKey = (row: DnsRow): string => `${row.tsUs} ${row.kind} ${row.id} ${row.name}`;

export const dnsPane = definePane<DnsRow>({
  id: 'dns',
  title: 'DNS',
  short: 'DNS',
  rows: (context) => context.rows.dns,
  keyOf: dnsKey,
  subjectOf: (row) => dnsSubject(row, dnsKey(row)),
  empty: () => 'no name asked for yet',
  columns: [
    {
      title: 'time',
      width: 8,
      priority: 4,
      cell: (row) => span(clockText(row.tsUs), 'dim'),
      sortBy: (row) => -row.tsUs,
    },
    {
      title: 'name',
      width: 14,
      comfort: 24,
      grow: 2,
      max: 64,
      priority: 1,
      cell: (row) => row.name,
      sortBy: (row) => row.name,
    },
    {
      title: 'type',
      width: 5,
      priority: 3,
      cell: (row) => span(row.qtype, 'dim'),
      sortBy: (row) => row.qtype,
    },
    {
      title: 'answer',
      width: 10,
      grow: 2,
      priority: 2,
      cell: (row) => answerOf(row),
      sortBy: (row) => (row.kind === 'dns.answered' ? row.rcode : ''),
    },
    {
      title: 'client',
      width: 16,
      grow: 1,
      max: 40,
      priority: 5,
      cell: (row) => span(row.client.ip, 'dim'),
      sortBy: (row) => row.client.ip,
    },
  ],
});

function answerOf(row: DnsRow): ReturnType<typeof span> {
  if (row.kind === 'dns.asked') return span('asked', 'dim');
  if (row.rcode !== 'NOERROR') return span(row.rcode, 'warn');
  return row.answers.length === 0 ? span('no data', 'dim') : span(row.answers.join(', '), 'text');
}
