// Ports of one host, or one port of many hosts, tried a few at a time over minutes so that nobody notices. Owns: what is slow, and what is
// too much within five minutes. What is fast is told by port-scan, host-scan and udp-scan, and not here.
// Bound: that of two `SpreadDetector`.
import {
  ANSWERED_OTHER,
  ANSWERED_TCP,
  BEGAN_SYN,
  BEGAN_UDP,
  type Detector,
  type EventKind,
  type EventWriter,
  type FlowSteps,
  STEP_BEGAN,
  STEP_MANY,
  WENT_ON,
} from '@kaipo/core/api/index.js';
import { defineRule } from '../parts/define-rule.js';
import { enoughBits, isOpening, minutes, percent, scannerScope, TCP, UDP } from '../parts/scan-words.js';
import { isServicePort, isTraceroutePort, isUdpService } from '../parts/service-ports.js';
import { SpreadDetector, type SpreadRule } from '../parts/spread-detector.js';
import {
  addressItem,
  failedShare,
  isOneHost,
  putKey,
  sampleHosts,
  samplePorts,
  secondsOf,
  spreadEvidence,
} from '../parts/spread-words.js';

const RULE = 'slow-scan';
const WINDOW_US = 300e6;
/** New items within ten seconds from which on others tell of it. */
const FAST = 15;
const LEAST_S = 60;
const SERVICES = 4;
const FAILED = 0.9;

export const slowScanPlugin = defineRule({
  rule: RULE,
  title: 'Slow scans',
  meaning:
    'One host tried ports of another, or one port of many hosts, a few at a time over minutes, and hardly anybody answered: a scan by ' +
    'somebody who does not want to be noticed.',
  falsePositives:
    'A program that goes through a list of machines that are gone; monitoring of hosts that are down. Only what fails nearly always counts.',
  severity: 'warning',
  settings: {
    ports: { description: 'different ports of one host within five minutes', default: 12, least: 5, most: 500 },
    hosts: { description: 'different hosts on one port within five minutes', default: 25, least: 5, most: 500 },
  },
  quietUs: minutes(15),
  create: ({ ports, hosts }) => new SlowScan(ports, hosts),
});

class SlowScan implements Detector {
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
  kinds: BEGAN_SYN | BEGAN_UDP | ANSWERED_TCP | ANSWERED_OTHER | WENT_ON,
  windowUs: WINDOW_US,
  least: enoughBits(ports),
  counts: 'items',
  keyOf: (steps, row, table) =>
    isProbe(steps, row) && isOneHost(steps, row) && putKey(table, steps, row, { client: true, server: true }),
  itemOf: (steps, row) => steps.serverPort[row]!,
  isService: (steps, row) => isServicePort(steps.serverPort[row]!),
  judge(table, at, ends) {
    const distinct = table.distinct(at);
    const share = failedShare(table, at);
    if (
      distinct < ports ||
      share < FAILED ||
      table.services[at]! < SERVICES ||
      !isSlow(table.peak[at]!, secondsOf(table, at))
    )
      return undefined;
    return {
      severity: 'warning',
      subject: ends.clientIp,
      summary: `${ends.clientIp} tried ${distinct} ports of ${ends.serverIp} in ${Math.round(secondsOf(table, at))} s, ${percent(share)} in vain`,
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
  kinds: BEGAN_SYN | BEGAN_UDP | ANSWERED_TCP | ANSWERED_OTHER | WENT_ON,
  windowUs: WINDOW_US,
  least: enoughBits(hosts),
  counts: 'items',
  keyOf: (steps, row, table) =>
    isProbe(steps, row) &&
    isLookedFor(steps, row) &&
    isOneHost(steps, row) &&
    putKey(table, steps, row, { client: true, port: true }),
  itemOf: (steps, row) => addressItem(steps, row, 'server'),
  isService: () => false,
  judge(table, at, ends) {
    const distinct = table.distinct(at);
    const share = failedShare(table, at);
    if (distinct < hosts || share < FAILED || !isSlow(table.peak[at]!, secondsOf(table, at))) return undefined;
    const sample = sampleHosts(table, at);
    return {
      severity: 'warning',
      subject: ends.clientIp,
      summary: `${ends.clientIp} tried port ${ends.serverPort} of ${distinct} hosts in ${Math.round(secondsOf(table, at))} s, ${percent(share)} in vain`,
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

const isSlow = (peak: number, seconds: number): boolean => peak < FAST && seconds >= LEAST_S;

function isProbe(steps: FlowSteps, row: number): boolean {
  if (steps.step[row] === STEP_MANY) return false;
  if (steps.transport[row] === UDP) return !isTraceroutePort(steps.serverPort[row]!);
  return isOpening(steps, row, steps.step[row] === STEP_BEGAN);
}

const isLookedFor = (steps: FlowSteps, row: number): boolean =>
  steps.transport[row] === TCP ? isServicePort(steps.serverPort[row]!) : isUdpService(steps.serverPort[row]!);
