// Keys of spread tables made of the ends of a flow, and what findings say of an entry. Owns: which words of a key are whose.
//
//   words 0-3 client   4-7 server   8 port | transport << 16   9 IP version; what a rule leaves out is 0
import type { FlowSteps } from '@kaipo/core/api/index.js';
import { mixed, SAMPLES, type SpreadTable } from './spread-table.js';

export interface KeyParts {
  readonly client?: true;
  readonly server?: true;
  readonly port?: true;
}

export function putKey(table: SpreadTable, steps: FlowSteps, row: number, parts: KeyParts): true {
  const { key } = table;
  for (let word = 0; word < 4; word++) {
    key[word] = parts.client === undefined ? 0 : steps.words[row * 8 + word]!;
    key[word + 4] = parts.server === undefined ? 0 : steps.words[row * 8 + 4 + word]!;
  }
  key[8] = (parts.port === undefined ? 0 : steps.serverPort[row]!) | (steps.transport[row]! << 16);
  key[9] = steps.isV6[row]!;
  return true;
}

/** A number for an address: that of IPv4 itself, so that it can be shown. */
export function addressItem(steps: FlowSteps, row: number, side: 'client' | 'server'): number {
  const at = row * 8 + (side === 'client' ? 0 : 4);
  if (steps.isV6[row] === 0) return steps.words[at]!;
  let hash = 0;
  for (let word = 0; word < 4; word++) hash = mixed(hash ^ steps.words[at + word]!);
  return hash >>> 0;
}

/** Is the server one host: neither multicast nor broadcast, nor nobody? */
export function isOneHost(steps: FlowSteps, row: number): boolean {
  const first = steps.words[row * 8 + 4]!;
  if (steps.isV6[row] === 1) return first >>> 24 !== 0xff;
  return first < 0xe000_0000 && first !== 0 && (first & 0xff) !== 0xff;
}

/** The first items of the entry, in order: "22, 80, 443 …". */
export function samplePorts(table: SpreadTable, at: number): string {
  const count = Math.min(SAMPLES, table.different(at));
  const ports = [...table.samples.subarray(at * SAMPLES, at * SAMPLES + count)].sort((a, b) => a - b);
  return ports.join(', ') + (table.different(at) > SAMPLES ? ' …' : '');
}

/** The first addresses of the entry, IPv4 only: "10.0.0.1, 10.0.0.2 …". */
export function sampleHosts(table: SpreadTable, at: number): string | undefined {
  if (table.word(at, 9) === 1) return undefined;
  const count = Math.min(SAMPLES, table.different(at));
  const hosts = [...table.samples.subarray(at * SAMPLES, at * SAMPLES + count)].map(
    (word) => `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`,
  );
  return hosts.join(', ') + (table.different(at) > SAMPLES ? ' …' : '');
}

export function secondsOf(table: SpreadTable, at: number): number {
  return Math.round((table.lastUs[at]! - table.firstUs[at]!) / 1e5) / 10;
}

/** Flows a second, over one second at least. */
export function rateOf(table: SpreadTable, at: number): number {
  return Math.round(table.began[at]! / Math.max(1, (table.lastUs[at]! - table.firstUs[at]!) / 1e6));
}

/** Flows nobody answered with yes, 0 to 1. */
export const failedShare = (table: SpreadTable, at: number): number => table.failed(at) / Math.max(1, table.began[at]!);

/** What the evidence of every such finding has. */
export function spreadEvidence(table: SpreadTable, at: number): Record<string, string | number> {
  return {
    flows: table.began[at]!,
    unansweredPercent: Math.round(failedShare(table, at) * 100),
    seconds: secondsOf(table, at),
    perSecond: rateOf(table, at),
    since: new Date(table.firstUs[at]! / 1000).toISOString(),
  };
}
