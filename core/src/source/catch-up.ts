// What moved while no recorder ran: the difference of the counters now and those that were stored with the last rows. Owns: what can be
// known of it, and how it is dated. Must not know: files, clocks, the store. Bound: catch-up-pieces.ts and that of the readings.
import type { InterfaceClass } from '../kernel/traffic-words.js';
import { formatBytes } from '../kernel/units.js';
import { pieceEnds, spreadEvenly } from './catch-up-pieces.js';
import { type BaselineInterface, type CounterBaseline, toTrack } from './counter-baseline.js';
import { toPoint } from './counter-ledger.js';
import { isSameBoot, type StartMoment } from './counter-moment.js';
import { type CounterSums, linkRate, newTrack, stepCounters } from './counter-step.js';
import type { InterfaceCounters } from './interface-counters.js';

/** What one interface moved in a part; the same shape as the store's InterfaceSums. */
export interface CaughtUpInterface {
  readonly name: string;
  readonly class: InterfaceClass;
  readonly counted: boolean;
  readonly rxBytes: number;
  readonly txBytes: number;
  readonly rxPackets: number;
  readonly txPackets: number;
}

/** To be recorded as an interval with isCaughtUp and books kernel = not-captured(recorder-down). */
export interface CaughtUpPart {
  readonly startUs: number;
  readonly endUs: number;
  readonly interfaces: readonly CaughtUpInterface[];
}

export interface CaughtUp {
  /** In order of time; they add up to the byte. Empty when nothing moved or nothing is known. */
  readonly parts: readonly CaughtUpPart[];
  /** The period the parts spread over. Equal ends: only the moment it was found is known. */
  readonly startUs: number;
  readonly endUs: number;
  /** Before the last start of the machine: what moved then is not known. */
  readonly unknown?: { readonly startUs: number; readonly endUs: number };
  /** Sums over all interfaces, and over those that add to totals. */
  readonly bytes: number;
  readonly countedBytes: number;
  /** What was caught up, and what was left out and why, in plain words. */
  readonly notices: readonly string[];
}

const ZERO: Readonly<CounterSums> = { rxBytes: 0, txBytes: 0, rxPackets: 0, txPackets: 0 };

/**
 * What moved between the baseline and now, spread evenly over that time. To be recorded together with the baseline of a ledger that
 * was given the same readings.
 * - Same boot: the difference of the counters; of an interface made since, all it has counted.
 * - Another boot: all that was counted since the machine started; what moved before that is unknown.
 * - What is more than the link could have carried is left out, and said.
 * - The clock was set back: dated at `now`, so that no time that is recorded already is touched. Set ahead: as long before `now` as the
 *   machine was up at most.
 * @param baseline undefined: a first start, there is nothing to catch up.
 * @param alignS seconds that local time is ahead of UTC: days begin then.
 */
export function catchUp(
  baseline: CounterBaseline | undefined,
  readings: readonly InterfaceCounters[],
  now: StartMoment,
  alignS = 0,
): CaughtUp {
  if (baseline === undefined)
    return { parts: [], startUs: now.wallUs, endUs: now.wallUs, bytes: 0, countedBytes: 0, notices: [] };
  const notices: string[] = [];
  const sameBoot = isSameBoot(baseline, now);
  const moved = sameBoot ? sinceBaseline(baseline, readings, now, notices) : sinceBoot(readings, now, notices);
  const bootUs = Math.round(now.wallUs - now.uptimeUs);
  const fromUs = sameBoot ? downSince(baseline, now) : Math.max(baseline.wallUs, bootUs);
  const startUs = Math.min(fromUs, now.wallUs);
  const isSetBack = baseline.wallUs > now.wallUs;
  const unknown = !sameBoot && !isSetBack && fromUs > baseline.wallUs;
  const bytes = sumBytes(moved);
  const countedBytes = sumBytes(moved.filter((row) => row.counted));
  if (countedBytes > 0) {
    const when = sameBoot ? 'while no recorder ran' : 'since the machine was started, before the recorder ran';
    const dated = isSetBack
      ? 'the clock was set back meanwhile, so they are dated now'
      : 'they are spread evenly over that time';
    notices.unshift(`${formatBytes(countedBytes)} moved ${when}; ${dated}`);
  }
  if (unknown) notices.push('the machine was restarted while no recorder ran: what moved before that is not known');
  return {
    parts:
      bytes + moved.reduce((sum, row) => sum + row.rxPackets + row.txPackets, 0) === 0
        ? []
        : spread(moved, startUs, now.wallUs, alignS),
    startUs,
    endUs: now.wallUs,
    ...(unknown ? { unknown: { startUs: baseline.wallUs, endUs: fromUs } } : {}),
    bytes,
    countedBytes,
    notices,
  };
}

/** A clock that is wrong by less, or was corrected by less, changes nothing. */
const CLOCK_SLACK_US = 60_000_000;

/** Within one boot no more time can have passed than the machine is up since then: the rest is a clock that was set ahead. */
function downSince(baseline: CounterBaseline, now: StartMoment): number {
  // Some containers are told how long they are up themselves, which is less than the machine.
  const upUs = Math.max(now.uptimeUs, now.monotonicUs) - baseline.monotonicUs;
  return now.wallUs - baseline.wallUs > upUs + CLOCK_SLACK_US ? Math.round(now.wallUs - upUs) : baseline.wallUs;
}

function sinceBaseline(
  baseline: CounterBaseline,
  readings: readonly InterfaceCounters[],
  now: StartMoment,
  notices: string[],
): CaughtUpInterface[] {
  const known = new Map(baseline.interfaces.map((one) => [one.ifindex ?? one.name, one]));
  const names = new Set(baseline.interfaces.map((one) => one.name));
  return readings.flatMap((reading) => {
    const before = known.get(reading.ifindex ?? reading.name);
    if (before !== undefined && isSameInterface(before, reading))
      return rowOf(reading, moveOf(before, reading, now, notices));
    // The kernel numbers interfaces upwards: one with a higher number was made after the baseline.
    if (before === undefined && reading.ifindex !== undefined && reading.ifindex > baseline.newestIfindex) {
      return rowOf(reading, sinceZero(reading, baseline.monotonicUs, now, notices));
    }
    if (reading.counted && names.has(reading.name)) {
      notices.push(`${reading.name} is another interface now: what it moved while no recorder ran is not known`);
    }
    return [];
  });
}

const isSameInterface = (before: BaselineInterface, now: InterfaceCounters): boolean =>
  before.packetsKnown === now.packetsKnown &&
  (before.carrierChanges ?? 0) <= (now.carrierChanges ?? 0) &&
  (before.name === now.name || before.class === now.class);

function moveOf(
  before: BaselineInterface,
  reading: InterfaceCounters,
  now: StartMoment,
  notices: string[],
): Readonly<CounterSums> {
  const speeds = [before.speedMbit, reading.speedMbit].filter((speed) => speed !== undefined);
  const speedMbit = speeds.length === 0 ? undefined : Math.max(...speeds);
  const step = stepCounters(
    toTrack(before),
    toPoint(reading, now.monotonicUs),
    linkRate(reading.class, speedMbit),
    speeds.length > 0,
  );
  if (reading.counted && step.note === 'reset') {
    notices.push(`${reading.name}: its counters began again while no recorder ran; what it moved then is not known`);
  }
  if (reading.counted && (step.note === 'suspect' || (step.leftOutBytes ?? 0) > 0)) notices.push(implausible(reading));
  return step;
}

/** All an interface has counted, when its link could have carried that much since then. */
function sinceZero(
  reading: InterfaceCounters,
  fromMonotonicUs: number,
  now: StartMoment,
  notices: string[],
): Readonly<CounterSums> {
  const track = newTrack({ atUs: fromMonotonicUs, ...ZERO });
  const rate = linkRate(reading.class, reading.speedMbit);
  const step = stepCounters(track, toPoint(reading, now.monotonicUs), rate, reading.speedMbit !== undefined);
  if (step.note === undefined) return step;
  if (reading.counted) notices.push(implausible(reading));
  return ZERO;
}

const implausible = (reading: InterfaceCounters): string =>
  `${reading.name}: its counters grew by more than the link carries while no recorder ran; that is left out`;

function sinceBoot(readings: readonly InterfaceCounters[], now: StartMoment, notices: string[]): CaughtUpInterface[] {
  // The monotonic clock stands still while the machine sleeps, and so do its links.
  return readings.flatMap((reading) => rowOf(reading, sinceZero(reading, 0, now, notices)));
}

const rowOf = (reading: InterfaceCounters, sums: Readonly<CounterSums>): CaughtUpInterface => ({
  name: reading.name,
  class: reading.class,
  counted: reading.counted,
  rxBytes: sums.rxBytes,
  txBytes: sums.txBytes,
  rxPackets: sums.rxPackets,
  txPackets: sums.txPackets,
});

const sumBytes = (rows: readonly CaughtUpInterface[]): number =>
  rows.reduce((sum, row) => sum + row.rxBytes + row.txBytes, 0);

function spread(moved: readonly CaughtUpInterface[], startUs: number, endUs: number, alignS: number): CaughtUpPart[] {
  const ends = pieceEnds(startUs, endUs, alignS);
  const shares = moved.map((row) => ({
    row,
    rxBytes: spreadEvenly(row.rxBytes, ends),
    txBytes: spreadEvenly(row.txBytes, ends),
    rxPackets: spreadEvenly(row.rxPackets, ends),
    txPackets: spreadEvenly(row.txPackets, ends),
  }));
  return ends.slice(1).flatMap((end, i) => {
    const interfaces = shares.flatMap((share) => {
      const row = {
        rxBytes: share.rxBytes[i]!,
        txBytes: share.txBytes[i]!,
        rxPackets: share.rxPackets[i]!,
        txPackets: share.txPackets[i]!,
      };
      const isEmpty = row.rxBytes + row.txBytes + row.rxPackets + row.txPackets === 0;
      return isEmpty ? [] : [{ name: share.row.name, class: share.row.class, counted: share.row.counted, ...row }];
    });
    return interfaces.length === 0 ? [] : [{ startUs: ends[i]!, endUs: end, interfaces }];
  });
}
