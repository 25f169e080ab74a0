// TCP packets that begin nothing, sent to find ports past a firewall: no flags (NULL), FIN alone, FIN PSH URG (XMAS), SYN with FIN, and
// bare ACK or FIN ACK to many ports; and tries of many IP protocols. Owns: which first packets no honest sender makes.
// Bound: that of three `SpreadDetector`.
import {
  ANSWERED_TCP,
  BEGAN_OTHER,
  BEGAN_SYN,
  BEGAN_TCP,
  type Detector,
  type EventKind,
  type EventWriter,
  type FlowSteps,
  STEP_BEGAN,
  STEP_MANY,
  WENT_ON,
} from '@kaipo/core/api/index.js';
import { defineRule } from '../parts/define-rule.js';
import { enoughBits, minutes, percent, scannerScope, TCP } from '../parts/scan-words.js';
import { isServicePort } from '../parts/service-ports.js';
import { SpreadDetector, type SpreadRule } from '../parts/spread-detector.js';
import { failedShare, isOneHost, putKey, samplePorts, spreadEvidence } from '../parts/spread-words.js';

const RULE = 'stealth-scan';
const ODD_WINDOW_US = 60e6;
const BARE_WINDOW_US = 10e6;
const FIN = 1;
const SYN = 2;
const RST = 4;
const PSH = 8;
const ACK = 16;
const URG = 32;
const USED = FIN | SYN | RST | PSH | ACK | URG;
/** Bare ACKs are also what is left of connections nobody saw begin: those are answered, or go on. */
const BARE_PORTS = 20;
const BARE_FAILED = 0.95;
const BARE_SERVICES = 5;
const PROTOCOLS = 8;
/** Protocols that two hosts have for each other now and then: ICMP, IGMP, IP in IP, TCP, UDP, IPv6, GRE, ESP, AH, ICMPv6, SCTP. */
const IS_COMMON = new Uint8Array(256);
for (const protocol of [1, 2, 4, 6, 17, 41, 47, 50, 51, 58, 132]) IS_COMMON[protocol] = 1;

export const stealthScanPlugin = defineRule({
  rule: RULE,
  title: 'Scans with odd TCP flags',
  meaning:
    'Packets that no honest program sends: without flags, with FIN alone, with FIN, PSH and URG, or SYN and FIN together; or bare ACKs to ' +
    'many ports, or many IP protocols one after the other. Scanners send them to look past a firewall.',
  falsePositives:
    'Damaged packets, and devices with a broken network stack. Connections that were open before the capture began are not counted.',
  severity: 'warning',
  settings: {
    ports: {
      description: 'different ports of one host that get odd packets within a minute',
      default: 5,
      least: 2,
      most: 500,
    },
  },
  quietUs: minutes(5),
  create: ({ ports }) => new StealthScan(ports),
});

class StealthScan implements Detector {
  readonly wants: readonly EventKind[] = [];
  readonly parts: readonly SpreadDetector[];

  constructor(ports: number) {
    this.parts = [oddRule(ports), bareRule, protocolsRule].map((rule) => new SpreadDetector(rule));
  }

  onFlowSteps(steps: FlowSteps, out: EventWriter): void {
    for (const part of this.parts) part.onFlowSteps(steps, out);
  }

  onTick(nowUs: number, out: EventWriter): void {
    for (const part of this.parts) part.onTick(nowUs, out);
  }
}

const oddRule = (ports: number): SpreadRule => ({
  rule: RULE,
  kinds: BEGAN_TCP | BEGAN_SYN,
  windowUs: ODD_WINDOW_US,
  least: Math.max(2, ports - 1),
  counts: 'items',
  keyOf: (steps, row, table) =>
    isBegin(steps, row) &&
    isOdd(steps.tcpFlags[row]! & USED) &&
    isOneHost(steps, row) &&
    putKey(table, steps, row, { client: true, server: true }),
  itemOf: (steps, row) => steps.serverPort[row]!,
  isService: () => false,
  judge(table, at, ends) {
    const distinct = table.distinct(at);
    if (distinct < ports) return undefined;
    return {
      severity: 'warning',
      subject: ends.clientIp,
      summary: `${ends.clientIp} sent TCP packets with flags no program uses to ${distinct} ports of ${ends.serverIp}`,
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

const bareRule: SpreadRule = {
  rule: RULE,
  kinds: BEGAN_TCP | ANSWERED_TCP | WENT_ON,
  windowUs: BARE_WINDOW_US,
  least: enoughBits(BARE_PORTS),
  counts: 'items',
  keyOf: (steps, row, table) =>
    isTcpProbe(steps, row) &&
    (steps.step[row] !== STEP_BEGAN || isBare(steps.tcpFlags[row]! & USED)) &&
    isOneHost(steps, row) &&
    putKey(table, steps, row, { client: true, server: true }),
  itemOf: (steps, row) => steps.serverPort[row]!,
  isService: (steps, row) => isServicePort(steps.serverPort[row]!),
  judge(table, at, ends) {
    const distinct = table.distinct(at);
    const share = failedShare(table, at);
    if (distinct < BARE_PORTS || share < BARE_FAILED || table.services[at]! < BARE_SERVICES) return undefined;
    return {
      severity: 'warning',
      subject: ends.clientIp,
      summary: `${ends.clientIp} sent bare ACKs to ${distinct} ports of ${ends.serverIp}, ${percent(share)} in vain`,
      scope: scannerScope(ends),
      evidence: {
        target: ends.serverIp,
        ports: distinct,
        samplePorts: samplePorts(table, at),
        ...spreadEvidence(table, at),
      },
    };
  },
};

const protocolsRule: SpreadRule = {
  rule: RULE,
  kinds: BEGAN_OTHER,
  windowUs: ODD_WINDOW_US,
  least: PROTOCOLS,
  counts: 'items',
  keyOf(steps, row, table) {
    if (steps.step[row] !== STEP_BEGAN || IS_COMMON[steps.transport[row]!] === 1 || !isOneHost(steps, row))
      return false;
    putKey(table, steps, row, { client: true, server: true });
    // The transport is what is counted here.
    table.key[8] = 0;
    return true;
  },
  itemOf: (steps, row) => steps.transport[row]!,
  isService: () => false,
  judge(table, at, ends) {
    const distinct = table.distinct(at);
    return {
      severity: 'warning',
      subject: ends.clientIp,
      summary: `${ends.clientIp} tried ${distinct} IP protocols of ${ends.serverIp}`,
      scope: scannerScope(ends),
      evidence: {
        target: ends.serverIp,
        protocols: distinct,
        sampleProtocols: samplePorts(table, at),
        ...spreadEvidence(table, at),
      },
    };
  },
};

const isTcpProbe = (steps: FlowSteps, row: number): boolean =>
  steps.transport[row] === TCP &&
  steps.step[row] !== STEP_MANY &&
  steps.serverPort[row] !== 0 &&
  isFirstFromClient(steps, row);

const isBegin = (steps: FlowSteps, row: number): boolean => steps.step[row] === STEP_BEGAN && isTcpProbe(steps, row);

const isFirstFromClient = (steps: FlowSteps, row: number): boolean =>
  steps.step[row] !== STEP_BEGAN || steps.isFromClient[row] === 1;

/** Every honest packet but the first SYN has ACK, or is a reset. */
const isOdd = (flags: number): boolean => (flags & (ACK | RST)) === 0 && ((flags & SYN) === 0 || (flags & FIN) !== 0);

const isBare = (flags: number): boolean => flags === ACK || flags === (ACK | FIN);
