// A picture of the past: what the live screen would have drawn, as far as history keeps it. Owns what of a live picture is worked out
// again from recorded sums, and what is left open. Must not know lmdb, screens. Bound: that of its parts.
import type { FlowRecord } from '../../api/events.js';
import { formatBytes } from '../../kernel/units.js';
import type { StoreReader, StoreView } from '../../store/store.js';
import { NO_TRAFFIC, type TotalsSums } from '../../store/totals-block.js';
import type { LiveNotice, LiveSnapshot, PastInterval, Rung } from '../live-snapshot.js';
import { ownerKey } from '../owner-key.js';
import { localDay } from '../time-range.js';
import { type AliveFlows, aliveFlows, namesThen, pastFlows } from './past-events.js';
import { pastInterfaces } from './past-interfaces.js';
import { type PastSpan, spanAt, US_PER_S } from './past-span.js';
import { type PastPeriods, type PastRow, pastRows } from './past-sums.js';

export interface PictureOptions {
  /** Interfaces to show; empty or absent: all but loopback, and that when it was captured. As in a live picture. */
  readonly interfaces?: readonly string[];
}

/** The recorded interval that contains the moment, in the finest resolution that is kept there; a gap is a picture too. */
export function pictureAt(store: StoreReader, atUs: number, options: PictureOptions = {}): LiveSnapshot {
  return store.view((view) => pictureOf(view, spanAt(view, atUs), options));
}

export function pictureOf(view: StoreView, span: PastSpan, { interfaces: wanted = [] }: PictureOptions): LiveSnapshot {
  const { bucket } = span;
  if (bucket === undefined) return gapPicture(span);
  const { startUs, resolutionS, sums } = bucket;
  const interval = { fromUs: startUs, toUs: startUs + resolutionS * US_PER_S };
  const dayUs = Math.min(localDay(startUs).fromUs, startUs);
  const periods: PastPeriods = { interval, day: { fromUs: dayUs, toUs: interval.toUs } };
  const alive = aliveFlows(view, span);
  const live = liveFlows(alive.flows);
  const { dns, names } = namesThen(view, span);
  const learnt = serverNames(alive.flows);
  const { interfaces, books, rung } = pastInterfaces(view, periods, sums, wanted);
  const apps = pastRows(view, 'app', periods, ({ name, ...owner }) => ownerKey({ app: name, ...owner }));
  return {
    past: pastOf(span, alive, dayUs),
    ...picture(span, rung),
    interfaces,
    capture: captureOf(sums),
    books,
    ...(rung === 'counters' && apps.length > 0 ? { appsFrom: 'tcp-sockets' as const } : {}),
    apps: apps.map(({ name: { name: app, class: _, ...owner }, quality, traffic }) => {
      return { app, ...owner, quality, ...traffic, flows: live.apps.get(ownerKey({ app, ...owner })) ?? 0 };
    }),
    flows: pastFlows(alive.flows, span),
    hosts: pastRows(view, 'host', periods, ({ name }) => name).map(({ name: { name: ip }, traffic }) => {
      const name = names.get(ip) ?? learnt.get(ip);
      return { ip, ...(name !== undefined && { name }), ...traffic, flows: live.hosts.get(ip) ?? 0 };
    }),
    protocols: pastRows(view, 'protocol', periods, ({ name }) => name).map(({ name: { name }, traffic }: PastRow) => {
      return { name, ...traffic, flows: live.protocols.get(name) ?? 0 };
    }),
    dns,
    // Where alerts are stored, those of the span belong here.
    alerts: [],
    notices: noticesOf(span),
    flowTable: { active: alive.flows.length, capacity: 0, refused: 0, evicted: 0 },
    recording: { state: 'recording' },
  };
}

function gapPicture(span: PastSpan): LiveSnapshot {
  return {
    past: pastOf(span, { flows: [], untilUs: span.fromUs }, span.fromUs),
    ...picture(span, 'counters'),
    interfaces: [],
    capture: captureOf(NO_TRAFFIC),
    books: { kernelBytes: 0, attributedBytes: 0, unknownBytes: 0, notCapturedBytes: 0, inFlightBytes: 0 },
    apps: [],
    flows: [],
    hosts: [],
    protocols: [],
    dns: [],
    alerts: [],
    notices: noticesOf(span),
    flowTable: { active: 0, capacity: 0, refused: 0, evicted: 0 },
    recording: { state: 'off', detail: 'nothing was recorded' },
  };
}

/** The end and the real length: of a bucket that was recorded in part, what was recorded. */
function picture({ fromUs, toUs, bucket }: PastSpan, rung: Rung): Pick<LiveSnapshot, 'tsUs' | 'intervalUs' | 'rung'> {
  if (bucket === undefined) return { tsUs: toUs, intervalUs: toUs - fromUs, rung };
  const { coveredUs, longestIntervalUs, caughtUpBytes } = bucket.sums;
  const lengthUs = Math.max(bucket.resolutionS * US_PER_S, longestIntervalUs);
  const isWhole = caughtUpBytes > 0 || coveredUs === 0;
  const tsUs = caughtUpBytes > 0 ? toUs : Math.min(toUs, fromUs + lengthUs);
  return { tsUs, intervalUs: isWhole ? tsUs - fromUs : coveredUs, rung };
}

function pastOf({ fromUs, toUs, bucket }: PastSpan, { untilUs }: AliveFlows, totalsFromUs: number): PastInterval {
  return {
    fromUs,
    toUs,
    resolutionS: bucket?.resolutionS ?? 0,
    isRecorded: bucket !== undefined,
    coveredUs: bucket?.sums.coveredUs ?? 0,
    caughtUpBytes: bucket?.sums.caughtUpBytes ?? 0,
    totalsFromUs,
    flowsUntilUs: untilUs,
  };
}

/** Counters of the capture; whether the helper knew of drops, and how often its stream broke, is not kept. */
function captureOf({ received, delivered, droppedByKernel, droppedByHelper }: TotalsSums): LiveSnapshot['capture'] {
  return { received, delivered, droppedByKernel, droppedByHelper, dropsKnown: true, gaps: 0 };
}

function noticesOf({ fromUs, toUs, bucket }: PastSpan): LiveNotice[] {
  const say = (severity: LiveNotice['severity'], text: string): LiveNotice => ({ tsUs: toUs, severity, text });
  if (bucket === undefined) return [say('warning', 'nothing was recorded here: no recorder ran')];
  const { droppedByKernel, droppedByHelper, coveredUs, longestIntervalUs, caughtUpBytes } = bucket.sums;
  const lost = droppedByKernel + droppedByHelper;
  const notices: LiveNotice[] = [];
  if (caughtUpBytes > 0) {
    const told = `${formatBytes(caughtUpBytes)} of it moved while no recorder ran: counters tell how much, nothing tells when or whose`;
    notices.push(say('warning', told));
  } else if (isPartial(bucket)) {
    const whole = Math.round(Math.max(bucket.resolutionS, longestIntervalUs / US_PER_S));
    notices.push(say('warning', `only ${Math.round(coveredUs / US_PER_S)} s of these ${whole} s were recorded`));
  }
  if (lost > 0) notices.push(say('warning', `${lost} packets were lost`));
  return notices.map((notice) => ({
    ...notice,
    tsUs: Math.max(fromUs, picture({ fromUs, toUs, bucket }, 'counters').tsUs),
  }));
}

/** Seconds at the ends may belong to the neighbours: intervals begin where they begin. */
export function isPartial({ resolutionS, sums }: NonNullable<PastSpan['bucket']>): boolean {
  const { coveredUs, longestIntervalUs } = sums;
  return coveredUs < (resolutionS - 1) * US_PER_S - longestIntervalUs;
}

interface FlowCounts {
  readonly apps: ReadonlyMap<string, number>;
  readonly hosts: ReadonlyMap<string, number>;
  readonly protocols: ReadonlyMap<string, number>;
}

/** How many were alive, by what the rows are told apart by. */
function liveFlows(flows: readonly FlowRecord[]): FlowCounts {
  const counts = {
    apps: new Map<string, number>(),
    hosts: new Map<string, number>(),
    protocols: new Map<string, number>(),
  };
  const add = (into: Map<string, number>, key: string): void => {
    into.set(key, (into.get(key) ?? 0) + 1);
  };
  for (const { owner, protocol, transport, localSide, client, server } of flows) {
    if (owner !== undefined) add(counts.apps, ownerKey(owner));
    add(counts.hosts, localSide === 'server' ? client.ip : server.ip);
    add(counts.protocols, protocol ?? transport);
  }
  return counts;
}

function serverNames(flows: readonly FlowRecord[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { server, serverName, localSide } of flows) {
    if (serverName !== undefined && localSide !== 'server') names.set(server.ip, serverName);
  }
  return names;
}
