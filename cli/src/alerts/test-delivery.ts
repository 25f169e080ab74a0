// The delivery by which somebody tries a channel. Owns its words: that it is a test, and which kaipo sends it.
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Delivery } from '@kaipo/core/api/alert-sink.js';

export function testDelivery(channel: string, nowUs: number): Delivery {
  const id = randomBytes(8).toString('hex');
  return {
    id: `test_${id}`,
    reason: 'test',
    atUs: nowUs,
    device: { id: hostname(), hostname: hostname() },
    incidents: [
      {
        id,
        rule: 'test',
        key: channel,
        severity: 'info',
        subject: channel,
        scope: {},
        summary: `kaipo alerts test ${channel}: alerts arrive here`,
        evidence: {},
        firstUs: nowUs,
        lastUs: nowUs,
        count: 1,
      },
    ],
  };
}
