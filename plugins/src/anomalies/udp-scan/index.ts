// One host sends to many UDP (or SCTP) ports of another, or looks for one UDP service on many hosts, and hardly anybody answers.
// Owns: how many, and what else sends so: traceroute, torrents, resolvers. Bound: that of two `SpreadDetector`.
import {
  ANSWERED_OTHER,
  BEGAN_UDP,
  type Detector,
  type EventKind,
  type EventWriter,
  type FlowSteps,
  STEP_BEGAN,
  STEP_MANY,
} from '@kaipo/core/api/index.js';
import { defineRule } from '../parts/define-rule.js';
import { enoughBits, looksForServices, minutes, percent, SCTP, scannerScope, UDP } from '../parts/scan-words.js';
import { isServicePort, isTraceroutePort, isUdpService } from '../parts/service-ports.js';
import { SpreadDetector, type SpreadRule } from '../parts/spread-detector.js';
import {
  addressItem,
  failedShare,
  isOneHost,
  putKey,
  sampleHosts,
  samplePorts,
  spreadEvidence,
} from '../parts/spread-words.js';

const RULE = 'udp-scan';
/** Hosts that refuse limit how often: who scans must wait. */
const WINDOW_US = 20e6;
const SERVICES = 4;
const MANY = 60;
const FAILED = 0.8;

export const udpScanPlugin = defineRule({
  rule: RULE,
  title: 'Scans of UDP ports',
  meaning:
    'One host sent to many UDP or SCTP ports of another within seconds, or looked for one UDP service on many hosts, and hardly any ' +
    'answered: somebody looks for services such as SNMP, NTP, SIP or memcached.',
  falsePositives:
    'Inventory tools of your own, monitoring of devices that are gone. Traceroute, resolvers, calls and torrents are not counted: their ' +
    'ports are others, or they are answered.',
  severity: 'warning',
  settings: {
    ports: { description: 'different ports of one host within twenty seconds', default: 15, least: 5, most: 500 },
    hosts: { description: 'different hosts on one port within twenty seconds', default: 50, least: 5, most: 500 },
  },
  quietUs: minutes(5),
  create: ({ ports, hosts }) => new UdpScan(ports, hosts),
});

class UdpScan implements Detector {
  readonly wants: readonly EventKind[] = [];
  readonly ports: SpreadDetector;
  readonly hosts: SpreadDetector;

  constructor(ports: number, hosts: number) {
    this.ports = new SpreadDetector(portsRule(ports));
    this.hosts = new SpreadDetector(hostsRule(hosts));
  }

  onFlowSteps(steps: FlowSteps, out: EventWriter): void {
    this.ports.onFlowSteps(steps, out);
    this.hosts.onFlowSteps(steps, out);
  }

  onTick(nowUs: number, out: EventWriter): void {
    this.ports.onTick(nowUs, out);
    this.hosts.onTick(nowUs, out);
  }
}

const portsRule = (ports: number): SpreadRule => ({
  rule: RULE,
  kinds: BEGAN_UDP | ANSWERED_OTHER,
  windowUs: WINDOW_US,
  least: enoughBits(ports),
  counts: 'items',
  keyOf: (steps, row, table) =>
    isProbe(steps, row) &&
    !isTraceroutePort(steps.serverPort[row]!) &&
    isOneHost(steps, row) &&
    putKey(table, steps, row, { client: true, server: true }),
  itemOf: (steps, row) => steps.serverPort[row]!,
  isService: (steps, row) => isServicePort(steps.serverPort[row]!),
  judge(table, at, ends) {
    const distinct = table.distinct(at);
    const share = failedShare(table, at);
    if (distinct < ports || share < FAILED || !looksForServices(table, at, SERVICES, MANY)) return undefined;
    return {
      severity: 'warning',
      subject: ends.clientIp,
      summary: `${ends.clientIp} sent to ${distinct} UDP or SCTP ports of ${ends.serverIp}, ${percent(share)} without an answer`,
      scope: scannerScope(ends),
      evidence: {
        target: ends.serverIp,
        ports: distinct,
        samplePorts: samplePorts(table, at),
        ...spreadEvidence(table, at),
      },
    };
  },
});

const hostsRule = (hosts: number): SpreadRule => ({
  rule: RULE,
  kinds: BEGAN_UDP | ANSWERED_OTHER,
  windowUs: WINDOW_US,
  least: enoughBits(hosts),
  counts: 'items',
  keyOf: (steps, row, table) =>
    isProbe(steps, row) &&
    isUdpService(steps.serverPort[row]!) &&
    isOneHost(steps, row) &&
    putKey(table, steps, row, { client: true, port: true }),
  itemOf: (steps, row) => addressItem(steps, row, 'server'),
  isService: () => false,
  judge(table, at, ends) {
    const distinct = table.distinct(at);
    const share = failedShare(table, at);
    if (distinct < hosts || share < FAILED) return undefined;
    const sample = sampleHosts(table, at);
    return {
      severity: 'warning',
      subject: ends.clientIp,
      summary: `${ends.clientIp} sent to UDP port ${ends.serverPort} of ${distinct} hosts, ${percent(share)} without an answer`,
      scope: scannerScope(ends, ends.serverPort),
      evidence: {
        hosts: distinct,
        port: ends.serverPort,
        ...(sample === undefined ? {} : { sampleHosts: sample }),
        ...spreadEvidence(table, at),
      },
    };
  },
});

/** Not where the first packet seen came from the server: then it is an answer. */
function isProbe(steps: FlowSteps, row: number): boolean {
  const transport = steps.transport[row]!;
  if ((transport !== UDP && transport !== SCTP) || steps.step[row] === STEP_MANY || steps.serverPort[row] === 0)
    return false;
  return steps.step[row] !== STEP_BEGAN || steps.isFromClient[row] === 1;
}
