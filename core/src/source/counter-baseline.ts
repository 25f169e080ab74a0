// Where the counters stood when rows were last recorded: plain data that lies in the store beside them. Owns: its shape, and the check of
// what comes back. Bound: MAX_COUNTED_INTERFACES interfaces. The version says how to read it; another one is no baseline.
import * as v from 'valibot';
import { INTERFACE_CLASSES } from '../kernel/traffic-words.js';
import type { LedgerEntry } from './counter-ledger.js';
import type { CounterMoment } from './counter-moment.js';
import type { CounterPoint, CounterTrack } from './counter-step.js';
import { MAX_COUNTED_INTERFACES } from './interface-counters.js';

const MAX_NAME = 256;

const amount = v.pipe(v.number(), v.finite(), v.minValue(0));
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_NAME));

const point = {
  /** On the monotonic clock of the boot. */
  atUs: amount,
  rxBytes: amount,
  txBytes: amount,
  rxPackets: amount,
  txPackets: amount,
  carrierChanges: v.exactOptional(amount),
};

const baselineInterface = v.object({
  ...point,
  name,
  class: v.picklist(INTERFACE_CLASSES),
  counted: v.boolean(),
  packetsKnown: v.boolean(),
  ifindex: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
  speedMbit: v.exactOptional(amount),
  learnedRate: v.exactOptional(amount),
  /** The latest reading, when it was not believed: the next one decides. */
  suspect: v.exactOptional(v.object({ ...point, kind: v.picklist(['over', 'back']) })),
});

const counterBaseline = v.object({
  version: v.literal(1),
  bootId: name,
  monotonicUs: amount,
  wallUs: amount,
  /** The highest number any interface had: one with a higher number was made later. */
  newestIfindex: amount,
  interfaces: v.pipe(v.array(baselineInterface), v.maxLength(MAX_COUNTED_INTERFACES)),
});

export type CounterBaseline = Readonly<v.InferOutput<typeof counterBaseline>>;
export type BaselineInterface = Readonly<v.InferOutput<typeof baselineInterface>>;

/** Undefined for anything that is not a whole baseline of this version: damaged, hostile, or of another program. */
export function parseBaseline(value: unknown): CounterBaseline | undefined {
  const parsed = v.safeParse(counterBaseline, value);
  if (!parsed.success) return undefined;
  const { interfaces } = parsed.output;
  const keys = new Set(interfaces.map((one) => one.ifindex ?? one.name));
  return keys.size === interfaces.length ? parsed.output : undefined;
}

export function toBaseline(
  moment: CounterMoment,
  entries: readonly LedgerEntry[],
  newestIfindex: number,
): CounterBaseline {
  const { bootId, monotonicUs, wallUs } = moment;
  const interfaces = entries.slice(0, MAX_COUNTED_INTERFACES).map(toBaselineInterface);
  return { version: 1, bootId, monotonicUs, wallUs, newestIfindex, interfaces };
}

function toBaselineInterface({ track, latest }: LedgerEntry): BaselineInterface {
  return {
    ...plainPoint(track.good),
    name: latest.name,
    class: latest.class,
    counted: latest.counted,
    packetsKnown: latest.packetsKnown,
    ...(latest.ifindex === undefined ? {} : { ifindex: latest.ifindex }),
    ...(latest.speedMbit === undefined ? {} : { speedMbit: latest.speedMbit }),
    ...(track.learnedRate === 0 ? {} : { learnedRate: track.learnedRate }),
    ...(track.suspect === undefined ? {} : { suspect: { ...plainPoint(track.suspect), kind: track.suspectKind } }),
  };
}

/** The other way round: a track that goes on where the baseline ends. */
export function toTrack(one: BaselineInterface): CounterTrack {
  return {
    good: plainPoint(one),
    suspect: one.suspect === undefined ? undefined : plainPoint(one.suspect),
    suspectKind: one.suspect?.kind ?? 'over',
    learnedRate: one.learnedRate ?? 0,
    doubts: one.suspect === undefined ? 0 : 1,
  };
}

const plainPoint = ({ carrierChanges, ...from }: CounterPoint) => ({
  atUs: from.atUs,
  rxBytes: from.rxBytes,
  txBytes: from.txBytes,
  rxPackets: from.rxPackets,
  txPackets: from.txPackets,
  ...(carrierChanges === undefined ? {} : { carrierChanges }),
});
