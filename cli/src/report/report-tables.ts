// The tables of the HTML report. Owns columns and bars; numbers are formatted for people.
import type { FlowRecord } from '@kaipo/core/api/events.js';
import { formatBytes, formatCount } from '@kaipo/core/kernel/units.js';
import type { HistoryRow, HistoryRows } from '@kaipo/core/query/history.js';
import { localText } from '@kaipo/core/query/time-range.js';
import { html, type Markup } from './html.js';
import { flowBytes } from './report-data.js';
import { formatShare, formatSpan } from './report-notes.js';

export interface RowText {
  readonly main: string;
  readonly also?: string;
  /** Class of its colour in the chart above. */
  readonly key?: string;
}

export function trafficTable(
  title: string,
  { rows, other, otherCount, total }: HistoryRows,
  textOf: (row: HistoryRow) => RowText,
  hasFlows = true,
  restKey: Pick<RowText, 'key'> = {},
): Markup {
  const largest = Math.max(1, ...rows.map(bytesOf), other === undefined ? 0 : bytesOf(other));
  const line = (row: HistoryRow, text: RowText, isRest: boolean): Markup =>
    html`<tr${isRest ? REST : undefined}><td class="name"><span class="main">${key(text)}${text.main}</span>${also(text)}</td><td class="bar">${bar(row, largest)}</td><td>${formatBytes(row.rxBytes)}</td><td>${formatBytes(row.txBytes)}</td><td>${formatShare(bytesOf(row), bytesOf(total))}</td>${hasFlows ? html`<td class="minor">${formatCount(row.flows)}</td>` : undefined}</tr>`;
  const restText = { main: otherCount > 0 ? `${formatCount(otherCount)} more` : 'other', ...restKey };
  return html`<div class="scroll"><table><thead><tr><th scope="col">${title}</th><td class="barhead"></td><th scope="col">Received</th><th scope="col">Sent</th><th scope="col">Share</th>${hasFlows ? html`<th class="minor">Flows</th>` : undefined}</tr></thead>
<tbody>${rows.map((row) => line(row, textOf(row), false))}${other === undefined ? undefined : line(other, restText, true)}</tbody></table></div>`;
}

const REST = html` class="rest"`;

function also({ also: text }: RowText): Markup | undefined {
  return text === undefined ? undefined : html`<span class="also">${text}</span>`;
}

function key({ key: name }: RowText): Markup | undefined {
  return name === undefined ? undefined : html`<span class="key ${name}"></span>`;
}

function bytesOf({ txBytes, rxBytes }: HistoryRow): number {
  return txBytes + rxBytes;
}

/** Received and sent end to end, against the largest row. */
function bar(row: HistoryRow, largest: number): Markup {
  const rx = percent(row.rxBytes, largest);
  const tx = percent(row.txBytes, largest);
  return html`<svg aria-hidden="true"><rect class="rx" width="${rx}%" height="9" rx="2"/><rect class="tx" x="${rx}%" width="${tx}%" height="9" rx="2"/></svg>`;
}

function percent(part: number, whole: number): number {
  return Math.round((part / whole) * 10_000) / 100;
}

export function flowTable(flows: readonly FlowRecord[], names: ReadonlyMap<string, string>): Markup {
  return html`<div class="scroll"><table><thead><tr><th>From and to</th><th class="left">Protocol</th><th class="left minor">Application</th><th class="left minor">Began</th><th class="minor">Lasted</th><th>Bytes</th></tr></thead>
<tbody>${flows.map((flow) => flowLine(flow, names))}</tbody></table></div>`;
}

function flowLine(flow: FlowRecord, names: ReadonlyMap<string, string>): Markup {
  const name = flow.serverName ?? names.get(flow.server.ip);
  const server = endpoint(name ?? flow.server.ip, flow.server.port);
  const under = `${endpoint(flow.client.ip, flow.client.port)} → ${endpoint(flow.server.ip, flow.server.port)}`;
  return html`<tr><td class="name"><span class="main">${server}</span><span class="also">${under}</span></td><td class="left">${flow.protocol ?? flow.transport}</td><td class="left minor">${flow.owner?.app ?? flow.application ?? '–'}</td><td class="left minor">${localText(flow.startUs)}</td><td class="minor">${flow.endUs - flow.startUs < 1_000_000 ? '< 1 s' : formatSpan(flow.endUs - flow.startUs)}</td><td>${formatBytes(flowBytes(flow))}</td></tr>`;
}

/** RFC 5952 §6: an IPv6 address with a port stands in brackets. */
export function endpoint(host: string, port: number | undefined): string {
  if (port === undefined) return host;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
