// A program calls the same place again and again, as a clock would, and nothing says that this is usual. Owns: which flows may be beats, and
// what else must speak against them. Bound: 4,096 pairs of client and server, 33 connections of each; the pair seen longest ago goes. Flows
// nobody answered make no pair.
import type { Detector, EventWriter, FlowRecord, KaipoEvent, Severity } from '@kaipo/core/api/index.js';
import { BoundedTable } from '../parts/bounded-table.js';
import { defineRule } from '../parts/define-rule.js';
import { flowEvidence, minutes, scopeOf, seconds, serverText } from '../parts/flow-words.js';
import { isLocalAddress } from '../parts/local-address.js';
import { registeredDomain } from '../parts/registered-domain.js';
import { Said } from '../parts/said.js';
import { Beat, type Rhythm } from './beat.js';

const RULE = 'beaconing';
const PAIRS = 4_096;
/** Periodic by their nature, and known for it. */
const CLOCKWORK = new Set(
  (
    'ntp dns mdns llmnr ssdp dhcp dhcpv6 netbios snmp syslog netflow sflow stun wsd igmp ptp radius wireguard ipsec openvpn tailscale zerotier ' +
    'ospf bgp rip hsrp vrrp bfd ldp zabbix checkmk munin statsd collectd mqtt modbus s7comm bacnet icmp xmpp rtcp smb ldap kerberos'
  ).split(' '),
);
/** Share of the gaps that must be near the period. */
const STEADY = 0.85;
const LARGE_BYTES = 100_000;

export const beaconingPlugin = defineRule({
  rule: RULE,
  title: 'Beaconing: calls at regular times',
  meaning:
    'A program connects to the same place at nearly equal times, with little to say, and neither the place nor the way is one of those ' +
    'that are known to be polled. Malware asks its server for orders like that.',
  falsePositives:
    'Everything that polls: monitoring, weather, updates, telemetry, health checks. Services that kaipo knows by name are left out, and so are ' +
    'protocols that are periodic by nature; others belong into ignored_hosts, or into a mute.',
  severity: 'warning',
  settings: {
    periods: { description: 'periods before it speaks', default: 12, least: 6, most: 32 },
    jitter: { description: 'how irregular they may be, as a share of the period', default: 0.25, least: 0, most: 0.5 },
    least_period_seconds: { description: 'what comes faster is one conversation', default: 2, least: 0.1, most: 3_600 },
    most_period_seconds: {
      description: 'what comes more slowly is not followed',
      default: 14_400,
      least: 1,
      most: 86_400,
    },
    ignored_hosts: {
      description: 'names, domains or addresses that are polled: ["example.com", "192.0.2.1"]',
      default: [],
    },
  },
  quietUs: minutes(60),
  create: (settings) => new Beaconing(settings),
});

interface BeaconingSettings {
  readonly periods: number;
  readonly jitter: number;
  readonly least_period_seconds: number;
  readonly most_period_seconds: number;
  readonly ignored_hosts: readonly string[];
}

class Beaconing implements Detector {
  readonly wants = ['flow.ended'] as const;
  readonly #settings: BeaconingSettings;
  readonly #pairs = new BoundedTable<Beat>(PAIRS);
  readonly #said = new Said(minutes(10));
  readonly #ignored: ReadonlySet<string>;

  constructor(settings: BeaconingSettings) {
    this.#settings = settings;
    this.#ignored = new Set(settings.ignored_hosts.map((host) => host.toLowerCase()));
  }

  onEvents(events: readonly KaipoEvent[], out: EventWriter): void {
    for (const event of events) {
      if (event.kind !== 'flow.ended' || !mayBeBeat(event.flow) || this.#isIgnored(event.flow)) continue;
      this.#note(event.flow, event.tsUs, out);
    }
  }

  #note(flow: FlowRecord, tsUs: number, out: EventWriter): void {
    const key = `${flow.client.ip} ${serverText(flow)}/${flow.transport}`;
    const beat = this.#pairs.take(key, () => new Beat());
    beat.add(flow.startUs, flow.client.bytes, flow.server.bytes);
    const { periods, least_period_seconds, most_period_seconds } = this.#settings;
    if (beat.length <= periods || beat.meanGapUs < least_period_seconds * 0.5e6) return;
    const rhythm = beat.rhythm(least_period_seconds * 1e6);
    if (rhythm === undefined || rhythm.periods < periods || rhythm.periods < rhythm.gaps * STEADY) return;
    if (rhythm.jitter > this.#settings.jitter || rhythm.periodUs > most_period_seconds * 1e6) return;
    const signs = signsOf(flow, beat, rhythm);
    const severity = severityOf(flow, signs);
    if (severity !== undefined && this.#said.may(key, tsUs)) tell({ flow, tsUs, key, rhythm, signs, severity }, out);
  }

  #isIgnored({ serverName, server }: FlowRecord): boolean {
    if (this.#ignored.size === 0) return false;
    if (this.#ignored.has(server.ip)) return true;
    const name = serverName?.toLowerCase();
    return name !== undefined && (this.#ignored.has(name) || this.#ignored.has(registeredDomain(name)));
  }
}

/** Answered, of no service that is known by name, of no protocol that polls by nature, to one host. */
function mayBeBeat(flow: FlowRecord): boolean {
  if (flow.server.packets === 0 || flow.server.port === undefined || flow.category !== undefined) return false;
  if (flow.protocol !== undefined && CLOCKWORK.has(flow.protocol)) return false;
  if (flow.localSide === 'server') return false;
  const { ip } = flow.server;
  return !(
    ip.startsWith('127.') ||
    ip === '::1' ||
    ip.startsWith('224.') ||
    ip.startsWith('239.') ||
    ip.startsWith('ff')
  );
}

/** What speaks against it besides the clock. */
function signsOf(flow: FlowRecord, beat: Beat, rhythm: Rhythm): string[] {
  const signs: string[] = [];
  if (rhythm.medianBytes < LARGE_BYTES && rhythm.sizeSpread <= 0.1) signs.push('always the same size');
  if (flow.serverName === undefined || flow.serverName === flow.server.ip) signs.push('an address without a name');
  if (flow.protocol === undefined || flow.protocolFrom === 'port') signs.push('a protocol nobody knows');
  if (flow.server.port !== 443 && flow.server.port !== 80) signs.push(`port ${flow.server.port}`);
  if (flow.protocol === 'http') signs.push('readable by everybody');
  if (beat.upBytes > beat.downBytes) signs.push('sends more than it gets');
  return signs;
}

/** In the own network much is polled: there it takes more, and is information. */
function severityOf(flow: FlowRecord, signs: readonly string[]): Severity | undefined {
  if (isLocalAddress(flow.server.ip)) return signs.length >= 3 ? 'info' : undefined;
  return signs.length >= 2 ? 'warning' : undefined;
}

interface Found {
  readonly flow: FlowRecord;
  readonly tsUs: number;
  readonly key: string;
  readonly rhythm: Rhythm;
  readonly signs: readonly string[];
  readonly severity: Severity;
}

function tell({ flow, tsUs, key, rhythm, signs, severity }: Found, out: EventWriter): void {
  const server = serverText(flow);
  const everyS = seconds(rhythm.periodUs);
  out.write({
    kind: 'alert.raised',
    tsUs,
    rule: RULE,
    severity,
    subject: server,
    summary: `${flow.owner?.app ?? flow.client.ip} has called ${server} every ${everyS} s, ${rhythm.periods} times`,
    evidence: {
      ...flowEvidence(flow),
      periodSeconds: everyS,
      jitter: Math.round(rhythm.jitter * 1000) / 1000,
      periods: rhythm.periods,
      sinceSeconds: seconds(tsUs - rhythm.firstUs),
      bytesEach: Math.round(rhythm.medianBytes),
      sizeSpread: Math.round(rhythm.sizeSpread * 1000) / 1000,
      signs: signs.join(', '),
    },
    key,
    scope: scopeOf(flow),
    // A slow beat is still going on when it has been silent for an hour.
    quietUs: Math.max(minutes(15), rhythm.periodUs * 4),
  });
}
