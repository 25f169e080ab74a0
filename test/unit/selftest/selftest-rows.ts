// Rows of truth and records that agree, for tests to bend.

import type { TruthRow } from '@kaipo/cli/selftest/truth-rows.js';
import type { FlowOwner, FlowRecord } from '@kaipo/core/api/events.js';

export const SECOND_US = 1_000_000;

/** One TCP flow of one client: 100 bytes there and 100 back. `at`: its begin in seconds. */
export function truthRow(pid: number, at: number, changes: Partial<TruthRow> = {}): TruthRow {
  return {
    scenario: 'short-sequential',
    pid,
    exe: `/tmp/kw-short-${pid}`,
    transport: 'tcp',
    local: { ip: '10.0.0.1', port: 40_000 },
    remote: { ip: '10.0.0.2', port: 7001 },
    txBytes: 100,
    rxBytes: 100,
    txResentBytes: 0,
    rxResentBytes: 0,
    startUs: at * SECOND_US,
    endUs: at * SECOND_US + 4000,
    group: [],
    ...changes,
  };
}

/** What a kernel with timestamps makes of it: SYN, SYN-ACK, ACK, data both ways with their acknowledgements, FINs. */
export function recordOf(truth: TruthRow, owner?: FlowOwner, changes: Partial<FlowRecord> = {}): FlowRecord {
  const packets = 5;
  return {
    id: '0',
    transport: truth.transport,
    client: { ...truth.local, packets, bytes: 66 * packets + 8 + truth.txBytes },
    server: { ...truth.remote, packets, bytes: 66 * packets + 8 + truth.rxBytes },
    startUs: truth.startUs + 50,
    endUs: truth.endUs + 50,
    ...(owner !== undefined && { owner }),
    ...changes,
  };
}

export const ownerOf = ({ pid, exe }: { pid: number; exe: string }, changes: Partial<FlowOwner> = {}): FlowOwner => ({
  app: exe.slice(exe.lastIndexOf('/') + 1),
  pid,
  exe,
  quality: 'event',
  ...changes,
});
