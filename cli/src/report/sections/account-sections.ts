// What must add up: the books against the kernel's counters, the caps; and the alerts. Parts of the HTML report.
import { formatBytes } from '@kaipo/core/kernel/units.js';
import type { CapUsage } from '@kaipo/core/query/cap-usage.js';
import type { BooksSums } from '@kaipo/core/query/history.js';
import { localText } from '@kaipo/core/query/time-range.js';
import { entriesOf } from '../../history/audit-entries.js';
import { html, Markup } from '../html.js';
import type { ReportData } from '../report-data.js';
import { formatShare } from '../report-notes.js';
import { none, section } from './section.js';

export function booksPart({ books, filter }: ReportData): Markup {
  const { interfaces, total } = books;
  const title = 'The books';
  if (filter.zone !== undefined) return section(title, EQUATION, none('Counters know no zones: the books are of all.'));
  if (total.kernelBytes === 0) {
    return section(title, EQUATION, none('There were no kernel counters to close the books with.'));
  }
  const several = interfaces.filter((row) => row.interface !== '' && row.kernelBytes > 0);
  return section(
    title,
    `${formatBytes(total.kernelBytes)} counted by the kernel, on every interface; ${EQUATION}`,
    html`${swatch(total)}
<div class="scroll"><table><thead><tr><th scope="col">Entry</th><th scope="col">Bytes</th><th scope="col">Share</th></tr></thead><tbody>${entriesOf(
      total,
    ).map(
      ({ category, title: name, bytes }) =>
        html`<tr${category === 'residual' ? REST : undefined}><td class="entry">${key(category)}${name}</td><td>${formatBytes(bytes)}</td><td>${formatShare(Math.abs(bytes), total.kernelBytes)}</td></tr>`,
    )}</tbody></table></div>
${several.length < 2 ? undefined : html`<details><summary>By interface</summary><div class="scroll" tabindex="0" role="region" aria-label="The books by interface"><table><thead><tr><th scope="col">Interface</th><th scope="col">Kernel</th><th scope="col">Attributed</th><th scope="col">Unknown</th><th scope="col">Not captured</th><th scope="col">Residual</th></tr></thead><tbody>${several.map((row) => html`<tr><td>${row.interface}</td><td>${formatBytes(row.kernelBytes)}</td><td>${formatBytes(row.attributedBytes)}</td><td>${formatBytes(row.unknownBytes)}</td><td>${formatBytes(row.notCapturedBytes)}</td><td>${formatBytes(row.residualBytes)}</td></tr>`)}</tbody></table></div></details>`}`,
  );
}

const EQUATION = 'kernel = attributed + unknown + not captured + in flight';
const REST = html` class="rest"`;
const KEYS: Readonly<Record<string, string>> = { attributed: 'known', unknown: 'unknown', 'not-captured': 'missing' };

function key(category: string): Markup | undefined {
  const name = KEYS[category];
  return name === undefined ? undefined : html`<span class="key key-${name}"></span>`;
}

function swatch({ kernelBytes, attributedBytes, unknownBytes, notCapturedBytes, unexplainedBytes }: BooksSums): Markup {
  const missing = notCapturedBytes + Math.max(0, unexplainedBytes);
  const whole = Math.max(kernelBytes, attributedBytes + unknownBytes + missing, 1);
  let at = 0;
  const blocks = Object.entries({ known: attributedBytes, unknown: unknownBytes, missing }).map(([name, bytes]) => {
    const width = (Math.max(0, bytes) / whole) * 100;
    const block = html`<rect class="${name}" x="${at.toFixed(2)}%" width="${width.toFixed(2)}%" height="14"/>`;
    at += width;
    return block;
  });
  return html`<svg class="swatch" role="img" aria-label="Share of bytes attributed, unknown and not captured">${blocks}</svg>`;
}

/** Nothing where no cap is configured. */
export function capsPart({ caps, madeUs }: ReportData): Markup {
  if (caps.length === 0) return new Markup('');
  return section(
    'Caps',
    `as of ${localText(madeUs)}, each of its own period`,
    html`<div class="scroll" tabindex="0" role="region" aria-label="Caps"><table><thead><tr><th scope="col">Cap</th><td class="barhead"></td><th scope="col">Used</th><th scope="col">Limit</th><th scope="col">Share</th><th scope="col" class="minor">Forecast</th><th scope="col" class="minor">Ends</th></tr></thead><tbody>${caps.map(capLine)}</tbody></table></div>`,
  );
}

function capLine({ cap, usedBytes, share, state, forecast, period }: CapUsage): Markup {
  const width = Math.min(100, Math.round(share * 10_000) / 100);
  const fill = state === 'over' ? 'missing' : state === 'warning' ? 'tx' : 'rx';
  return html`<tr><td class="name"><span class="main">${cap.name}</span><span class="also">${state}</span></td><td class="bar"><svg aria-hidden="true"><rect class="track" width="100%" height="9" rx="2"/><rect class="${fill}" width="${width}%" height="9" rx="2"/></svg></td><td>${formatBytes(usedBytes)}</td><td>${formatBytes(cap.limitBytes)}</td><td>${Math.round(share * 100)} %</td><td class="minor">${forecast === undefined ? '–' : formatBytes(forecast.bytes)}</td><td class="minor">${localText(period.toUs).slice(0, 16)}</td></tr>`;
}

export function alertsPart(): Markup {
  return section('Alerts', NO_ALERTS, none('This is no statement that nothing happened.'));
}

/** Until alerts are stored, every form says so. */
export const NO_ALERTS = 'Alerts are not kept in history by this version, so none can be listed.';
