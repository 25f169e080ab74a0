// What a rule would have said, in four forms. Owns the fields and the tables; must not know how it was found out.
import type { DetectorSpec } from '@kaipo/core/api/index.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { formatCount } from '@kaipo/core/kernel/units.js';
import { localText } from '@kaipo/core/query/time-range.js';
import type { Replayed } from '@kaipo/core/query/tune/replay-history.js';
import type { RuleTrial, TrialIncident } from '@kaipo/core/query/tune/rule-trial.js';
import { DEFAULT_LIMIT } from './default-limit.js';
import { fittedTable } from './fitted-table.js';
import type { HistoryAnswer, HistoryContext } from './history-context.js';
import { secondsOf } from './usage-fields.js';

export interface TunedThreshold {
  readonly value: number;
  readonly incidents: number;
  readonly findings: number;
  readonly info: number;
  readonly warning: number;
  readonly critical: number;
}

export interface TuneParts {
  readonly spec: DetectorSpec;
  readonly settings: Readonly<Record<string, unknown>>;
  /** It learned from here on. */
  readonly fromUs: number;
  readonly replayed: Replayed;
  readonly trial: RuleTrial;
  readonly threshold?: { readonly key: string; readonly tried: readonly TunedThreshold[] };
  readonly notes: readonly string[];
}

const DAY_US = 86_400e6;
const TEXT_CHARS = 200;
const INCIDENT_COLUMNS = ['first', 'last', 'severity', 'subject', 'key', 'count', 'resolved', 'summary'] as const;
const THRESHOLD_COLUMNS = ['value', 'incidents', 'findings', 'critical', 'warning', 'info'] as const;

export function tuneAnswerOf(context: HistoryContext, parts: TuneParts): HistoryAnswer {
  const { range } = context;
  const { spec, settings, replayed, trial, threshold, notes } = parts;
  const { intervals, flows, names } = replayed;
  const rows = trial.incidents.map(incidentFields);
  const head = {
    rule: spec.rule,
    from: secondsOf(range.fromUs),
    to: secondsOf(range.toUs),
    learnedFrom: secondsOf(parts.fromUs),
    settings,
    looked: { intervals, flows, names },
    incidents: rows.length + trial.more,
    findings: trial.findings,
    ...trial.counts,
  };
  const thresholds = threshold && { key: threshold.key, values: threshold.tried };
  return {
    document: { schema: 'kaipo.tune/1', ...head, rows, ...(thresholds && { thresholds }), notes },
    records: [
      ...rows.map((row) => ({ type: 'incident', rule: spec.rule, ...row })),
      ...(threshold?.tried.map((row) => ({ type: 'threshold', key: threshold.key, ...row })) ?? []),
      { type: 'total', ...head },
    ],
    csv:
      threshold === undefined
        ? { columns: INCIDENT_COLUMNS, rows: rows.map((row) => INCIDENT_COLUMNS.map((column) => row[column])) }
        : {
            columns: ['key', ...THRESHOLD_COLUMNS],
            rows: threshold.tried.map((row) => [threshold.key, ...THRESHOLD_COLUMNS.map((column) => row[column])]),
          },
    table: () => table(context, parts),
    notes,
  };
}

const incidentFields = ({
  key,
  severity,
  subject,
  summary,
  evidence,
  firstUs,
  lastUs,
  count,
  resolvedUs,
}: TrialIncident) => ({
  first: secondsOf(firstUs),
  last: secondsOf(lastUs),
  severity,
  subject: safeText(subject, TEXT_CHARS),
  key: safeText(key, TEXT_CHARS),
  count,
  ...(resolvedUs !== undefined ? { resolved: secondsOf(resolvedUs) } : { resolved: undefined }),
  summary: safeText(summary, 2 * TEXT_CHARS),
  evidence,
});

function table({ range, width }: HistoryContext, { spec, settings, trial, threshold }: TuneParts): string {
  const days = Math.max((range.toUs - range.fromUs) / DAY_US, 1 / 24);
  const count = trial.incidents.length + trial.more;
  const shownSettings = Object.entries(settings).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
  const head =
    `${spec.rule}: ${spec.title}\n` +
    `  ${localText(range.fromUs)} to ${localText(range.toUs)}\n` +
    `  ${safeText(shownSettings.join(', '), 4 * TEXT_CHARS)}\n` +
    `  would have said ${told(count)}, ${perDay(count, days)} a day: ${trial.counts.critical} critical, ${trial.counts.warning} warning, ${trial.counts.info} info\n`;
  const incidents =
    count === 0
      ? ''
      : `\n${fittedTable(
          [
            { title: 'First' },
            { title: 'Last', drop: 2 },
            { title: 'Severity', drop: 3 },
            { title: 'Found', align: 'right', drop: 1 },
            { title: 'What', shrinksTo: 20 },
          ],
          trial.incidents
            .slice(0, DEFAULT_LIMIT)
            .map((one) => [
              localText(one.firstUs),
              localText(one.lastUs),
              one.severity,
              formatCount(one.count),
              safeText(one.summary, 2 * TEXT_CHARS),
            ]),
          width,
        )}${count > DEFAULT_LIMIT ? `  ${formatCount(count - DEFAULT_LIMIT)} more\n` : ''}`;
  return head + incidents + (threshold === undefined ? '' : thresholdTable(threshold, settings, days, width));
}

function thresholdTable(
  { key, tried }: TuneParts['threshold'] & object,
  settings: Readonly<Record<string, unknown>>,
  days: number,
  width: number | undefined,
): string {
  return `\n${fittedTable(
    [
      { title: key, align: 'right' },
      { title: 'Incidents', align: 'right' },
      { title: 'A day', align: 'right' },
      { title: 'Critical', align: 'right' },
      { title: 'Warning', align: 'right' },
      { title: 'Info', align: 'right' },
      { title: '' },
    ],
    tried.map((row) => [
      String(row.value),
      formatCount(row.incidents),
      perDay(row.incidents, days),
      formatCount(row.critical),
      formatCount(row.warning),
      formatCount(row.info),
      settings[key] === row.value ? 'holds now' : '',
    ]),
    width,
  )}`;
}

const told = (count: number): string => (count === 1 ? '1 incident' : `${formatCount(count)} incidents`);
const perDay = (count: number, days: number): string => (count / days).toFixed(count === 0 ? 0 : 2);
