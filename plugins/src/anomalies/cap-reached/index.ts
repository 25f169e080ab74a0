// A cap is reached, or a share of it that is to be told. Bound: CAPS caps; further ones are not told.
import type { CapMeasured, Detector, EventWriter, KaipoEvent } from '@kaipo/core/api/index.js';
import { formatBytes } from '@kaipo/core/kernel/units.js';
import { defineRule } from '../parts/define-rule.js';

const CAPS = 256;

export const capReachedPlugin = defineRule({
  rule: 'cap-reached',
  title: 'A cap is reached, or almost',
  meaning:
    'So much was moved in this period that a [[cap]] of the configuration is reached, or a share of it in warn_at.',
  falsePositives: 'None where the limit is right; bytes that the provider does not count.',
  severity: 'warning',
  settings: {},
  quietUs: 40 * 86_400e6,
  create: () => new CapReached(),
});

interface Told {
  readonly periodFromUs: number;
  /** The share of the limit that was told. */
  readonly share: number;
}

class CapReached implements Detector {
  readonly wants = ['cap.measured'] as const;
  readonly #told = new Map<string, Told>();

  onEvents(events: readonly KaipoEvent[], out: EventWriter): void {
    for (const event of events) if (event.kind === 'cap.measured') this.#measure(event, out);
  }

  save(): unknown {
    return { version: 1, told: [...this.#told].map(([name, { periodFromUs, share }]) => [name, periodFromUs, share]) };
  }

  restore(saved: unknown): void {
    const { version, told } = (saved ?? {}) as Record<string, unknown>;
    if (version !== 1 || !Array.isArray(told)) return;
    for (const entry of told.slice(0, CAPS)) {
      if (!Array.isArray(entry)) continue;
      const [name, periodFromUs, share] = entry as unknown[];
      if (typeof name === 'string' && Number.isFinite(periodFromUs) && Number.isFinite(share))
        this.#told.set(name.slice(0, 128), { periodFromUs: Number(periodFromUs), share: Number(share) });
    }
  }

  #measure(cap: CapMeasured, out: EventWriter): void {
    const { name, usedBytes, limitBytes, periodFromUs, periodToUs, tsUs } = cap;
    const used = usedBytes / limitBytes;
    const shares = [...cap.warnAt.filter((share) => share < 1), 1].filter((share) => used >= share);
    const share = shares.at(-1) ?? 0;
    const told = this.#told.get(name);
    const toldShare = told?.periodFromUs === periodFromUs ? told.share : 0;
    if (share <= toldShare || (told === undefined && this.#told.size >= CAPS)) return;
    this.#told.set(name, { periodFromUs, share });
    out.write({
      kind: 'alert.raised',
      tsUs,
      rule: 'cap-reached',
      severity: share >= 1 ? 'critical' : 'warning',
      subject: name,
      // Another period is another incident.
      key: `${name} ${Math.floor(periodFromUs / 1e6)}`,
      summary: `${formatBytes(usedBytes)} of the ${formatBytes(limitBytes)} of the cap ${name} are used (${Math.floor(used * 100)} %)`,
      evidence: {
        usedBytes,
        limitBytes,
        percent: Number((used * 100).toFixed(2)),
        toldAtPercent: share * 100,
        daysLeft: Number((Math.max(0, periodToUs - tsUs) / 86_400e6).toFixed(2)),
      },
    });
  }
}
