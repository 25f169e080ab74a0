// An answer that is a total and its steps in time (today by hour, a month by day): the four forms of it. Owns nothing of what
// the steps are.
import type { HistoryTotals } from '@kaipo/core/query/history.js';
import { documentHead, headLines, totalFields } from './answer-head.js';
import type { HistoryAnswer, HistoryContext } from './history-context.js';
import { periodNotes } from './period-notes.js';
import { type StepRow, stepsTable } from './steps-table.js';
import { stepCosts } from './usage-cost.js';
import { STEP_COLUMNS, stepFields } from './usage-fields.js';

export interface StepsParts {
  /** Of the schema: `today`. */
  readonly command: string;
  readonly title: string;
  /** `hour`: its plural is the field of the document, itself the type of a record. */
  readonly stepWord: string;
  readonly stepTitle: string;
  readonly totals: HistoryTotals;
  readonly steps: readonly StepRow[];
  /** Further fields of the document and of the record of the total. */
  readonly fields?: object;
  readonly lines?: readonly (readonly [name: string, value: string, also?: string])[];
  /** Further rows: fields of the document that are lists, and the records of them. */
  readonly lists?: object;
  readonly records?: readonly object[];
  /** What follows the steps in the table. */
  readonly after?: string;
}

export function stepsAnswer(context: HistoryContext, parts: StepsParts): HistoryAnswer {
  const { totals, steps, fields, lists, records = [] } = parts;
  const costs = stepCosts(
    context.config,
    steps.map((step) => step.totals),
  );
  const rows = steps.map(({ range, totals: sums }, index) => {
    const row = stepFields(range, sums);
    return row.recorded ? { ...row, ...costs[index] } : row;
  });
  const head = documentHead(parts.command, context, totals);
  const total = { ...totalFields(context, totals), ...fields };
  return {
    document: { ...head, ...total, [`${parts.stepWord}s`]: rows, ...lists },
    records: [
      { type: 'total', ...withoutSchema(head), ...total },
      ...rows.map((row) => ({ type: parts.stepWord, ...row })),
      ...records,
    ],
    csv: { columns: STEP_COLUMNS, rows: rows.map((row) => STEP_COLUMNS.map((column) => row[column])) },
    table: () => table(context, parts),
    notes: periodNotes(context, totals),
  };
}

function table(context: HistoryContext, { title, stepTitle, totals, steps, lines, after = '' }: StepsParts): string {
  const head = headLines(title, context, totals, lines);
  return steps.length === 0 ? head : `${head}\n${stepsTable(stepTitle, steps, context.width)}${after}`;
}

export function withoutSchema(head: object): object {
  return Object.fromEntries(Object.entries(head).filter(([field]) => field !== 'schema'));
}
