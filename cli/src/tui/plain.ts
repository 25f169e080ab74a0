// `kaipo live --plain`: one readable block an interval, for logs, pipes and screen readers. Owns: its wording and columns.
// Must not know: terminals beyond SGR colour. Bound: TOP rows a table. Everything but the data itself is ASCII.
import { formatBitRate, formatBytes, formatCount } from '@kaipo/core/kernel/units.js';
import { type LiveFlow, type LiveSnapshot, SOCKETS_NOTE } from '@kaipo/core/query/live-snapshot.js';
import { clockText } from './clock-text.js';
import { fitText, screenText } from './display-text.js';
import { endpointText, protocolText } from './panes/flows.js';
import { lossText } from './panes/header.js';
import { pastLabel } from './past-label.js';

const TOP = 5;

export interface PlainOptions {
  readonly color: boolean;
  /** Columns; 120 when absent. */
  readonly width?: number;
}

/** One block that ends in a newline. Rates are of the interval, totals since kaipo started. */
export function plainBlock(snapshot: LiveSnapshot, options: PlainOptions): string {
  const width = Math.max(60, options.width ?? 120);
  const paint = (code: string, text: string): string => (options.color ? `\x1b[${code}m${text}\x1b[0m` : text);
  const rate = (bytes: number): string =>
    formatBitRate(snapshot.intervalUs > 0 ? (bytes * 1e6) / snapshot.intervalUs : 0).padStart(9);
  const lines: string[] = [];
  const say = (indent: string, text: string): void => {
    lines.push(indent + fitText(text, width - indent.length, 'left', '~').trimEnd());
  };

  const helper = snapshot.helper === undefined ? '' : `, ${snapshot.helper} helper`;
  const { state, detail } = snapshot.recording;
  const recording = state === 'recording' ? 'recording' : state === 'off' ? 'not recording' : 'store READ-ONLY';
  const seconds = (snapshot.intervalUs / 1e6).toFixed(2).replace(/\.?0+$/, '');
  const past = snapshot.past === undefined ? undefined : `${pastLabel(snapshot)}, ${snapshot.rung}`;
  const head =
    past ??
    `${clockText(snapshot.tsUs)}  ${snapshot.rung}${helper}, ${recording}${detail === undefined ? '' : ` (${detail})`}, last ${seconds} s`;
  lines.push(paint('1', fitText(head, width, 'left', '~').trimEnd()));
  if (snapshot.appsFrom !== undefined) say('  ', `applications: ${SOCKETS_NOTE}`);
  if (snapshot.rungFix !== undefined) say('  ', `to see more: ${snapshot.rungFix}`);

  const table = (
    title: string,
    rows: readonly (readonly [name: string, rx: string, tx: string, rest: string])[],
  ): void => {
    if (rows.length === 0) return;
    const room = Math.max(20, Math.min(48, width - 50));
    lines.push(paint('36', `  ${title.padEnd(room)}  ${'rx'.padStart(9)}  ${'tx'.padStart(9)}`));
    for (const [name, rx, tx, rest] of rows) say('  ', `${fitText(name, room, 'left', '~')}  ${rx}  ${tx}  ${rest}`);
  };
  table(
    'interfaces',
    snapshot.interfaces.map((link) => [
      link.name + (link.up ? (link.captured ? ' (captured)' : '') : ' (down)'),
      rate(link.rxBytes),
      rate(link.txBytes),
      `${past === undefined ? 'total' : 'that day'} ${formatBytes(link.rxBytesTotal)} / ${formatBytes(link.txBytesTotal)}`,
    ]),
  );
  table(
    'applications',
    snapshot.apps
      .slice(0, TOP)
      .map((app) => [
        app.app + (app.pid === undefined ? '' : ` (${app.pid})`),
        rate(app.rxBytes),
        rate(app.txBytes),
        [`${app.flows} flows`, app.container ?? app.unit ?? '', app.quality].filter((word) => word !== '').join(', '),
      ]),
  );
  table(
    'protocols',
    snapshot.protocols
      .slice(0, TOP)
      .map((row) => [row.name, rate(row.rxBytes), rate(row.txBytes), `${row.flows} flows`]),
  );
  table(
    'flows',
    snapshot.flows
      .slice(0, TOP)
      .map((flow) => [
        `${endpointText(flow.serverName ?? flow.remote.ip, flow.remote.port)} ${protocolText(flow.transport, flow.protocol)}`,
        flow.movedUnknown === true ? ''.padStart(9) : rate(flow.rxBytes),
        flow.movedUnknown === true ? ''.padStart(9) : rate(flow.txBytes),
        [wholeLife(flow), flow.app ?? '', `from ${endpointText(flow.local.ip, flow.local.port)}`]
          .filter((word) => word !== '')
          .join(', '),
      ]),
  );
  if (snapshot.rung !== 'counters') say('  ', captureText(snapshot));
  if (snapshot.rung !== 'counters' || snapshot.appsFrom !== undefined) {
    const { books } = snapshot;
    say(
      '  ',
      `books    ${formatBytes(books.kernelBytes)} = ${formatBytes(books.attributedBytes)} attributed + ` +
        `${formatBytes(books.unknownBytes)} unknown${reasonsText(books.unknownReasons)} + ` +
        `${formatBytes(books.notCapturedBytes)} not captured${reasonsText(books.notCapturedReasons)} + ` +
        `${formatBytes(books.inFlightBytes)} in flight`,
    );
  }
  for (const alert of snapshot.alerts.slice(0, TOP))
    say('  ', `alert    ${alert.severity}: ${alert.subject}: ${alert.summary}`);
  // A notice is said once, in the block of the interval it belongs to.
  for (const notice of snapshot.notices) {
    if (notice.tsUs > snapshot.tsUs - snapshot.intervalUs) {
      const text = fitText(`notice   ${screenText(notice.text)}`, width - 2, 'left', '~').trimEnd();
      lines.push(`  ${notice.severity === 'info' ? text : paint(notice.severity === 'critical' ? '31' : '33', text)}`);
    }
  }
  return `${lines.join('\n')}\n\n`;
}

/** Of a flow of the past only the whole is known. */
const wholeLife = ({ movedUnknown, rxBytesTotal, txBytesTotal }: LiveFlow): string =>
  movedUnknown === true ? `${formatBytes(rxBytesTotal)} / ${formatBytes(txBytesTotal)} in all` : '';

/** ` (ring-full 3 MB, capture-gap 20 kB)`, the largest first; nothing when there is nothing to explain. */
function reasonsText(reasons: Readonly<Record<string, number>> = {}): string {
  const parts = Object.entries(reasons)
    .sort((a, b) => b[1] - a[1])
    .map(([reason, bytes]) => `${reason} ${formatBytes(bytes)}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function captureText(snapshot: LiveSnapshot): string {
  const { received, droppedByKernel, droppedByHelper, dropsKnown, gaps } = snapshot.capture;
  const dropped = droppedByKernel + droppedByHelper;
  const loss = dropsKnown ? `${formatCount(dropped)} dropped (${lossText(received, dropped)})` : 'drops unknown';
  return `packets  ${formatCount(received)} received, ${loss}${gaps > 0 ? `, ${gaps} gaps so far` : ''}`;
}
