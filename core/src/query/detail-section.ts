// Builds the list of details. Owns: what is left out (what says nothing), how times and amounts are written, and the bounds: MAX_DETAIL_ROWS
// rows a section; every text is safe and at most MAX_TEXT characters.
import { safeText } from '../kernel/safe-text.js';
import { formatBytes, formatCount } from '../kernel/units.js';
import type { DetailRow, DetailSection } from './live-details.js';

export const MAX_DETAIL_ROWS = 24;

export class SectionMaker {
  readonly #title: string;
  readonly #rows: DetailRow[] = [];

  constructor(title: string) {
    this.#title = title;
  }

  /** Nothing when there is no value. `from`: how it is known. */
  add(name: string, value: string | number | undefined, from?: string): this {
    const text = value === undefined ? '' : safeText(String(value));
    if (text === '' || this.#rows.length >= MAX_DETAIL_ROWS) return this;
    this.#rows.push({ name: safeText(name), value: text, ...(from === undefined ? {} : { from: safeText(from) }) });
    return this;
  }

  /** As one row, with commas. */
  list(name: string, values: readonly (string | number)[] | undefined, from?: string): this {
    return this.add(name, values?.join(', '), from);
  }

  made(): DetailSection {
    return { title: this.#title, rows: this.#rows };
  }
}

/** Those that say something. */
export const sections = (...makers: readonly SectionMaker[]): DetailSection[] =>
  makers.map((maker) => maker.made()).filter(({ rows }) => rows.length > 0);

export function amountText(bytes: number, packets: number): string {
  return packets === 0 ? formatBytes(bytes) : `${formatBytes(bytes)} in ${formatCount(packets)} packets`;
}

/** Local; with the date when it is not that of `nowUs`. */
export function timeText(us: number, nowUs: number): string {
  const [then, now] = [new Date(us / 1000), new Date(nowUs / 1000)];
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = `${two(then.getHours())}:${two(then.getMinutes())}:${two(then.getSeconds())}`;
  if (then.toDateString() === now.toDateString()) return time;
  return `${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())} ${time}`;
}

export function spanText(us: number): string {
  if (us < 1000) return `${Math.round(us)} µs`;
  if (us < 1e6) return `${(us / 1000).toFixed(us < 10_000 ? 2 : 1)} ms`;
  const seconds = us / 1e6;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  if (hours >= 48) return `${Math.floor(hours / 24)} days ${hours % 24} h`;
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${Math.floor(seconds) % 60} s`;
}

/** The largest sums by name, as rows. */
export class SumsByName {
  readonly #sums = new Map<string, { bytes: number; flows: number; also: string | undefined }>();

  add(name: string | undefined, bytes: number, also?: string): void {
    if (name === undefined) return;
    const sum = this.#sums.get(name);
    if (sum === undefined) this.#sums.set(name, { bytes, flows: 1, also });
    else {
      sum.bytes += bytes;
      sum.flows += 1;
      sum.also ??= also;
    }
  }

  get names(): string[] {
    return [...this.#sums].sort(([, a], [, b]) => b.bytes - a.bytes).map(([name]) => name);
  }

  /** A section of the largest, at most `count`. */
  section(title: string, count: number): SectionMaker {
    const made = new SectionMaker(title);
    const largest = [...this.#sums].sort(([, a], [, b]) => b.bytes - a.bytes).slice(0, count);
    for (const [name, { bytes, flows, also }] of largest)
      made.add(name, `${formatBytes(bytes)} in ${formatCount(flows)} ${flows === 1 ? 'flow' : 'flows'}`, also);
    return made;
  }
}
