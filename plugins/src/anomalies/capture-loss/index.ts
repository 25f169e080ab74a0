// Packets that the capture lost. Owns: the share that is too much, over a window. Bound: two sums of a window.
import type { Detector, EventWriter, IntervalRecord } from '@kaipo/core/api/index.js';
import { defineRule, type SettingValues } from '../parts/define-rule.js';

const SETTINGS = {
  percent: { description: 'share of the packets that is lost, in percent', default: 1, least: 0.01, most: 100 },
  for_s: { description: 'seconds it is measured over', default: 60, least: 1, most: 3600 },
  min_packets: { description: 'packets in that time, below which nothing is said', default: 1000, least: 1, most: 1e9 },
};
type Values = SettingValues<typeof SETTINGS>;

const CRITICAL_PERCENT = 25;

export const captureLossPlugin = defineRule({
  rule: 'capture-loss',
  title: 'The capture loses packets',
  meaning:
    'More packets arrived than kaipo could take. Counters and totals stay right; applications, flows and alerts miss what was lost.',
  falsePositives: 'None: it is counted by the kernel. A short burst at full speed is no reason to act.',
  severity: 'warning',
  settings: SETTINGS,
  quietUs: 600e6,
  create: (values) => new CaptureLoss(values),
});

class CaptureLoss implements Detector {
  readonly wants = [];
  readonly #values: Values;
  #seenUs = 0;
  #received = 0;
  #byKernel = 0;
  #byHelper = 0;
  #isOpen = false;

  constructor(values: Values) {
    this.#values = values;
  }

  onInterval({ startUs, endUs, capture }: IntervalRecord, out: EventWriter): void {
    this.#received += capture.received;
    this.#byKernel += capture.droppedByKernel;
    this.#byHelper += capture.droppedByHelper;
    this.#seenUs += endUs - startUs;
    if (this.#seenUs < this.#values.for_s * 1e6) return;
    this.#judge(endUs, out);
    this.#seenUs = this.#received = this.#byKernel = this.#byHelper = 0;
  }

  #judge(tsUs: number, out: EventWriter): void {
    const dropped = this.#byKernel + this.#byHelper;
    const percent = this.#received === 0 ? 0 : Math.min(100, (100 * dropped) / this.#received);
    const isLoss = this.#received >= this.#values.min_packets && percent >= this.#values.percent;
    if (!isLoss && !this.#isOpen) return;
    this.#isOpen = isLoss;
    const seconds = Math.round(this.#seenUs / 1e6);
    const shown = percent.toFixed(percent < 10 ? 2 : 0);
    out.write({
      kind: 'alert.raised',
      tsUs,
      rule: 'capture-loss',
      severity: percent >= CRITICAL_PERCENT ? 'critical' : 'warning',
      subject: 'capture',
      summary: isLoss
        ? `${shown} % of the packets of the last ${seconds} s were lost before they could be read`
        : `the capture takes all packets again (${shown} % lost in the last ${seconds} s)`,
      evidence: {
        percent: Number(percent.toFixed(4)),
        received: this.#received,
        droppedByKernel: this.#byKernel,
        droppedByHelper: this.#byHelper,
        seconds,
      },
      ...(!isLoss && { isOver: true as const }),
    });
  }
}
