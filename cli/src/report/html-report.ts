// The report as one HTML file: no script, no network, nothing but a style that its own policy names by digest.
// Owns the frame of the page and the order of its parts. Must not ask history itself.
import { createHash } from 'node:crypto';
import { localText } from '@kaipo/core/query/time-range.js';
import { html, Markup } from './html.js';
import { hasData, type ReportData } from './report-data.js';
import { formatSpan, reportNotes } from './report-notes.js';
import { REPORT_STYLE } from './report-style.js';
import { alertsPart, booksPart, capsPart } from './sections/account-sections.js';
import { summaryBand, summaryText, throughputPart } from './sections/summary-sections.js';
import { changePart, stepsPart, weekPart } from './sections/time-sections.js';
import {
  appsPart,
  flowsPart,
  hostsPart,
  interfacesPart,
  protocolsPart,
  zonesPart,
} from './sections/traffic-sections.js';

const STYLE_DIGEST = createHash('sha256').update(REPORT_STYLE).digest('base64');
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_DIGEST}'; base-uri 'none'; form-action 'none'`;

export function htmlReport(data: ReportData, version: string): string {
  const { range, madeUs, title, isRedacted } = data;
  const period = `${localText(range.fromUs)} – ${localText(range.toUs)}`;
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer"><meta name="generator" content="kaipo ${version}">
<title>${title}, ${period}</title>
<style>${new Markup(REPORT_STYLE)}</style></head>
<body><main>
<header><div><p class="brand">kaipo</p><h1>${title}</h1></div>
<p class="period"><strong>${localText(range.fromUs)}</strong> to <strong>${localText(range.toUs)}</strong><br>${periodText(data)}</p></header>
${hasData(data) ? body(data) : nothing(data)}
<footer>Made by kaipo ${version} on ${localText(madeUs)}. 1 MB is 1,000,000 bytes; bytes are whole frames as seen on the wire.${isRedacted ? ' Names and addresses are pseudonyms: the same name has the same pseudonym in every report made with the same key.' : ''}</footer>
</main></body></html>
`;
  return page.text;
}

function periodText({ range, filter }: ReportData): string {
  const of = [filter.interface ?? [], filter.zone ?? []].flat();
  return `${formatSpan(range.toUs - range.fromUs)}, local time${of.length === 0 ? '' : `, ${of.join(', ')} alone`}`;
}

function nothing({ info }: ReportData): Markup {
  const reach =
    info.firstUs === undefined
      ? html`<p>The store is empty. Record with <code>kaipo daemon</code>, or read a capture file with <code>kaipo analyze FILE --store DIR</code>.</p>`
      : html`<p>The store holds ${localText(info.firstUs)} to ${localText(info.lastEndUs ?? info.firstUs)}. Choose a period with <code>--from</code> and <code>--to</code>.</p>`;
  return html`<section class="card empty"><h2>Nothing was recorded in this period</h2>${reach}</section>`;
}

function body(data: ReportData): Markup {
  return html`${summaryText(data)}${summaryBand(data)}${throughputPart(data)}
${appsPart(data)}${hostsPart(data)}${protocolsPart(data)}
<div class="pair">${zonesPart(data)}${interfacesPart(data)}</div>
${weekPart(data)}${changePart(data)}${stepsPart(data)}${capsPart(data)}
${flowsPart(data)}${alertsPart()}${booksPart(data)}${notes(data)}`;
}

function notes(data: ReportData): Markup {
  return html`<section><h2>Good to know</h2><ul class="notes">${reportNotes(data).map((note) => html`<li>${note}</li>`)}</ul></section>`;
}
