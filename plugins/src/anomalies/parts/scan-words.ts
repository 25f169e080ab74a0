// What findings about scans and floods have in common. Owns: their scope, and which share of flows nobody answered is a scan.
import type { AlertScope, FlowSteps } from '@kaipo/core/api/index.js';
import type { Ends } from './spread-detector.js';
import type { SpreadTable } from './spread-table.js';

export const TCP = 6;
export const UDP = 17;
export const ICMP = 1;
export const ICMPV6 = 58;
export const SCTP = 132;
const SYN = 2;
const ACK = 16;
const RST = 4;

export const minutes = (count: number): number => count * 60e6;

/** A key is judged from so many bits on: some items share one. */
export const enoughBits = (items: number): number => Math.max(2, Math.floor(items * 0.9));

/** A step of a TCP flow that began with a SYN, as far as this packet tells: of a flow's later steps the first is not known. */
export function isOpening(steps: FlowSteps, row: number, isBegin: boolean): boolean {
  if (steps.transport[row] !== TCP) return false;
  return !isBegin || (steps.tcpFlags[row]! & (SYN | ACK | RST)) === SYN;
}

/** `host`: who scans, which is what somebody would mute. */
export const scannerScope = (ends: Ends, port?: number): AlertScope => ({
  host: ends.clientIp,
  ...(port === undefined || port === 0 ? {} : { port }),
  ...(ends.interface === undefined ? {} : { interface: ends.interface }),
  ...(ends.direction === undefined ? {} : { direction: ends.direction }),
});

export const victimScope = (ends: Ends, port?: number): AlertScope => ({
  ...scannerScope(ends, port),
  host: ends.serverIp,
});

export const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** Enough service ports among them, or very many: programs that talk to each other on agreed ports do not look for services. */
export const looksForServices = (table: SpreadTable, at: number, services: number, many: number): boolean =>
  table.services[at]! >= services || table.distinct(at) >= many;
