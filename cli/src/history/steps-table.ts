// A period by its steps, for people: a line a step with a bar. Owns the bars; blocks of an eighth, no colour.
import type { HistoryTotals } from '@kaipo/core/query/history.js';
import type { TimeRange } from '@kaipo/core/query/time-range.js';
import { fittedTable } from './fitted-table.js';
import { isRecorded } from './period-notes.js';
import { usageCells } from './usage-fields.js';

const EIGHTHS = ' ▏▎▍▌▋▊▉█';
const WIDEST_BAR = 32;
const NARROWEST_BAR = 8;

export interface StepRow {
  readonly label: string;
  readonly range: TimeRange;
  readonly totals: HistoryTotals;
}

/** Bars are of the total of received and sent, the longest is the largest step. A step nobody recorded says so. */
export function stepsTable(title: string, steps: readonly StepRow[], width: number | undefined): string {
  const most = Math.max(1, ...steps.map(({ totals }) => totals.txBytes + totals.rxBytes));
  const barWidth = width === undefined ? WIDEST_BAR : Math.max(NARROWEST_BAR, Math.min(WIDEST_BAR, width - 48));
  return fittedTable(
    [
      { title },
      { title: 'Received', align: 'right', drop: 2 },
      { title: 'Sent', align: 'right', drop: 3 },
      { title: 'Total', align: 'right' },
      { title: '', drop: 1 },
    ],
    lines(told(steps)).map(({ label, totals }) =>
      isRecorded(totals)
        ? [label, ...usageCells(totals), bar((totals.txBytes + totals.rxBytes) / most, barWidth)]
        : [label, '', '', '–', 'not recorded'],
    ),
    width,
  );
}

/** The hour that a clock set back shows twice says which of the two it is. */
function told(steps: readonly StepRow[]): StepRow[] {
  return steps.map((step, index) => {
    const isTwice = steps[index - 1]?.label === step.label || steps[index + 1]?.label === step.label;
    return isTwice ? { ...step, label: `${step.label} ${offsetText(step.range.fromUs)}` } : step;
  });
}

/** `+02:00` */
function offsetText(us: number): string {
  const minutes = -new Date(us / 1000).getTimezoneOffset();
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
}

/** Three and more steps in a row that nobody recorded are one line. */
function lines(steps: readonly StepRow[]): StepRow[] {
  const shown: StepRow[] = [];
  for (let at = 0; at < steps.length; ) {
    let end = at;
    while (end < steps.length && !isRecorded(steps[end]!.totals)) end += 1;
    if (end - at > 2) {
      shown.push({ ...steps[at]!, label: `${steps[at]!.label} … ${steps[end - 1]!.label}` });
      at = end;
    } else {
      shown.push(steps[at]!);
      at += 1;
    }
  }
  return shown;
}

/** `share` of `width` columns; what is more than nothing shows at least an eighth. */
export function bar(share: number, width: number): string {
  const eighths = share <= 0 ? 0 : Math.max(1, Math.round(share * width * 8));
  const rest = eighths % 8;
  return '█'.repeat(Math.floor(eighths / 8)) + (rest === 0 ? '' : EIGHTHS[rest]!);
}
