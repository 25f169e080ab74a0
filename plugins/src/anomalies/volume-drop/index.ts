// Much less than usual. Owns: the hours that must not be so quiet. Bound: that of HourlyVolumes, and OPEN_MOST that are known to be low.
import type { AlertRaised, Detector, EventWriter, IntervalRecord } from '@kaipo/core/api/index.js';
import { formatBytes } from '@kaipo/core/kernel/units.js';
import { defineRule, type SettingValues } from '../parts/define-rule.js';
import { type FinishedHour, HourlyVolumes } from '../parts/hourly-volumes.js';
import { DAY_US, learnDays } from '../parts/learn-days.js';
import type { UsualHour } from '../parts/week-of-hours.js';

const SETTINGS = {
  factor: { description: 'times less than the usual bytes of that hour', default: 10, least: 1.5, most: 100_000 },
  spread: { description: 'times the usual spread round it', default: 4, least: 1, most: 100 },
  min_mb: {
    description: 'MB that are usual in the hour, below which nothing is said',
    default: 50,
    least: 1,
    most: 1_000_000,
  },
  learn_days: learnDays(14),
};
type Values = SettingValues<typeof SETTINGS>;

const BYTES_A_MB = 1_000_000;
/** Below the least there was at this time of day. */
const BELOW_LEAST = 2;
const OPEN_MOST = 192;

export const volumeDropPlugin = defineRule({
  rule: 'volume-drop',
  title: 'An application or interface moved much less than it always does at this hour',
  meaning:
    'In the hour that is over hardly anything was sent and received, where at this hour of the week there always was: a service that hangs, a job that did not run, a line that is almost dead.',
  falsePositives: 'A holiday; a service that was moved or switched off on purpose; a job at another time.',
  severity: 'warning',
  settings: SETTINGS,
  quietUs: 26 * 3600e6,
  learnsUs: ({ learn_days }) => learn_days * DAY_US,
  create: (values) => new VolumeDrop(values),
});

class VolumeDrop implements Detector {
  readonly wants = [];
  readonly #values: Values;
  readonly #volumes = new HourlyVolumes();
  readonly #low = new Set<string>();

  constructor(values: Values) {
    this.#values = values;
  }

  onInterval(interval: IntervalRecord, out: EventWriter): void {
    this.#volumes.add(interval, (finished) => this.#look(finished, out));
  }

  save(): unknown {
    return this.#volumes.save();
  }

  restore(saved: unknown): void {
    this.#volumes.restore(saved);
  }

  #look({ hour, endUs, wasComplete, werePacketsSeen }: FinishedHour, out: EventWriter): void {
    if (!wasComplete || endUs - (this.#volumes.sinceUs ?? endUs) < this.#values.learn_days * DAY_US) return;
    const usualBytes = this.#values.min_mb * BYTES_A_MB;
    for (const { name, isApp, sum } of this.#volumes.remembered()) {
      if (isApp && !werePacketsSeen) continue;
      const usual = this.#volumes.usual(name, hour);
      if (usual === undefined || usual.leastBytes < usualBytes) continue;
      const limitBytes = limitOf(usual, this.#values);
      const bytes = sum?.bytes ?? 0;
      const isLow = bytes < limitBytes;
      const wasLow = this.#low.has(name);
      if (!isLow && !wasLow) continue;
      if (!isLow) this.#low.delete(name);
      else if (this.#low.size < OPEN_MOST) this.#low.add(name);
      out.write(finding(name, isApp, endUs, bytes, usual, limitBytes, isLow));
    }
  }
}

function limitOf(usual: UsualHour, { factor, spread }: Values): number {
  const ratio = Math.max(factor, 2 ** Math.min(40, spread * usual.spread));
  return Math.min(usual.medianBytes / ratio, usual.leastBytes / BELOW_LEAST);
}

function finding(
  name: string,
  isApp: boolean,
  tsUs: number,
  bytes: number,
  usual: UsualHour,
  limitBytes: number,
  isLow: boolean,
): AlertRaised {
  const at = name.lastIndexOf(' on ');
  const app = isApp ? name.slice(0, at) : undefined;
  const usualText = formatBytes(usual.medianBytes);
  return {
    kind: 'alert.raised',
    tsUs,
    rule: 'volume-drop',
    severity: 'warning',
    subject: app ?? name,
    key: name,
    scope: app === undefined ? { interface: name } : { app, interface: name.slice(at + 4) },
    summary: isLow
      ? `${name} moved ${formatBytes(bytes)} in the last hour; usual at this time are ${usualText}`
      : `${name} moves as usual again: ${formatBytes(bytes)} in the last hour`,
    evidence: {
      bytes,
      usualBytes: Math.round(usual.medianBytes),
      leastBytes: Math.round(usual.leastBytes),
      limitBytes: Math.round(limitBytes),
      hoursCompared: usual.hours,
    },
    ...(!isLow && { isOver: true as const }),
  };
}
