// More connections begin to one port of a host than it can serve, and hardly any goes on: a SYN flood, with made-up senders or without.
// Owns: how many a second, and how many must not go on. Bound: that of `SpreadDetector`; keys are an address and a port, whoever sends.
import { BEGAN_SYN, type FlowSteps, MANY, STEP_ANSWERED, STEP_WENT_ON, WENT_ON } from '@kaipo/core/api/index.js';
import { defineRule } from '../parts/define-rule.js';
import { minutes, percent, TCP, victimScope } from '../parts/scan-words.js';
import { SpreadDetector, type SpreadRule } from '../parts/spread-detector.js';
import { addressItem, isOneHost, putKey, rateOf, sampleHosts, secondsOf } from '../parts/spread-words.js';

const RULE = 'syn-flood';
const WINDOW_S = 5;
const SYN = 2;
const ACK = 16;
const RST = 4;

export const synFloodPlugin = defineRule({
  rule: RULE,
  title: 'SYN floods',
  meaning:
    'Far more TCP connections begin to one port of a host than go on. The senders are often made up. A server that waits for them has no ' +
    'room for others.',
  falsePositives:
    'A server that is down while very many clients try again and again; load tests against a port nobody listens on.',
  severity: 'critical',
  settings: {
    per_second: {
      description: 'connections that begin in a second, over five seconds',
      default: 200,
      least: 10,
      most: 1_000_000,
    },
    unfinished_share: { description: 'share of them that must not go on, 0 to 1', default: 0.8, least: 0, most: 1 },
  },
  quietUs: minutes(2),
  create: ({ per_second, unfinished_share }) => new SpreadDetector(synFloodRule(per_second, unfinished_share)),
});

const synFloodRule = (perSecond: number, unfinished: number): SpreadRule => ({
  rule: RULE,
  kinds: BEGAN_SYN | WENT_ON | MANY,
  windowUs: WINDOW_S * 1e6,
  least: perSecond * WINDOW_S,
  counts: 'flows',
  keyOf: (steps, row, table) =>
    isPart(steps, row) && isOneHost(steps, row) && putKey(table, steps, row, { server: true, port: true }),
  itemOf: (steps, row) => addressItem(steps, row, 'client'),
  isService: () => false,
  judge(table, at, ends) {
    const share = 1 - table.wentOn[at]! / table.began[at]!;
    if (share < unfinished) return undefined;
    const sample = sampleHosts(table, at);
    const senders = table.distinct(at);
    return {
      severity: 'critical',
      subject: ends.serverIp,
      key: `${ends.serverIp} ${ends.serverPort}`,
      summary: `${rateOf(table, at)} SYNs a second to port ${ends.serverPort} of ${ends.serverIp} from ${sendersText(senders)}, ${percent(share)} go no further`,
      scope: victimScope(ends, ends.serverPort),
      evidence: {
        target: ends.serverIp,
        port: ends.serverPort,
        syns: table.began[at]!,
        perSecond: rateOf(table, at),
        unfinishedPercent: Math.round(share * 100),
        senders,
        ...(sample === undefined ? {} : { sampleSenders: sample }),
        seconds: secondsOf(table, at),
        since: new Date(table.firstUs[at]! / 1000).toISOString(),
      },
    };
  },
});

/** More different senders than this cannot be told apart any more. */
const COUNTABLE = 2000;
const sendersText = (senders: number): string =>
  senders > COUNTABLE ? 'thousands of addresses' : senders === 1 ? 'one address' : `${senders} addresses`;

/** SYNs, in flows of their own or all in one; and what goes on. */
function isPart(steps: FlowSteps, row: number): boolean {
  if (steps.transport[row] !== TCP) return false;
  const step = steps.step[row]!;
  if (step === STEP_WENT_ON) return true;
  if (step === STEP_ANSWERED) return false;
  return (steps.tcpFlags[row]! & (SYN | ACK | RST)) === SYN && steps.isFromClient[row] === 1;
}
