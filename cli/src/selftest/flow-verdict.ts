// One flow: was its owner named rightly, and can its bytes be those that were sent? Owns both rules; how many must be right is
// scorecard.ts.
import type { FlowOwner, FlowRecord } from '@kaipo/core/api/events.js';
import type { Holder, TruthRow } from './truth-rows.js';

/** `right-pid`: the process that moved the bytes. `right-name`: its program, or one that shares the socket. */
export type Label = 'right-pid' | 'right-name' | 'unknown' | 'wrong';

/** A kernel keeps this much of a process's own name. */
const COMM_CHARACTERS = 15;

/** What kaipo says against what is true. Of somebody else is wrong, whatever else is right. */
export function labelOf(owner: FlowOwner | undefined, truth: TruthRow): Label {
  if (owner === undefined || owner.quality === 'unknown' || owner.quality === 'forwarded') return 'unknown';
  if (owner.pid === undefined)
    return [truth, ...truth.group].some((one) => isNamed(owner, one)) ? 'right-name' : 'wrong';
  if (owner.pid === truth.pid) return isNamed(owner, truth) ? 'right-pid' : 'wrong';
  return truth.group.some((one) => one.pid === owner.pid && isNamed(owner, one)) ? 'right-name' : 'wrong';
}

/** By path where kaipo has one, else by the name of the program. */
function isNamed(owner: FlowOwner, { exe }: Holder): boolean {
  if (owner.exe !== undefined) return owner.exe === exe;
  const name = exe.slice(exe.lastIndexOf('/') + 1);
  return owner.app === name || owner.app === name.slice(0, COMM_CHARACTERS);
}

/** Why a flow has no owner. */
export function unknownReason(record: FlowRecord | undefined): string {
  if (record === undefined) return 'not-seen';
  if (record.owner !== undefined) return record.owner.quality;
  return record.client.port === undefined ? 'no-ports' : 'no-socket';
}

/** Bytes of the headers of a packet, least and most, link header included. */
interface Headers {
  readonly least: number;
  readonly most: number;
}

const LINK = 14;
const IPV4 = 20;
const IPV6 = 40;
/** The bare header, and the longest that is met: TCP with all its options. */
const TRANSPORTS: Readonly<Record<string, Headers>> = {
  tcp: { least: 20, most: 60 },
  udp: { least: 8, most: 8 },
  icmp: { least: 8, most: 8 },
  icmp6: { least: 8, most: 8 },
  sctp: { least: 12, most: 200 },
};
const NO_HEADER: Headers = { least: 0, most: 0 };
/** A hundredth of what was sent, and a packet more or less at the ends of short flows. */
const TOLERANCE = 0.01;

export interface SideBytes {
  readonly packets: number;
  readonly bytes: number;
}

/** What was said in one direction. */
export interface SideTruth {
  readonly payload: number;
  /** Of it what TCP sent more than once. */
  readonly resent: number;
}

/** Can frames of so many bytes carry the payload? Headers are between their bounds. */
export function carriesPayload(
  { packets, bytes }: SideBytes,
  { payload, resent }: SideTruth,
  transport: string,
  isIpv6: boolean,
): boolean {
  const { least, most } = TRANSPORTS[transport] ?? NO_HEADER;
  const ip = LINK + (isIpv6 ? IPV6 : IPV4);
  if (bytes < payload + (payload > 0 ? ip : 0)) return false;
  return (
    bytes - packets * (ip + most) <= payload * (1 + TOLERANCE) + resent &&
    bytes - packets * (ip + least) >= payload * (1 - TOLERANCE)
  );
}

/** Both directions of records and of the flows whose packets they have; the flows have the same ends. */
export function bytesAgree(records: readonly FlowRecord[], truths: readonly [TruthRow, ...TruthRow[]]): boolean {
  const [truth] = truths;
  const isIpv6 = truth.local.ip.includes(':');
  const sum = (pick: (row: TruthRow) => number): number => truths.reduce((total, row) => total + pick(row), 0);
  const sent = { payload: sum((row) => row.txBytes), resent: sum((row) => row.txResentBytes) };
  const received = { payload: sum((row) => row.rxBytes), resent: sum((row) => row.rxResentBytes) };
  return (
    carriesPayload(sumOfSide(records, truth, true), sent, truth.transport, isIpv6) &&
    carriesPayload(sumOfSide(records, truth, false), received, truth.transport, isIpv6)
  );
}

function sumOfSide(records: readonly FlowRecord[], { local }: TruthRow, isSent: boolean): SideBytes {
  let [packets, bytes] = [0, 0];
  for (const { client, server } of records) {
    const isClient = client.ip === local.ip && (client.port ?? 0) === local.port;
    const side = isClient === isSent ? client : server;
    packets += side.packets;
    bytes += side.bytes;
  }
  return { packets, bytes };
}
