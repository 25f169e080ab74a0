// The report as one HTML file: no script, no network, nothing but a style that its own policy names by digest.
// Owns the order of the page. Must not ask history itself.
import { createHash } from 'node:crypto';
import { formatBitRate, formatBytes, formatCount } from '@kaipo/core/kernel/units.js';
import { localText } from '@kaipo/core/query/time-range.js';
import { html, Markup } from './html.js';
import { hasData, type ReportData } from './report-data.js';
import { formatShare, formatSpan, reportNotes } from './report-notes.js';
import { REPORT_STYLE } from './report-style.js';
import { flowTable, trafficTable } from './report-tables.js';
import { rateOf, throughputChart } from './throughput-chart.js';

const STYLE_DIGEST = createHash('sha256').update(REPORT_STYLE).digest('base64');
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_DIGEST}'; base-uri 'none'; form-action 'none'`;

export function htmlReport(data: ReportData, version: string): string {
  const { range, madeUs } = data;
  const period = `${localText(range.fromUs)} – ${localText(range.toUs)}`;
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer"><meta name="generator" content="kaipo ${version}">
<title>Network report, ${period}</title>
<style>${new Markup(REPORT_STYLE)}</style></head>
<body><main>
<header><div><p class="brand">kaipo</p><h1>Network report</h1></div>
<p class="period"><strong>${localText(range.fromUs)}</strong> to <strong>${localText(range.toUs)}</strong><br>${formatSpan(range.toUs - range.fromUs)}, local time</p></header>
${hasData(data) ? body(data) : nothing(data)}
<footer>Made by kaipo ${version} on ${localText(madeUs)}. 1 MB is 1,000,000 bytes; bytes are whole frames as seen on the wire.</footer>
</main></body></html>
`;
  return page.text;
}

function nothing({ info }: ReportData): Markup {
  const reach =
    info.firstUs === undefined
      ? html`<p>The store is empty. Record with <code>kaipo daemon</code>, or read a capture file with <code>kaipo analyze FILE --store DIR</code>.</p>`
      : html`<p>The store holds ${localText(info.firstUs)} to ${localText(info.lastEndUs ?? info.firstUs)}. Choose a period with <code>--from</code> and <code>--to</code>.</p>`;
  return html`<section class="card empty"><h2>Nothing was recorded in this period</h2>${reach}</section>`;
}

function body(data: ReportData): Markup {
  return html`${summaryBand(data)}${throughput(data)}
${section('Applications', 'by the process that owned the socket', data.apps.rows.length > 0 ? trafficTable('Application', data.apps, appText) : none('No application is known for this period.'))}
${section('Remote hosts', 'by address, with the name it was seen under', data.hosts.rows.length > 0 ? trafficTable('Host', data.hosts, (row) => hostText(row.name, data.hostNames)) : none('No remote host is known for this period.'))}
<div class="pair">${section('Protocols', 'as far as they were recognised', data.protocols.rows.length > 0 ? trafficTable('Protocol', data.protocols, ({ name }) => ({ main: name }), false) : none('No protocol is known for this period.'))}
${section('Interfaces', 'the kernel’s own counters', data.interfaces.rows.length > 0 ? trafficTable('Interface', data.interfaces, interfaceText, false) : none('There were no kernel counters: the traffic comes from a capture file.'))}</div>
${section('Largest flows', `${formatCount(data.flows.count)} flows ended in this period`, data.flows.flows.length > 0 ? flowTable(data.flows.flows, data.hostNames) : none('No flow ended in this period.'))}
${books(data)}${notes(data)}`;
}

function section(title: string, sub: string, content: Markup): Markup {
  return html`<section><h2>${title}</h2><p class="sub">${sub}</p>${content}</section>`;
}

function none(text: string): Markup {
  return html`<p class="sub">${text}</p>`;
}

function appText({ name, exe, user, unit, container }: ReportData['apps']['rows'][number]): {
  main: string;
  also?: string;
} {
  const also = [exe, unit, container, user].filter((part) => part !== undefined).join(' · ');
  return also === '' ? { main: name } : { main: name, also };
}

function interfaceText(row: { readonly name: string; readonly class?: string }): { main: string; also?: string } {
  return row.class === undefined ? { main: row.name } : { main: row.name, also: row.class };
}

function hostText(ip: string, names: ReadonlyMap<string, string>): { main: string; also?: string } {
  const name = names.get(ip);
  return name === undefined ? { main: ip } : { main: name, also: ip };
}

function summaryBand({ totals, series }: ReportData): Markup {
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
</dl>`;
}

function throughput({ series }: ReportData): Markup {
  const hasGaps = series.points.some(({ coveredUs }) => coveredUs === 0);
  return html`<section><h2>Throughput</h2><p class="sub">averages over ${formatSpan(series.stepUs)}</p><div class="card">
<ul class="legend"><li><span class="key key-rx"></span>received</li><li><span class="key key-tx"></span>sent</li>${hasGaps ? html`<li><span class="key key-gap"></span>not recorded</li>` : undefined}</ul>
${throughputChart(series)}</div></section>`;
}

function books({ totals }: ReportData): Markup {
  const whole = totals.attributedBytes + totals.unknownBytes + totals.notCapturedBytes;
  const counted = Math.max(totals.kernelBytes, whole);
  const inFlight = totals.kernelBytes - whole;
  const parts = [
    { key: 'known', title: 'Attributed to an application', bytes: totals.attributedBytes },
    { key: 'unknown', title: 'Captured, owner unknown', bytes: totals.unknownBytes },
    { key: 'missing', title: 'Counted by the kernel, not captured', bytes: totals.notCapturedBytes },
  ];
  if (counted === 0)
    return section(
      'The books',
      'kernel = attributed + unknown + not captured',
      none('There were no kernel counters to close the books with.'),
    );
  let at = 0;
  const blocks = parts.map(({ key, bytes }) => {
    const width = (bytes / counted) * 100;
    const block = html`<rect class="${key}" x="${at.toFixed(2)}%" width="${width.toFixed(2)}%" height="14"/>`;
    at += width;
    return block;
  });
  return section(
    'The books',
    totals.kernelBytes > 0
      ? `${formatBytes(totals.kernelBytes)} counted by the kernel`
      : 'no kernel counters; packets alone',
    html`<svg class="swatch" role="img" aria-label="Share of bytes attributed, unknown and not captured">${blocks}</svg>
<table><tbody>${parts.map(({ key, title, bytes }) => html`<tr><td><span class="key key-${key}"></span>${title}</td><td>${formatBytes(bytes)}</td><td>${formatShare(bytes, counted)}</td></tr>`)}
${totals.kernelBytes > 0 && inFlight !== 0 ? html`<tr class="rest"><td>Difference: on its way between counter and capture</td><td>${formatBytes(inFlight)}</td><td>${formatShare(Math.abs(inFlight), counted)}</td></tr>` : undefined}</tbody></table>`,
  );
}

function notes(data: ReportData): Markup {
  return html`<section><h2>Good to know</h2><ul class="notes">${reportNotes(data).map((note) => html`<li>${note}</li>`)}</ul></section>`;
}
