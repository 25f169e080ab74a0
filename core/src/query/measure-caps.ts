// Caps as events: how much of each is used at a moment, for rules that watch them. Must not know rules. Bound: one event a cap.
import type { CapMeasured } from '../api/events.js';
import type { Store } from '../store/store.js';
import { type Cap, capUsage } from './cap-usage.js';

export function measureCaps(store: Store, caps: readonly Cap[], nowUs: number): CapMeasured[] {
  return caps.map((cap): CapMeasured => {
    const { usedBytes, period, forecast } = capUsage(store, cap, nowUs);
    return {
      kind: 'cap.measured',
      tsUs: nowUs,
      name: cap.name,
      usedBytes,
      limitBytes: cap.limitBytes,
      warnAt: cap.warnAt,
      periodFromUs: period.fromUs,
      periodToUs: period.toUs,
      ...(forecast !== undefined && { forecastBytes: forecast.bytes, patternDays: forecast.patternDays }),
    };
  });
}
