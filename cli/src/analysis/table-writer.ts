// The analysis for people: what the capture is, who talked, over which protocol, the largest flows.
// Bound: TOP_FLOWS flows are kept while reading, whatever the size of the capture.
import type { AlertRaised, FlowRecord } from '@kaipo/core/api/index.js';
import type { EndedFlow } from '@kaipo/core/engine/ended-flow.js';
import { flowRecord } from '@kaipo/core/engine/flow-record.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { formatBytes, formatCount } from '@kaipo/core/kernel/units.js';
import { alignedTable } from '../output/aligned-table.js';
import { localeText } from '../output/locale-text.js';
import type { TextSink } from '../output/text-sink.js';
import type { AnalysisSums, HostRow, SumRow } from './analysis-sums.js';
import type { AnalysisWriter } from './analysis-writer.js';
import type { OtherEvent } from './event-line.js';
import type { AnalysisSummary } from './summary-record.js';

const TOP_FLOWS = 20;
const TOP_ROWS = 15;

export class TableWriter implements AnalysisWriter {
  readonly #sink: TextSink;
  readonly #bold: (text: string) => string;
  #flows: FlowRecord[] = [];
  /** A flow must have more to be among the largest. */
  #enoughBytes = -1;
  #dnsQuestions = 0;
  /** The first ones; and how many there were. */
  readonly #alerts: AlertRaised[] = [];
  #alertCount = 0;

  constructor(sink: TextSink, isColored: boolean) {
    this.#sink = sink;
    this.#bold = isColored ? (text) => `\u001b[1m${text}\u001b[22m` : (text) => text;
  }

  flow(ended: EndedFlow): void {
    // Of equal ones the first stays, so that the others need not be made into records.
    if (ended.bytes <= this.#enoughBytes) return;
    this.#flows.push(flowRecord(ended));
    // The sooner the smaller ones go, the fewer of the next need be made into records.
    if (this.#flows.length >= TOP_FLOWS * 2) this.#keepLargest();
  }

  event(event: OtherEvent): void {
    if (event.kind === 'dns.asked') this.#dnsQuestions += 1;
    if (event.kind !== 'alert.raised') return;
    this.#alertCount += 1;
    if (this.#alerts.length < TOP_ROWS) this.#alerts.push(event);
  }

  end(summary: AnalysisSummary, sums: AnalysisSums): void {
    this.#keepLargest();
    this.#heading(summary);
    this.#alertRows();
    this.#rows('Protocols', 'protocol', sums.protocols.rows(), summary.bytes);
    this.#rows('Applications', 'application', sums.applications.rows(), summary.bytes);
    const hosts = sums.hostRows();
    this.#rows('Hosts', 'host', hosts, summary.bytes);
    this.#health(hosts);
    this.#largestFlows();
  }

  #keepLargest(): void {
    this.#flows.sort((a, b) => flowBytes(b) - flowBytes(a));
    this.#flows = this.#flows.slice(0, TOP_FLOWS);
    if (this.#flows.length === TOP_FLOWS) this.#enoughBytes = flowBytes(this.#flows[TOP_FLOWS - 1]!);
  }

  #heading(summary: AnalysisSummary): void {
    const lines = [
      `${this.#bold(plural(summary.packets, 'packet'))}, ${formatBytes(summary.bytes)} on the wire (${formatBytes(summary.capturedBytes)} captured), ${plural(summary.flows, 'flow')}, ${plural(this.#dnsQuestions, 'DNS question')}`,
    ];
    if (summary.firstTs !== undefined && summary.lastTs !== undefined) {
      lines.push(
        `${localTime(summary.firstTs)} to ${localTime(summary.lastTs)} (${duration(summary.lastTs - summary.firstTs)}), ${summary.linkTypes.join(', ')}`,
      );
    }
    const odd: string[] = [];
    if (summary.malformedPackets > 0) odd.push(`${formatCount(summary.malformedPackets)} malformed`);
    if (summary.unsupportedPackets > 0)
      odd.push(`${formatCount(summary.unsupportedPackets)} of a link type kaipo does not decode`);
    if (summary.truncatedPackets > 0)
      odd.push(`${formatCount(summary.truncatedPackets)} captured shorter than on the wire`);
    if (summary.evictedFlows !== undefined)
      odd.push(`${formatCount(summary.evictedFlows)} flows nobody answered ended to make room`);
    if (summary.refusedFlows > 0) odd.push(`${formatCount(summary.refusedFlows)} flows refused by a full table`);
    if (odd.length > 0) lines.push(`of these packets: ${odd.join(', ')}`);
    this.#sink.write(`${lines.join('\n')}\n`);
  }

  #alertRows(): void {
    if (this.#alerts.length === 0) return;
    const rows = this.#alerts.map(({ tsUs, severity, rule, summary }) => [
      localTime(tsUs / 1e6),
      severity,
      rule,
      safeText(summary),
    ]);
    this.#table('Alerts', ['time', '', 'rule', 'what was found'], rows, this.#alertCount - rows.length);
  }

  #rows(title: string, column: string, rows: readonly SumRow[], totalBytes: number): void {
    if (rows.length === 0) return;
    const shown = rows
      .slice(0, TOP_ROWS)
      .map((row) => [
        row.name,
        formatBytes(row.bytes),
        totalBytes === 0 ? '' : `${((row.bytes / totalBytes) * 100).toFixed(1)} %`,
        formatCount(row.packets),
        row.flows === 0 ? '' : formatCount(row.flows),
      ]);
    this.#table(title, [column, 'bytes', 'share', 'packets', 'flows'], shown, rows.length - shown.length);
  }

  /** Of the largest servers: how long they take, and what goes wrong. */
  #health(hosts: readonly HostRow[]): void {
    const measured = hosts.filter(({ health }) => health !== undefined);
    if (measured.length === 0) return;
    const rows = measured
      .slice(0, TOP_ROWS)
      .map(({ name, health = {} }) => [
        name,
        spanText(health.handshakeUs),
        spanText(health.leastRttUs),
        countText(health.retransmits),
        countText(health.resets),
        countText(health.zeroWindows),
        spanText(health.dnsLatencyUs),
        countText(health.dnsFailures),
      ]);
    this.#table(
      'Health of servers',
      ['host', 'handshake', 'least RTT', 'sent again', 'resets', 'zero windows', 'DNS answer', 'DNS failures'],
      rows,
      measured.length - rows.length,
    );
  }

  #largestFlows(): void {
    if (this.#flows.length === 0) return;
    const rows = this.#flows.map((flow) => [
      end(flow.client),
      flow.serverName === undefined
        ? end(flow.server)
        : `${flow.serverName}${flow.server.port === undefined ? '' : `:${flow.server.port}`}`,
      flow.protocol ?? flow.transport,
      formatBytes(flow.client.bytes),
      formatBytes(flow.server.bytes),
      duration((flow.endUs - flow.startUs) / 1e6),
    ]);
    this.#table('Largest flows', ['client', 'server', 'protocol', 'sent', 'received', 'time'], rows, 0);
  }

  #table(title: string, head: readonly string[], rows: readonly (readonly string[])[], more: number): void {
    this.#sink.write(`\n${this.#bold(title)}\n${alignedTable(head, rows)}`);
    if (more > 0) this.#sink.write(localeText(`  … and ${formatCount(more)} more\n`));
  }
}

const countText = (count: number | undefined): string => (count === undefined ? '' : formatCount(count));

/** Milliseconds with as many digits as matter. */
function spanText(us: number | undefined): string {
  if (us === undefined) return '';
  const ms = us / 1000;
  return `${ms < 10 ? ms.toFixed(2) : ms < 100 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
}

const plural = (count: number, noun: string): string => `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;

const flowBytes = (flow: FlowRecord): number => flow.client.bytes + flow.server.bytes;

const end = (side: { ip: string; port?: number }): string =>
  side.port === undefined ? side.ip : side.ip.includes(':') ? `[${side.ip}]:${side.port}` : `${side.ip}:${side.port}`;

function duration(seconds: number): string {
  if (seconds < 1) return `${Math.max(0, seconds * 1000).toFixed(0)} ms`;
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  if (seconds < 7200) return `${(seconds / 60).toFixed(1)} min`;
  return seconds < 172_800 ? `${(seconds / 3600).toFixed(1)} h` : `${(seconds / 86_400).toFixed(1)} days`;
}

function localTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return `${seconds} s`;
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
