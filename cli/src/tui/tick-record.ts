// `kaipo live --format ndjson` and the WebSocket stream: one interval as a `tick` record. Owns: its fields and their order.
// Must not know: who sends it. Bound: `maxRows` flows and hosts, MAX_ROWS if not asked otherwise; the snapshot bounds the rest.
// Fields that do not apply are absent, never null and never empty text; lists named by the contract are always there.
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import {
  type LivePlace,
  type LiveSnapshot,
  type PastInterval,
  SOCKETS_NOTE,
  type TrafficRow,
} from '@kaipo/core/query/live-snapshot.js';

const MAX_ROWS = 50;

/** Numbers are deltas of the interval, times are seconds since the epoch with microseconds. */
export function tickRecord(snapshot: LiveSnapshot, maxRows = MAX_ROWS): object {
  const { capture, books, flowTable, recording } = snapshot;
  return {
    type: 'tick',
    ts: snapshot.tsUs / 1e6,
    mode: snapshot.rung,
    intervalSeconds: snapshot.intervalUs / 1e6,
    ...(snapshot.past === undefined ? {} : { past: pastOf(snapshot.past) }),
    ...text({ helper: snapshot.helper, fix: snapshot.rungFix }),
    ...(snapshot.appsFrom === undefined ? {} : { appsFrom: snapshot.appsFrom, appsNote: SOCKETS_NOTE }),
    interfaces: snapshot.interfaces.map((link) => ({
      name: safeText(link.name),
      rxBytes: link.rxBytes,
      txBytes: link.txBytes,
      rxPackets: link.rxPackets,
      txPackets: link.txPackets,
      up: link.up,
      captured: link.captured,
      class: link.class,
      counted: link.counted,
      ...(link.speedMbit === undefined ? {} : { speedMbit: link.speedMbit }),
    })),
    capture: captureOf(snapshot),
    books: {
      kernelBytes: books.kernelBytes,
      attributedBytes: books.attributedBytes,
      unknownBytes: books.unknownBytes,
      notCapturedBytes: books.notCapturedBytes,
      inFlightBytes: books.inFlightBytes,
      ...reasons('unknownReasons', books.unknownReasons),
      ...reasons('notCapturedReasons', books.notCapturedReasons),
    },
    apps: snapshot.apps.filter(hasMoved).map((app) => ({
      app: safeText(app.app),
      ...(app.pid === undefined ? {} : { pid: app.pid }),
      ...text({ exe: app.exe, user: app.user, unit: app.unit, container: app.container, application: app.service }),
      ...traffic(app),
      flows: app.flows,
      quality: app.quality,
    })),
    protocols: snapshot.protocols
      .filter(hasMoved)
      .map((row) => ({ name: safeText(row.name), ...traffic(row), flows: row.flows })),
    alerts: snapshot.alerts
      .filter((alert) => alert.tsUs > snapshot.tsUs - snapshot.intervalUs)
      .map((alert) => ({
        ts: alert.tsUs / 1e6,
        rule: alert.rule,
        severity: alert.severity,
        subject: safeText(alert.subject),
        summary: safeText(alert.summary),
        evidence: Object.fromEntries(
          Object.entries(alert.evidence).map(([name, value]) => [
            name,
            typeof value === 'string' ? safeText(value) : value,
          ]),
        ),
      })),
    ...list(
      'flows',
      snapshot.flows
        .filter((flow) => flow.movedUnknown === true || hasMoved(flow))
        .slice(0, maxRows)
        .map((flow) => ({
          id: flow.id,
          transport: flow.transport,
          local: flow.local,
          remote: flow.remote,
          ...text({
            interface: flow.interface,
            protocol: flow.protocol,
            protocolFrom: flow.protocolFrom,
            serverName: flow.serverName,
            serverNameFrom: flow.serverNameFrom,
            app: flow.app,
            user: flow.user,
            unit: flow.unit,
            container: flow.container,
            quality: flow.quality,
            zone: flow.zone,
            direction: flow.direction,
            application: flow.service,
            category: flow.category,
            tlsVersion: flow.tlsVersion,
            ja4: flow.ja4,
            deviceVendor: flow.vendor,
          }),
          ...numbers({ pid: flow.pid, rttUs: flow.rttUs, retransmits: flow.retransmits }),
          ...place(flow),
          start: Math.round(flow.startUs) / 1e6,
          ...(flow.movedUnknown === true ? {} : traffic(flow)),
          ...(snapshot.past === undefined ? {} : { txBytesTotal: flow.txBytesTotal, rxBytesTotal: flow.rxBytesTotal }),
        })),
    ),
    ...list(
      'hosts',
      snapshot.hosts
        .filter(hasMoved)
        .slice(0, maxRows)
        .map((host) => ({
          ip: host.ip,
          ...text({ name: host.name, zone: host.zone }),
          ...place(host),
          ...(host.device === undefined ? {} : { device: text({ ...host.device }) }),
          ...traffic(host),
          flows: host.flows,
        })),
    ),
    ...(snapshot.rung === 'counters' || snapshot.past !== undefined
      ? {}
      : { gaps: capture.gaps, flowTable: { ...flowTable } }),
    recording: { state: recording.state, ...text({ detail: recording.detail }) },
    ...list(
      'notices',
      snapshot.notices
        .filter((notice) => notice.tsUs > snapshot.tsUs - snapshot.intervalUs)
        .map((notice) => ({ ts: notice.tsUs / 1e6, severity: notice.severity, text: safeText(notice.text) })),
    ),
  };
}

function pastOf(past: PastInterval): object {
  return {
    from: past.fromUs / 1e6,
    to: past.toUs / 1e6,
    resolutionSeconds: past.resolutionS,
    recorded: past.isRecorded,
    recordedSeconds: past.coveredUs / 1e6,
    ...(past.caughtUpBytes > 0 ? { caughtUpBytes: past.caughtUpBytes } : {}),
    totalsFrom: past.totalsFromUs / 1e6,
    flowsUntil: past.flowsUntilUs / 1e6,
  };
}

/** Without packets there is nothing to count: all zeros, so that readers need no special case. */
function captureOf({ rung, capture }: LiveSnapshot): object {
  if (rung === 'counters') return { received: 0, delivered: 0, droppedByKernel: 0, droppedByHelper: 0 };
  return {
    received: capture.received,
    delivered: capture.delivered,
    droppedByKernel: capture.droppedByKernel,
    droppedByHelper: capture.droppedByHelper,
    ...(capture.dropsKnown ? {} : { dropsKnown: false }),
    ...(capture.events === undefined ? {} : { events: capture.events }),
  };
}

function traffic(row: TrafficRow): object {
  return { txBytes: row.txBytes, rxBytes: row.rxBytes, txPackets: row.txPackets, rxPackets: row.rxPackets };
}

function text(fields: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const present: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && value !== '') present[name] = safeText(value);
  }
  return present;
}

function numbers(fields: Readonly<Record<string, number | undefined>>): Record<string, number> {
  const present: Record<string, number> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) present[name] = value;
  return present;
}

const place = ({ country, asn, network }: LivePlace): object => ({
  ...text({ country, network }),
  ...numbers({ asn }),
});

function reasons(name: string, sums: Readonly<Record<string, number>> = {}): object {
  return Object.keys(sums).length === 0 ? {} : { [name]: sums };
}

function list(name: string, rows: readonly object[]): object {
  return rows.length === 0 ? {} : { [name]: rows };
}

/** Rows that rest are for screens; a record of an interval has what moved in it. */
const hasMoved = (row: TrafficRow): boolean =>
  row.txPackets > 0 || row.rxPackets > 0 || row.txBytes > 0 || row.rxBytes > 0;
