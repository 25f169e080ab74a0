// How often the collector runs while a million packets go through. Owns: warming up, and telling garbage a packet from what compiling
// costs: on a busy machine the compiler is late and code still running unoptimised makes garbage, once; what a packet makes comes
// again in every million. Bound: MOST_ROUNDS millions.
import { PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

export const PACKETS = 1_000_000;
const MOST_ROUNDS = 6;

export interface GarbageReport {
  readonly packets: number;
  readonly collections: number;
  readonly grownBytes: number;
  readonly nsPerPacket: number;
}

/** Less than the smallest object a packet. */
const QUIET_BYTES = 2 * PACKETS;

/** The million with the fewest collections and the least growth, after one to warm up; ends with the first that was quiet. */
export async function quietestMillion(process: (packets: number) => void): Promise<GarbageReport> {
  const collections: number[] = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) collections.push(entry.startTime);
  }).observe({ entryTypes: ['gc'] });
  process(PACKETS);
  let best: GarbageReport | undefined;
  for (let round = 0; round < MOST_ROUNDS && !isQuiet(best); round++) {
    const report = await oneMillion(process, collections);
    if (best === undefined || isLess(report, best)) best = report;
  }
  return best!;
}

const isLess = (a: GarbageReport, b: GarbageReport): boolean =>
  a.collections < b.collections || (a.collections === b.collections && a.grownBytes < b.grownBytes);

const isQuiet = (report: GarbageReport | undefined): boolean =>
  report !== undefined && report.collections === 0 && report.grownBytes < QUIET_BYTES;

async function oneMillion(process: (packets: number) => void, collections: number[]): Promise<GarbageReport> {
  // What is left in the young generation is collected now, not in the middle.
  (globalThis as { gc?: () => void }).gc?.();
  // Entries of the observer are handed over later.
  await pause(50);
  collections.length = 0;
  const heapBefore = globalThis.process.memoryUsage().heapUsed;
  const started = performance.now();
  process(PACKETS);
  const ended = performance.now();
  const grownBytes = globalThis.process.memoryUsage().heapUsed - heapBefore;
  await pause(50);
  const during = collections.filter((startTime) => startTime >= started && startTime <= ended);
  return {
    packets: PACKETS,
    collections: during.length,
    grownBytes,
    nsPerPacket: ((ended - started) * 1e6) / PACKETS,
  };
}
