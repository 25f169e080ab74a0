// Much more than usual. Owns: the limit an hour of an application or interface may reach. Must not know hours that are not over: what was
// moved so far is compared, so that nobody waits for the hour's end. Bound: that of HourlyVolumes.
import type { Detector, EventWriter, IntervalRecord } from '@kaipo/core/api/index.js';
import { formatBytes } from '@kaipo/core/kernel/units.js';
import { defineRule, type SettingValues } from '../parts/define-rule.js';
import { HourlyVolumes, type HourSum } from '../parts/hourly-volumes.js';
import { DAY_US, learnDays } from '../parts/learn-days.js';
import type { UsualHour } from '../parts/week-of-hours.js';

const SETTINGS = {
  factor: { description: 'times the usual bytes of that hour', default: 5, least: 1.5, most: 1000 },
  spread: { description: 'times the usual spread round it', default: 4, least: 1, most: 100 },
  min_mb: { description: 'MB in the hour below which nothing is said', default: 1000, least: 1, most: 1_000_000 },
  learn_days: learnDays(7),
};
type Values = SettingValues<typeof SETTINGS>;

const BYTES_A_MB = 1_000_000;
/** Above the busy hours of the whole week, too. */
const ABOVE_BUSY = 2;
/** Above the most there was at this time of day. */
const ABOVE_MOST = 1.5;
/** Said again, as graver, when it has become so many times as much. */
const AGAIN = 4;

export const volumeSpikePlugin = defineRule({
  rule: 'volume-spike',
  title: 'An application or interface moves much more than it usually does at this hour',
  meaning:
    'In this hour more was sent and received than at this hour of the week, at any busy hour, and by a margin: a large download, a backup, a leak, an attack.',
  falsePositives: 'System updates, a first backup, a new game, a long video call; anything large that is rare.',
  severity: 'warning',
  settings: SETTINGS,
  quietUs: 2 * 3600e6,
  learnsUs: ({ learn_days }) => learn_days * DAY_US,
  create: (values) => new VolumeSpike(values),
});

class VolumeSpike implements Detector {
  readonly wants = [];
  readonly #values: Values;
  readonly #volumes = new HourlyVolumes();
  /** Of those that were asked for in this hour. */
  #limits = new Map<string, { readonly usual: UsualHour; readonly bytes: number } | undefined>();

  constructor(values: Values) {
    this.#values = values;
  }

  onInterval(interval: IntervalRecord, out: EventWriter): void {
    const leastBytes = this.#values.min_mb * BYTES_A_MB;
    this.#volumes.add(
      interval,
      () => this.#limits.clear(),
      (sum) => {
        if (sum.bytes >= leastBytes && sum.bytes >= AGAIN * sum.saidBytes) this.#judge(sum, interval.endUs, out);
      },
    );
  }

  save(): unknown {
    return this.#volumes.save();
  }

  restore(saved: unknown): void {
    this.#volumes.restore(saved);
  }

  #judge(sum: HourSum, nowUs: number, out: EventWriter): void {
    if (nowUs - (this.#volumes.sinceUs ?? nowUs) < this.#values.learn_days * DAY_US) return;
    const limit = this.#limitOf(sum.name);
    if (limit === undefined || sum.bytes < limit.bytes) return;
    sum.saidBytes = sum.bytes;
    const { usual } = limit;
    out.write({
      kind: 'alert.raised',
      tsUs: nowUs,
      rule: 'volume-spike',
      severity: 'warning',
      subject: sum.app ?? sum.name,
      key: sum.name,
      scope: {
        ...(sum.app !== undefined && { app: sum.app }),
        ...(sum.interface !== undefined && { interface: sum.interface }),
      },
      summary: `${sum.name} moved ${formatBytes(sum.bytes)} in this hour; usual at this time are ${formatBytes(usual.medianBytes)}`,
      evidence: {
        bytes: sum.bytes,
        usualBytes: Math.round(usual.medianBytes),
        mostBytes: Math.round(usual.mostBytes),
        limitBytes: Math.round(limit.bytes),
        hoursCompared: usual.hours,
      },
    });
  }

  #limitOf(name: string): { readonly usual: UsualHour; readonly bytes: number } | undefined {
    if (this.#limits.has(name)) return this.#limits.get(name);
    const usual = this.#volumes.usual(name);
    const limit = usual && { usual, bytes: limitOf(usual, this.#values) };
    this.#limits.set(name, limit);
    return limit;
  }
}

function limitOf(usual: UsualHour, { factor, spread }: Values): number {
  const ratio = Math.max(factor, 2 ** Math.min(40, spread * usual.spread));
  return Math.max(usual.medianBytes * ratio, usual.mostBytes * ABOVE_MOST, usual.busyBytes * ABOVE_BUSY);
}
