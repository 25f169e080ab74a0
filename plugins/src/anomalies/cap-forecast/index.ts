// A cap that will be reached before its period is over. Bound: CAPS caps; further ones are not told.
import type { CapMeasured, Detector, EventWriter, KaipoEvent } from '@kaipo/core/api/index.js';
import { formatBytes } from '@kaipo/core/kernel/units.js';
import { defineRule, type SettingValues } from '../parts/define-rule.js';

const SETTINGS = {
  percent: { description: 'of the limit, that the forecast must be above', default: 110, least: 100, most: 1000 },
  min_period_percent: {
    description: 'of the period, that must be over where weekdays are not known yet',
    default: 20,
    least: 0,
    most: 100,
  },
};
type Values = SettingValues<typeof SETTINGS>;

const CAPS = 256;

export const capForecastPlugin = defineRule({
  rule: 'cap-forecast',
  title: 'A cap will be reached before its period is over',
  meaning:
    'As it goes on, more will have been moved at the end of the period than a [[cap]] of the configuration allows.',
  falsePositives: 'A large transfer early in the period that does not come again.',
  severity: 'warning',
  settings: SETTINGS,
  quietUs: 2 * 86_400e6,
  create: (values) => new CapForecast(values),
});

class CapForecast implements Detector {
  readonly wants = ['cap.measured'] as const;
  readonly #values: Values;
  /** Keys of what was told and not taken back. */
  readonly #open = new Map<string, number>();

  constructor(values: Values) {
    this.#values = values;
  }

  onEvents(events: readonly KaipoEvent[], out: EventWriter): void {
    for (const event of events) if (event.kind === 'cap.measured') this.#measure(event, out);
  }

  #measure(cap: CapMeasured, out: EventWriter): void {
    const { name, usedBytes, limitBytes, forecastBytes, patternDays = 0, periodFromUs, periodToUs, tsUs } = cap;
    if (forecastBytes === undefined) return;
    const over = (100 * (tsUs - periodFromUs)) / (periodToUs - periodFromUs);
    const isKnown = patternDays > 0 || over >= this.#values.min_period_percent;
    // What is reached already is no forecast.
    const isComing = isKnown && usedBytes < limitBytes && forecastBytes * 100 >= limitBytes * this.#values.percent;
    const wasOpen = this.#open.get(name) === periodFromUs;
    // Taken back only well below, so that it does not come and go.
    const isOver = wasOpen && (usedBytes >= limitBytes || forecastBytes < limitBytes);
    if (!isOver && !isComing) return;
    if (isOver) this.#open.delete(name);
    else if (wasOpen || this.#open.size < CAPS) this.#open.set(name, periodFromUs);
    else return;
    const forecast = formatBytes(forecastBytes);
    out.write({
      kind: 'alert.raised',
      tsUs,
      rule: 'cap-forecast',
      severity: 'warning',
      subject: name,
      key: `${name} ${Math.floor(periodFromUs / 1e6)}`,
      summary: isOver
        ? `the cap ${name}: ${formatBytes(usedBytes)} used, ${forecast} expected of ${formatBytes(limitBytes)}`
        : `${forecast} are expected by the end of the period; the cap ${name} allows ${formatBytes(limitBytes)}`,
      evidence: {
        forecastBytes,
        limitBytes,
        usedBytes,
        percentOfPeriod: Number(over.toFixed(1)),
        daysLeft: Number((Math.max(0, periodToUs - tsUs) / 86_400e6).toFixed(2)),
        weekdaysOfDays: patternDays,
      },
      ...(isOver && { isOver: true as const }),
    });
  }
}
