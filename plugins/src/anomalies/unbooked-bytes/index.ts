// Bytes the kernel counted and nothing explains. Owns: the share of an interface's bytes that is too much, over a window.
// Bound: INTERFACES sums; more interfaces are left out until the next window.
import type { Detector, EventWriter, IntervalRecord } from '@kaipo/core/api/index.js';
import { formatBytes } from '@kaipo/core/kernel/units.js';
import { defineRule, type SettingValues } from '../parts/define-rule.js';

const SETTINGS = {
  percent: { description: 'share of the bytes of an interface, in percent', default: 5, least: 0.1, most: 100 },
  for_s: { description: 'seconds it is measured over', default: 600, least: 10, most: 86_400 },
  min_mb: {
    description: 'unexplained MB in that time, below which nothing is said',
    default: 10,
    least: 0.001,
    most: 1e6,
  },
};
type Values = SettingValues<typeof SETTINGS>;

const BYTES_A_MB = 1_000_000;
const INTERFACES = 256;

interface Sum {
  kernelBytes: number;
  unexplainedBytes: number;
}

export const unbookedBytesPlugin = defineRule({
  rule: 'unbooked-bytes',
  title: 'Bytes of an interface that nothing explains',
  meaning:
    'The kernel counted bytes that were neither captured nor lost for a known reason: the books of the interface do not close, so its applications do not add up to its total.',
  falsePositives:
    'Offload engines that count frames the host never sees; a capture filter; a driver that counts wrongly.',
  severity: 'warning',
  settings: SETTINGS,
  quietUs: 3600e6,
  create: (values) => new UnbookedBytes(values),
});

class UnbookedBytes implements Detector {
  readonly wants = [];
  readonly #values: Values;
  readonly #sums = new Map<string, Sum>();
  readonly #open = new Set<string>();
  #seenUs = 0;

  constructor(values: Values) {
    this.#values = values;
  }

  onInterval({ startUs, endUs, books, isCaughtUp }: IntervalRecord, out: EventWriter): void {
    if (isCaughtUp === true) return;
    this.#seenUs += endUs - startUs;
    for (const { interface: name, category, reason, bytes } of books) {
      if (category === 'kernel') this.#sumOf(name).kernelBytes += bytes;
      else if (reason === 'unexplained') this.#sumOf(name).unexplainedBytes += bytes;
    }
    if (this.#seenUs < this.#values.for_s * 1e6) return;
    for (const [name, sum] of this.#sums) this.#judge(name, sum, endUs, out);
    this.#sums.clear();
    this.#seenUs = 0;
  }

  #sumOf(name: string): Sum {
    let sum = this.#sums.get(name);
    if (sum === undefined) {
      sum = { kernelBytes: 0, unexplainedBytes: 0 };
      if (this.#sums.size < INTERFACES) this.#sums.set(name, sum);
    }
    return sum;
  }

  #judge(name: string, { kernelBytes, unexplainedBytes }: Sum, tsUs: number, out: EventWriter): void {
    const { percent, min_mb } = this.#values;
    const share = kernelBytes <= 0 ? 0 : (100 * unexplainedBytes) / kernelBytes;
    const isOpen = unexplainedBytes >= min_mb * BYTES_A_MB && share >= percent;
    if (!isOpen && !this.#open.delete(name)) return;
    if (isOpen) this.#open.add(name);
    const seconds = Math.round(this.#seenUs / 1e6);
    out.write({
      kind: 'alert.raised',
      tsUs,
      rule: 'unbooked-bytes',
      severity: 'warning',
      subject: name,
      scope: { interface: name },
      summary: isOpen
        ? `${formatBytes(unexplainedBytes)} on ${name} in the last ${seconds} s that nothing explains, ${share.toFixed(1)} % of its bytes`
        : `the books of ${name} close again`,
      evidence: {
        unexplainedBytes,
        kernelBytes,
        percent: Number(share.toFixed(3)),
        seconds,
      },
      ...(!isOpen && { isOver: true as const }),
    });
  }
}
