// Differences between two readings of interface counters. Owns: resets, wraps, interfaces that come and go. Never negative, never a
// phantom: what cannot be known is left out and counted. Must not know: where counters are read. Bound: MAX_COUNTED_INTERFACES baselines.
import { type InterfaceCounters, MAX_COUNTED_INTERFACES } from './counters.js';

const FIELDS = ['rxBytes', 'txBytes', 'rxPackets', 'txPackets'] as const;
type Field = (typeof FIELDS)[number];

/** Range of the 32-bit counters that some drivers still have. */
const WRAP_32 = 2 ** 32;
/** Without a known speed a wrap is believed up to this much: more would be a gigabit link that was busy for a minute. */
const MAX_UNCHECKED_WRAP = 2 ** 31;

export type DeltaNote =
  /** First reading: what was counted before belongs to no interval. */
  | 'new'
  /** Counters began again, or another interface has this name now. */
  | 'reset'
  /** A 32-bit counter passed its end; the delta is right. */
  | 'wrapped';

export interface InterfaceDelta {
  readonly name: string;
  readonly rxBytes: number;
  readonly txBytes: number;
  readonly rxPackets: number;
  readonly txPackets: number;
  readonly packetsKnown: boolean;
  /** Sums of the deltas since the interface was first read. */
  readonly rxBytesTotal: number;
  readonly txBytesTotal: number;
  readonly up: boolean;
  readonly speedMbit?: number;
  readonly note?: DeltaNote;
}

interface Baseline {
  last: InterfaceCounters;
  rxBytesTotal: number;
  txBytesTotal: number;
}

export class CounterDeltas {
  readonly #baselines = new Map<string, Baseline>();
  #lastUs = 0;
  /** Times a counter went backwards and was started afresh; bytes of that interval are unknown. */
  resets = 0;
  wraps = 0;
  /** Interfaces beyond the bound, counted each time. */
  refused = 0;

  /** @param nowUs time of the reading; the first call gives zeros and sets the baseline. */
  update(nowUs: number, readings: readonly InterfaceCounters[]): InterfaceDelta[] {
    const seconds = this.#lastUs === 0 ? 0 : Math.max(0, nowUs - this.#lastUs) / 1e6;
    this.#lastUs = nowUs;
    const present = new Set<string>();
    const deltas: InterfaceDelta[] = [];
    for (const reading of readings) {
      if (present.size >= MAX_COUNTED_INTERFACES) this.refused += 1;
      else if (!present.has(reading.name)) {
        present.add(reading.name);
        deltas.push(this.#deltaOf(reading, seconds));
      }
    }
    // A name that comes back starts from a new baseline: a PPPoE session that reconnects is another interface.
    for (const name of this.#baselines.keys()) if (!present.has(name)) this.#baselines.delete(name);
    return deltas;
  }

  #deltaOf(now: InterfaceCounters, seconds: number): InterfaceDelta {
    const base = this.#baselines.get(now.name);
    if (base === undefined) {
      this.#baselines.set(now.name, { last: now, rxBytesTotal: 0, txBytesTotal: 0 });
      return deltaRow(now, ZERO, 0, 0, 'new');
    }
    const { sums, note } = this.#difference(base.last, now, seconds);
    base.last = now;
    base.rxBytesTotal += sums.rxBytes;
    base.txBytesTotal += sums.txBytes;
    return deltaRow(now, sums, base.rxBytesTotal, base.txBytesTotal, note);
  }

  #difference(
    last: InterfaceCounters,
    now: InterfaceCounters,
    seconds: number,
  ): { sums: Sums; note: DeltaNote | undefined } {
    const backwards = FIELDS.filter((field) => now[field] < last[field]);
    if (last.ifindex !== now.ifindex || last.packetsKnown !== now.packetsKnown) return this.#reset();
    if (backwards.length > 0 && !backwards.every((field) => isWrap(field, last, now, seconds))) return this.#reset();
    // All counters of a direction restart together; a wrap happens to one and the others go on.
    if (backwards.includes('rxBytes') && backwards.includes('txBytes')) return this.#reset();
    const sums = { ...ZERO };
    for (const field of FIELDS) {
      sums[field] = now[field] - last[field];
      if (sums[field] < 0) sums[field] += WRAP_32;
    }
    if (backwards.length === 0) return { sums, note: undefined };
    this.wraps += 1;
    return { sums, note: 'wrapped' };
  }

  #reset(): { sums: Sums; note: DeltaNote } {
    this.resets += 1;
    return { sums: ZERO, note: 'reset' };
  }
}

type Sums = Record<Field, number>;
const ZERO: Readonly<Sums> = { rxBytes: 0, txBytes: 0, rxPackets: 0, txPackets: 0 };

/** Did this counter pass 2^32 since the last reading? Only when the link could have carried so much. */
function isWrap(field: Field, last: InterfaceCounters, now: InterfaceCounters, seconds: number): boolean {
  if (last[field] >= WRAP_32 || last[field] < WRAP_32 / 2) return false;
  const bytes = field === 'rxBytes' || field === 'txBytes';
  const partner = PARTNER[field];
  if (now.packetsKnown && now[partner] < last[partner]) return false;
  const delta = now[field] + WRAP_32 - last[field];
  // The smallest frame is 64 bytes with its FCS; 1.25 allows for readings that are late.
  const perSecond = now.speedMbit === undefined ? undefined : (now.speedMbit * 125_000) / (bytes ? 1 : 64);
  return delta <= (perSecond === undefined ? MAX_UNCHECKED_WRAP : perSecond * Math.max(1, seconds) * 1.25);
}

/** The other counter of the same direction. */
const PARTNER: Readonly<Record<Field, Field>> = {
  rxBytes: 'rxPackets',
  rxPackets: 'rxBytes',
  txBytes: 'txPackets',
  txPackets: 'txBytes',
};

function deltaRow(
  now: InterfaceCounters,
  sums: Readonly<Sums>,
  rxBytesTotal: number,
  txBytesTotal: number,
  note: DeltaNote | undefined,
): InterfaceDelta {
  return {
    name: now.name,
    ...sums,
    packetsKnown: now.packetsKnown,
    rxBytesTotal,
    txBytesTotal,
    up: now.up,
    ...(now.speedMbit === undefined ? {} : { speedMbit: now.speedMbit }),
    ...(note === undefined ? {} : { note }),
  };
}
