// Who moved what, to whom, by which protocol: the parts of the HTML report with rows by name. Owns the words of their rows.
import { formatBytes, formatCount } from '@kaipo/core/kernel/units.js';
import type { HistoryRow, HistoryStack } from '@kaipo/core/query/history.js';
import type { SeriesName } from '@kaipo/core/store/series-kind.js';
import { html, type Markup } from '../html.js';
import { stackChart, stackLayers } from '../parts/stack-chart.js';
import type { ReportData } from '../report-data.js';
import { formatSpan } from '../report-notes.js';
import { flowTable, type RowText, trafficTable } from '../report-tables.js';
import { none, section } from './section.js';

export function appsPart({ apps, appStack, unknown }: ReportData): Markup {
  if (apps.rows.length === 0) return section('Applications', OWNERS, none('No application is known for this period.'));
  const keyOf = keysOf(appStack);
  const table = trafficTable('Application', apps, (row) => ({ ...appText(row), ...keyOf(row) }), true, REST_KEY);
  return section('Applications', OWNERS, html`${chart(appStack, 'Applications')}${table}${unknownText(unknown)}`);
}

const OWNERS = 'by the process that owned the socket';
const REST_KEY = { key: 'layer-other' };

export function hostsPart({ hosts, hostNames }: ReportData): Markup {
  return section(
    'Remote hosts',
    'by address, with the name it was seen under',
    hosts.rows.length > 0
      ? trafficTable('Host', hosts, ({ name }) => hostText(name, hostNames))
      : none('No remote host is known for this period.'),
  );
}

export function protocolsPart({ protocols, protocolStack }: ReportData): Markup {
  const sub = 'as far as they were recognised';
  if (protocols.rows.length === 0) return section('Protocols', sub, none('No protocol is known for this period.'));
  const keyOf = keysOf(protocolStack);
  const table = trafficTable('Protocol', protocols, (row) => ({ main: row.name, ...keyOf(row) }), true, REST_KEY);
  return section('Protocols', sub, html`${chart(protocolStack, 'Protocols')}${table}`);
}

export function interfacesPart({ interfaces }: ReportData): Markup {
  return section(
    'Interfaces',
    'the kernel’s own counters',
    interfaces.rows.length > 0
      ? trafficTable('Interface', interfaces, interfaceText, false)
      : none('There were no kernel counters: the traffic comes from a capture file.'),
  );
}

const ZONE_WORDS = { host: 'This host itself', lan: 'Local networks', internet: 'Internet' } as const;

export function zonesPart({ zones: { zones, unzoned, total } }: ReportData): Markup {
  const row = (name: string, txBytes: number, rxBytes: number): HistoryRow => {
    return { name, txBytes, rxBytes, txPackets: 0, rxPackets: 0, flows: 0 };
  };
  const rows = zones.map(({ zone, txBytes, rxBytes }) => row(ZONE_WORDS[zone], txBytes, rxBytes));
  const all = unzoned === undefined ? rows : [...rows, row('Not known', unzoned.txBytes, unzoned.rxBytes)];
  const sum = { ...row('total', total.txBytes, total.rxBytes) };
  return section(
    'Zones',
    'where the other end was, of what was captured',
    total.txBytes + total.rxBytes > 0
      ? trafficTable('Zone', { rows: all, otherCount: 0, total: sum }, ({ name }) => ({ main: name }), false)
      : none('Nothing was captured: counters know no zones.'),
  );
}

export function flowsPart({ flows, hostNames }: ReportData): Markup {
  return section(
    'Largest flows',
    `${formatCount(flows.count)} flows ended in this period`,
    flows.flows.length > 0 ? flowTable(flows.flows, hostNames) : none('No flow ended in this period.'),
  );
}

function chart(stack: HistoryStack, subject: string): Markup | undefined {
  // One name over time is the throughput again.
  if (stackLayers(stack).length < 2) return undefined;
  return html`<div class="card stacked"><p class="sub">both directions together, averages over ${formatSpan(stack.stepUs)}; colours as in the table</p>${stackChart(stack, subject)}</div>`;
}

/** The colour a row has in the chart. */
function keysOf(stack: HistoryStack): (row: SeriesName) => { readonly key?: string } {
  const layers = stackLayers(stack);
  if (layers.length < 2) return () => ({});
  const keys = new Map(layers.map(({ layer, key }) => [identityOf(layer), key]));
  return (row) => ({ key: keys.get(identityOf(row)) ?? REST_KEY.key });
}

const identityOf = ({ name, exe, user, unit, container }: SeriesName): string =>
  JSON.stringify([name, exe, user, unit, container]);

function unknownText({ txBytes, rxBytes }: ReportData['unknown']): Markup | undefined {
  const bytes = txBytes + rxBytes;
  return bytes === 0
    ? undefined
    : html`<p class="sub after">Of ${formatBytes(bytes)} more, no application is known.</p>`;
}

function appText({ exe, user, unit, container, name }: SeriesName): RowText {
  const also = [exe, unit, container, user].filter((part) => part !== undefined).join(' · ');
  return also === '' ? { main: name } : { main: name, also };
}

function interfaceText(row: SeriesName): RowText {
  return row.class === undefined ? { main: row.name } : { main: row.name, also: row.class };
}

function hostText(ip: string, names: ReadonlyMap<string, string>): RowText {
  const name = names.get(ip);
  return name === undefined ? { main: ip } : { main: name, also: ip };
}
