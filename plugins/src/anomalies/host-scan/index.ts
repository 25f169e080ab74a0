// One host tries one TCP port, or a ping, on many hosts within seconds (a horizontal scan). Owns: how many, and how many in vain.
// Bound: that of `SpreadDetector`; keys are an address and a port.
import {
  ANSWERED_OTHER,
  ANSWERED_TCP,
  BEGAN_ICMP,
  BEGAN_SYN,
  type FlowSteps,
  STEP_BEGAN,
  STEP_MANY,
  WENT_ON,
} from '@kaipo/core/api/index.js';
import { defineRule } from '../parts/define-rule.js';
import { enoughBits, ICMP, ICMPV6, isOpening, minutes, percent, scannerScope } from '../parts/scan-words.js';
import { isServicePort } from '../parts/service-ports.js';
import { SpreadDetector, type SpreadRule } from '../parts/spread-detector.js';
import { addressItem, failedShare, isOneHost, putKey, sampleHosts, spreadEvidence } from '../parts/spread-words.js';

const RULE = 'host-scan';
const WINDOW_US = 10e6;
/** Torrents and other programs of many peers agree on a port of their own now and then. */
const OTHER_PORTS_FACTOR = 4;
/** Who monitors pings many hosts, and most of them are there. */
const PING_FAILED = 0.5;
const ECHO = 8;
const TIMESTAMP = 13;
const ECHO_V6 = 128;

export const hostScanPlugin = defineRule({
  rule: RULE,
  title: 'Scans of many hosts',
  meaning:
    'One host tried the same TCP port, or a ping, on many hosts within seconds, most of them in vain: somebody looks for machines, or a ' +
    'worm for its next victim.',
  falsePositives:
    'Inventory tools and monitoring whose targets are gone. Browsers, mail servers and resolvers reach nearly all whom they ask; programs ' +
    'of many peers use ports no service has, and need four times as many.',
  severity: 'warning',
  settings: {
    hosts: { description: 'different hosts on one port within ten seconds', default: 25, least: 5, most: 500 },
    failed_share: {
      description: 'share of them that must not answer or refuse, 0 to 1',
      default: 0.7,
      least: 0,
      most: 1,
    },
  },
  quietUs: minutes(5),
  create: ({ hosts, failed_share }) => new SpreadDetector(hostScanRule(hosts, failed_share)),
});

const hostScanRule = (hosts: number, failed: number): SpreadRule => ({
  rule: RULE,
  kinds: BEGAN_SYN | BEGAN_ICMP | ANSWERED_TCP | ANSWERED_OTHER | WENT_ON,
  windowUs: WINDOW_US,
  least: enoughBits(hosts),
  counts: 'items',
  keyOf: (steps, row, table) =>
    isProbe(steps, row) && isOneHost(steps, row) && putKey(table, steps, row, { client: true, port: true }),
  itemOf: (steps, row) => addressItem(steps, row, 'server'),
  isService: () => false,
  judge(table, at, ends) {
    const distinct = table.distinct(at);
    const { serverPort: port } = ends;
    const share = failedShare(table, at);
    const isPing = port === 0;
    const isLooking = isPing || isServicePort(port);
    if (distinct < (isLooking ? hosts : hosts * OTHER_PORTS_FACTOR)) return undefined;
    if (share < (isPing ? Math.min(failed, PING_FAILED) : failed)) return undefined;
    const what = isPing ? 'pinged' : `tried port ${port} of`;
    const sample = sampleHosts(table, at);
    return {
      severity: 'warning',
      subject: ends.clientIp,
      key: `${ends.clientIp} ${isPing ? 'ping' : port}`,
      summary: `${ends.clientIp} ${what} ${distinct} hosts, ${percent(share)} in vain`,
      scope: scannerScope(ends, port),
      evidence: {
        hosts: distinct,
        ...(isPing ? {} : { port }),
        ...(sample === undefined ? {} : { sampleHosts: sample }),
        ...spreadEvidence(table, at),
      },
    };
  },
});

function isProbe(steps: FlowSteps, row: number): boolean {
  if (steps.step[row] === STEP_MANY) return false;
  const transport = steps.transport[row]!;
  if (transport !== ICMP && transport !== ICMPV6) return isOpening(steps, row, steps.step[row] === STEP_BEGAN);
  if (steps.step[row] !== STEP_BEGAN) return true;
  const type = steps.icmpType[row]!;
  return transport === ICMP ? type === ECHO || type === TIMESTAMP : type === ECHO_V6;
}
