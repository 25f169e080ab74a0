// Datagrams of very many flows at one host, and no answers: a UDP flood, with made-up senders or answers somebody else asked for in its
// name. Owns: how many flows a second, and which ports are sent to without answers every day.
// Bound: that of `SpreadDetector`; keys are the address of the target.
import { ANSWERED_OTHER, BEGAN_UDP, type FlowSteps, STEP_ANSWERED, STEP_BEGAN } from '@kaipo/core/api/index.js';
import { defineRule } from '../parts/define-rule.js';
import { minutes, percent, UDP } from '../parts/scan-words.js';
import { isOneWayPort } from '../parts/service-ports.js';
import { SpreadDetector, type SpreadRule } from '../parts/spread-detector.js';
import {
  addressItem,
  failedShare,
  isOneHost,
  putKey,
  rateOf,
  sampleHosts,
  spreadEvidence,
} from '../parts/spread-words.js';

const RULE = 'udp-flood';
const WINDOW_S = 5;
const UNANSWERED = 0.9;

export const udpFloodPlugin = defineRule({
  rule: RULE,
  title: 'UDP floods',
  meaning:
    'Datagrams of very many flows arrive at one host, which hardly answers: somebody fills its line, with made-up senders or with answers ' +
    'of servers that were asked in its name.',
  falsePositives:
    'Programs that send each log line or measurement from a new port to a collector on an unusual port. One sender with one flow, however ' +
    'fast, is no flood: video and measurements look the same.',
  severity: 'critical',
  settings: {
    per_second: {
      description: 'flows that begin in a second, over five seconds',
      default: 1000,
      least: 10,
      most: 1_000_000,
    },
  },
  quietUs: minutes(2),
  create: ({ per_second }) => new SpreadDetector(udpFloodRule(per_second)),
});

const udpFloodRule = (perSecond: number): SpreadRule => ({
  rule: RULE,
  kinds: BEGAN_UDP | ANSWERED_OTHER,
  windowUs: WINDOW_S * 1e6,
  least: perSecond * WINDOW_S,
  counts: 'flows',
  keyOf: (steps, row, table) =>
    isPart(steps, row) && isOneHost(steps, row) && putKey(table, steps, row, { server: true }),
  itemOf: (steps, row) => addressItem(steps, row, 'client'),
  isService: () => false,
  judge(table, at, ends) {
    const share = failedShare(table, at);
    if (share < UNANSWERED) return undefined;
    const senders = table.distinct(at);
    const sample = sampleHosts(table, at);
    return {
      severity: 'critical',
      subject: ends.serverIp,
      summary: `${rateOf(table, at)} UDP flows a second to ${ends.serverIp}, ${percent(share)} without an answer`,
      scope: {
        ...(ends.interface === undefined ? {} : { interface: ends.interface }),
        host: ends.serverIp,
        ...(ends.direction === undefined ? {} : { direction: ends.direction }),
      },
      evidence: {
        target: ends.serverIp,
        port: ends.serverPort,
        senders,
        ...(sample === undefined ? {} : { sampleSenders: sample }),
        ...spreadEvidence(table, at),
      },
    };
  },
});

const isPart = (steps: FlowSteps, row: number): boolean =>
  steps.transport[row] === UDP &&
  (steps.step[row] === STEP_ANSWERED || (steps.step[row] === STEP_BEGAN && !isOneWayPort(steps.serverPort[row]!)));
