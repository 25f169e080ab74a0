// Pings, or other ICMP, faster than any that is meant to measure: in one flow, or from made-up senders. Owns: how many a second.
// Bound: that of `SpreadDetector`; keys are the address of the target.
import { BEGAN_ICMP, type FlowSteps, MANY, STEP_BEGAN, STEP_MANY } from '@kaipo/core/api/index.js';
import { defineRule } from '../parts/define-rule.js';
import { ICMP, ICMPV6, minutes, victimScope } from '../parts/scan-words.js';
import { SpreadDetector, type SpreadRule } from '../parts/spread-detector.js';
import { addressItem, isOneHost, putKey, rateOf, sampleHosts, secondsOf } from '../parts/spread-words.js';

const RULE = 'icmp-flood';
const WINDOW_S = 5;

export const icmpFloodPlugin = defineRule({
  rule: RULE,
  title: 'ICMP floods',
  meaning:
    'Pings or other ICMP packets arrive at one host by the thousands a second: somebody fills its line or its processor.',
  falsePositives: 'A test of a line with "ping -f".',
  severity: 'critical',
  settings: {
    per_second: {
      description: 'ICMP packets to one host in a second, over five seconds',
      default: 1000,
      least: 100,
      most: 1_000_000,
    },
  },
  quietUs: minutes(2),
  create: ({ per_second }) => new SpreadDetector(icmpFloodRule(per_second)),
});

const icmpFloodRule = (perSecond: number): SpreadRule => ({
  rule: RULE,
  kinds: BEGAN_ICMP | MANY,
  windowUs: WINDOW_S * 1e6,
  least: perSecond * WINDOW_S,
  counts: 'flows',
  keyOf: (steps, row, table) =>
    isPart(steps, row) && isOneHost(steps, row) && putKey(table, steps, row, { server: true }),
  itemOf: (steps, row) => addressItem(steps, row, 'client'),
  isService: () => false,
  judge(table, at, ends) {
    const senders = table.distinct(at);
    const sample = sampleHosts(table, at);
    return {
      severity: 'critical',
      subject: ends.serverIp,
      summary: `${rateOf(table, at)} ICMP packets a second to ${ends.serverIp} from ${senders === 1 ? ends.clientIp : `${senders} addresses`}`,
      scope: victimScope(ends),
      evidence: {
        target: ends.serverIp,
        packets: table.began[at]!,
        perSecond: rateOf(table, at),
        senders,
        ...(sample === undefined ? {} : { sampleSenders: sample }),
        seconds: secondsOf(table, at),
        since: new Date(table.firstUs[at]! / 1000).toISOString(),
      },
    };
  },
});

/** What the client of the flow sends: who answers pings is no sender of a flood. */
function isPart(steps: FlowSteps, row: number): boolean {
  const transport = steps.transport[row]!;
  const step = steps.step[row]!;
  return (
    (transport === ICMP || transport === ICMPV6) &&
    (step === STEP_BEGAN || step === STEP_MANY) &&
    steps.isFromClient[row] === 1
  );
}
