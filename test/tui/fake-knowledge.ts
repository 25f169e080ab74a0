// What else may be known of the rows of a made-up snapshot: countries, networks, devices, services, round trips, alerts. Owns: those values.
import type { AlertRaised } from '@kaipo/core/api/events.js';
import type { LiveFlow, LiveHost, LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import { HOSTILE_NAMES } from './fake-snapshots.js';

const PLACES = [
  { country: 'US', asn: 15169, network: 'GOOGLE' },
  { country: 'DE', asn: 24940, network: 'Hetzner Online GmbH' },
  { country: 'JP', asn: 2516, network: 'KDDI 株式会社' },
  { country: 'US', asn: 54113 },
];
const SERVICES = [{ service: 'YouTube', category: 'video' }, { service: 'npm', category: 'software' }, {}];
const ALERTS = [
  { rule: 'new-device', severity: 'info', summary: 'a device that was not here before: Printer' },
  { rule: 'port-scan', severity: 'warning', summary: '41 ports of 192.168.1.20 asked within 3 s' },
  { rule: 'beacon', severity: 'critical', summary: 'curl calls home every 60 s (±1 s), 48 times so far' },
] as const;
const ALERT_EVERY = 30;

/** @param tick every ALERT_EVERY-th raises an alert. */
export function withKnowledge(snapshot: LiveSnapshot, tick: number, isHostile: boolean): LiveSnapshot {
  const name = (i: number): string | undefined => (isHostile ? HOSTILE_NAMES[i % HOSTILE_NAMES.length] : undefined);
  const flowOf = (flow: LiveFlow, i: number): LiveFlow => ({
    ...flow,
    ...PLACES[i % PLACES.length],
    ...SERVICES[i % SERVICES.length],
    ...(isHostile ? { service: name(i) ?? '', network: name(i + 1) ?? '', app: name(i + 2) ?? '' } : {}),
    ...(flow.transport === 'tcp' ? { rttUs: 400 * 3 ** (i % 8), retransmits: i % 4 } : {}),
    ...(flow.serverName === undefined ? {} : { serverNameFrom: 'sni', tlsVersion: 'TLS 1.3' }),
    protocolFrom: 'payload',
    pid: 1_200 + (i % 9) * 377,
    user: 'alice',
    quality: 'event',
    zone: 'internet',
    direction: i % 10 === 9 ? 'in' : 'out',
  });
  const hostOf = (host: LiveHost, i: number): LiveHost =>
    i % 6 === 5
      ? { ...host, zone: 'lan', device: { name: name(i) ?? 'Printer', vendor: 'Brother', mac: '00:80:77:31:01:07' } }
      : { ...host, ...PLACES[i % PLACES.length], zone: 'internet', ...(isHostile ? { network: name(i) ?? '' } : {}) };
  return {
    ...snapshot,
    flows: snapshot.flows.map(flowOf),
    hosts: snapshot.hosts.map(hostOf),
    protocols: snapshot.protocols.map((row, i) => ({ ...row, name: name(i) ?? row.name })),
    interfaces: snapshot.interfaces.map((row, i) => ({ ...row, name: i === 4 ? (name(2) ?? row.name) : row.name })),
    alerts: tick % ALERT_EVERY === 0 ? [alertOf(tick, snapshot.tsUs, name(tick / ALERT_EVERY))] : [],
  };
}

function alertOf(tick: number, tsUs: number, hostile: string | undefined): AlertRaised {
  const { rule, severity, summary } = ALERTS[(tick / ALERT_EVERY) % ALERTS.length] ?? ALERTS[0];
  return {
    kind: 'alert.raised',
    tsUs: tsUs - 300_000,
    ...{ rule, severity },
    subject: hostile ?? '192.168.1.77',
    summary: hostile === undefined ? summary : `${summary} ${hostile}`,
    evidence: { count: tick },
  };
}
