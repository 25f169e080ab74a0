// One host tries many TCP ports of another within seconds (a vertical scan). Owns: how many, how many of them in vain, which ports.
// Bound: that of `SpreadDetector`; keys are pairs of addresses.
import { ANSWERED_TCP, BEGAN_SYN, type FlowSteps, STEP_BEGAN, WENT_ON } from '@kaipo/core/api/index.js';
import { defineRule } from '../parts/define-rule.js';
import { enoughBits, isOpening, looksForServices, minutes, percent, scannerScope } from '../parts/scan-words.js';
import { isServicePort } from '../parts/service-ports.js';
import { SpreadDetector, type SpreadRule } from '../parts/spread-detector.js';
import { failedShare, isOneHost, putKey, samplePorts, spreadEvidence } from '../parts/spread-words.js';

const RULE = 'port-scan';
const WINDOW_US = 10e6;
/** Without so many well-known ports among them, it takes so many ports. */
const SERVICES = 5;
const MANY = 60;

export const portScanPlugin = defineRule({
  rule: RULE,
  title: 'Scans of the ports of a host',
  meaning:
    'One host tried many TCP ports of another within seconds, most of them in vain: somebody looks for services. Where it begins in your ' +
    'own network, the machine may be infected, or somebody runs a tool such as nmap.',
  falsePositives:
    'Inventory and vulnerability scanners of your own. Downloads over many connections, FTP and torrents are no scans: their ' +
    'connections are answered, or go to ports no service has.',
  severity: 'warning',
  settings: {
    ports: { description: 'different ports of one host within ten seconds', default: 20, least: 5, most: 500 },
    failed_share: { description: 'share of them that must be in vain, 0 to 1', default: 0.7, least: 0, most: 1 },
  },
  quietUs: minutes(5),
  create: ({ ports, failed_share }) => new SpreadDetector(portScanRule(ports, failed_share)),
});

const portScanRule = (ports: number, failed: number): SpreadRule => ({
  rule: RULE,
  kinds: BEGAN_SYN | ANSWERED_TCP | WENT_ON,
  windowUs: WINDOW_US,
  least: enoughBits(ports),
  counts: 'items',
  keyOf: (steps, row, table) =>
    isOpening(steps, row, steps.step[row] === STEP_BEGAN) &&
    isOneHost(steps, row) &&
    putKey(table, steps, row, { client: true, server: true }),
  itemOf: (steps: FlowSteps, row: number) => steps.serverPort[row]!,
  isService: (steps, row) => isServicePort(steps.serverPort[row]!),
  judge(table, at, ends) {
    const distinct = table.distinct(at);
    if (distinct < ports || failedShare(table, at) < failed || !looksForServices(table, at, SERVICES, MANY))
      return undefined;
    return {
      severity: 'warning',
      subject: ends.clientIp,
      summary: `${ends.clientIp} tried ${distinct} ports of ${ends.serverIp}, ${percent(failedShare(table, at))} in vain`,
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
