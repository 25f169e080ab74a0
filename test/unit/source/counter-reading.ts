// A reading of one interface for tests: what is not said is zero.
import type { InterfaceCounters } from '@kaipo/core/source/counters.js';

export const reading = (more: Partial<InterfaceCounters> = {}): InterfaceCounters => ({
  name: 'eth0',
  ifindex: 2,
  class: 'physical',
  counted: true,
  rxBytes: 0,
  txBytes: 0,
  rxPackets: 0,
  txPackets: 0,
  packetsKnown: true,
  rxDropped: 0,
  txDropped: 0,
  rxErrors: 0,
  txErrors: 0,
  up: true,
  ...more,
});
