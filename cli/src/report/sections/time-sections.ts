// When: the week by hours, the period by days, and what changed against the period before. Parts of the HTML report.
import { formatBytes, formatCount } from '@kaipo/core/kernel/units.js';
import type { FlowSums } from '@kaipo/core/query/history.js';
import type { DiffRow } from '@kaipo/core/query/period-diff.js';
import { localText } from '@kaipo/core/query/time-range.js';
import { changeRatio, changeSigned } from '../../history/change-text.js';
import type { DiffSection } from '../../history/diff-answer.js';
import { isRecorded } from '../../history/period-notes.js';
import { html, type Markup } from '../html.js';
import { type HeatWeek, heatLegend, heatMap, heatTable } from '../parts/heat-map.js';
import type { ReportData } from '../report-data.js';
import { formatSpan } from '../report-notes.js';
import { stepName } from '../report-steps.js';
import { none, section } from './section.js';

const HOUR_US = 3_600_000_000;

export function weekPart({ week }: ReportData): Markup {
  const cells: HeatWeek = week.weekdays.map((hours) =>
    hours.map(({ txBytes, rxBytes, coveredUs }) => ({ txBytes, rxBytes, recordedSeconds: coveredUs / 1e6 })),
  );
  return section(
    'By weekday and hour',
    'sums of both directions, local time',
    html`<div class="card">${heatLegend(cells)}${heatMap(cells)}</div>${heatTable(cells)}`,
  );
}

export function changePart({ change }: ReportData): Markup {
  const { asked, totals, comparison, isComparable, sections } = change;
  const title = 'Change';
  const span = `${localText(asked.before.fromUs)} to ${localText(asked.before.toUs)}`;
  if (!isComparable) {
    const missing = isRecorded(totals.before) ? 'Nothing was recorded in this period' : 'Nothing was recorded then';
    return section(title, `against ${span}`, none(`${missing}: there is nothing to compare with.`));
  }
  const perDay = comparison.by === 'bytes-per-day' ? '/d' : '';
  const how = perDay === '' ? '' : `; ${lengths(change)} are compared by bytes a day`;
  return section(
    title,
    `against ${span}, when ${formatBytes(bytesOf(totals.before))} moved${how}`,
    html`${sections.map((part) => changeTable(part, comparison, perDay))}`,
  );
}

function lengths({ periods: { before, after } }: ReportData['change']): string {
  return `${formatSpan(before.toUs - before.fromUs)} and ${formatSpan(after.toUs - after.fromUs)}`;
}

type Comparison = ReportData['change']['comparison'];

function changeTable({ title, rows, moreCount }: DiffSection, comparison: Comparison, perDay: string): Markup {
  if (rows.length === 0) return html`<h3>${title}s</h3>${none('Nothing changed.')}`;
  const { beforeFactor, afterFactor } = comparison;
  const cell = (sums: FlowSums | undefined, factor: number): string =>
    sums === undefined ? '–' : `${formatBytes(Math.round(bytesOf(sums) * factor))}${perDay}`;
  const line = (row: DiffRow): Markup =>
    html`<tr><td class="name"><span class="main">${row.name}</span></td><td class="left minor">${row.change}</td><td class="minor">${cell(row.before, beforeFactor)}</td><td>${cell(row.after, afterFactor)}</td><td>${changeSigned(row.difference, perDay)}</td><td class="minor">${row.ratio === undefined || row.after === undefined ? '' : changeRatio(row.ratio)}</td></tr>`;
  return html`<div class="scroll changes"><table><thead><tr><th scope="col">${title}</th><th scope="col" class="left minor">Change</th><th scope="col" class="minor">Before</th><th scope="col">Now</th><th scope="col">Difference</th><td class="minor"></td></tr></thead>
<tbody>${rows.map(line)}${moreCount > 0 ? html`<tr class="rest"><td class="name">${formatCount(moreCount)} more changed less</td><td class="minor"></td><td class="minor"></td><td></td><td></td><td class="minor"></td></tr>` : undefined}</tbody></table></div>`;
}

/** The same in numbers as the chart, by hours, days or months, with what each cost: parts that add up. */
export function stepsPart({ steps, step, totals, cost }: ReportData): Markup {
  const word = typeof step === 'string' ? step : step === HOUR_US ? 'hour' : 'time';
  const head = html`<tr><th scope="col">${word[0]!.toUpperCase() + word.slice(1)}</th><th scope="col">Received</th><th scope="col">Sent</th><th scope="col">Total</th>${cost === undefined ? undefined : html`<th scope="col">Cost</th>`}</tr>`;
  const lines = steps.map(({ fromUs, totals: sums, cost: part }) =>
    isRecorded(sums)
      ? html`<tr><td>${stepName(fromUs, step)}</td><td>${formatBytes(sums.rxBytes)}</td><td>${formatBytes(sums.txBytes)}</td><td>${formatBytes(bytesOf(sums))}</td>${part === undefined ? undefined : html`<td>${part.total.cost_formatted}</td>`}</tr>`
      : html`<tr class="rest"><td>${stepName(fromUs, step)}</td><td></td><td></td><td>not recorded</td>${part === undefined ? undefined : html`<td></td>`}</tr>`,
  );
  const sum = html`<tr class="sum"><td>Whole period</td><td>${formatBytes(totals.rxBytes)}</td><td>${formatBytes(totals.txBytes)}</td><td>${formatBytes(bytesOf(totals))}</td>${cost === undefined ? undefined : html`<td>${cost.total.cost_formatted}</td>`}</tr>`;
  return section(
    `By ${word}`,
    cost === undefined ? 'received, sent and together' : 'received, sent, together, and what it cost',
    html`<details><summary>${formatCount(steps.length)} rows</summary><div class="scroll" tabindex="0" role="region" aria-label="By ${word}"><table><thead>${head}</thead><tbody>${lines}${sum}</tbody></table></div></details>`,
  );
}

function bytesOf({ txBytes, rxBytes }: { readonly txBytes: number; readonly rxBytes: number }): number {
  return txBytes + rxBytes;
}
