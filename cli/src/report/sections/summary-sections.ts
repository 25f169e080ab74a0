// The head of the HTML report: the summary in words, the figures, throughput over time.
import { formatBitRate, formatBytes, formatCount } from '@kaipo/core/kernel/units.js';
import { escapeHtml, html, Markup } from '../html.js';
import type { ReportData } from '../report-data.js';
import { formatShare, formatSpan } from '../report-notes.js';
import { reportSummary } from '../report-summary.js';
import { rateOf, throughputChart } from '../throughput-chart.js';

/** Room for the names of a sentence. */
const MAX_SENTENCE = 2048;

/** One paragraph: it can be copied as it is. */
export function summaryText(data: ReportData): Markup {
  return html`<p class="lead">${new Markup(escapeHtml(reportSummary(data).join(' '), MAX_SENTENCE))}</p>`;
}

export function summaryBand({ totals, series, cost, price }: ReportData): Markup {
  const total = totals.rxBytes + totals.txBytes;
  const peak = Math.max(
    0,
    ...series.points.map((point) => rateOf(point, point.rxBytes + point.txBytes, series.stepUs)),
  );
  const mean = totals.coveredUs > 0 ? total / (totals.coveredUs / 1_000_000) : 0;
  const lost = totals.droppedByKernel + totals.droppedByHelper;
  const loss = totals.received > 0 ? formatShare(lost, totals.received) : '–';
  return html`<dl class="band">
<div><dt>Total</dt><dd>${formatBytes(total)}</dd><dd class="note">${formatCount(totals.rxPackets + totals.txPackets)} packets</dd></div>
<div><dt><span class="key key-rx"></span>Received</dt><dd>${formatBytes(totals.rxBytes)}</dd><dd class="note">${formatShare(totals.rxBytes, total)} of all</dd></div>
<div><dt><span class="key key-tx"></span>Sent</dt><dd>${formatBytes(totals.txBytes)}</dd><dd class="note">${formatShare(totals.txBytes, total)} of all</dd></div>
<div><dt>Peak</dt><dd>${formatBitRate(peak)}</dd><dd class="note">${formatBitRate(mean)} on average</dd></div>
<div><dt>Capture loss</dt><dd>${loss}</dd><dd class="note">${totals.received > 0 ? `${formatCount(lost)} of ${formatCount(totals.received)} packets` : 'no packets were captured'}</dd></div>
${cost === undefined || price === undefined ? undefined : html`<div class="whole"><dt>Cost</dt><dd>${cost.total.cost_formatted}</dd><dd class="note">${cost.received.cost_formatted} received and ${cost.sent.cost_formatted} sent, at ${String(price.ratePerGb)} ${price.currency} a GB</dd></div>`}
</dl>`;
}

export function throughputPart({ series }: ReportData): Markup {
  const hasGaps = series.points.some(({ coveredUs }) => coveredUs === 0);
  return html`<section><h2>Throughput</h2><p class="sub">averages over ${formatSpan(series.stepUs)}</p><div class="card">
<ul class="legend"><li><span class="key key-rx"></span>received</li><li><span class="key key-tx"></span>sent</li>${hasGaps ? html`<li><span class="key key-gap"></span>not recorded</li>` : undefined}</ul>
${throughputChart(series)}</div></section>`;
}
