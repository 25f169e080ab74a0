// `kaipo analyze --bench`: how fast a capture was read, where the time went, what it took in memory. Owns: the measurement around a run.
import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import type { CaptureTotals } from '@kaipo/core/engine/capture-run/capture-run.js';
import { STAGES } from '@kaipo/core/engine/stage-clock.js';
import { formatBytes, formatCount } from '@kaipo/core/kernel/units.js';
import { alignedTable } from '../output/aligned-table.js';

export interface BenchReport {
  readonly type: 'bench';
  readonly packets: number;
  readonly capturedBytes: number;
  readonly flows: number;
  /** From the start of the command; the start of node itself is not in it. */
  readonly wallSeconds: number;
  /** Of all threads, since node started. */
  readonly cpuSeconds: number;
  readonly packetsPerSecond: number;
  readonly gigabytesPerSecond: number;
  readonly cpuUsPerPacket: number;
  readonly peakMemoryBytes: number;
  /** Of the thread that analyses; the other one allocates next to nothing. */
  readonly garbageCollections: { readonly minor: number; readonly major: number; readonly ms: number };
  /** Nanoseconds a packet by stage. */
  readonly stages: Readonly<Record<string, number>>;
}

export class BenchMeter {
  readonly #startMs = performance.now();
  readonly #collections = { minor: 0, major: 0, ms: 0 };
  readonly #observer = new PerformanceObserver((list) => this.#count(list.getEntries()));

  constructor() {
    this.#observer.observe({ entryTypes: ['gc'] });
  }

  report({ tally, flows, stageMs }: CaptureTotals): BenchReport {
    const wallSeconds = (performance.now() - this.#startMs) / 1000;
    const { user, system } = process.cpuUsage();
    this.#count(this.#observer.takeRecords());
    this.#observer.disconnect();
    const packets = Math.max(1, tally.packets);
    const stages = Object.fromEntries(
      STAGES.map((name, stage) => [name, Number(((stageMs[stage]! * 1e6) / packets).toFixed(1))]),
    );
    return {
      type: 'bench',
      packets: tally.packets,
      capturedBytes: tally.capturedBytes,
      flows: flows.created,
      wallSeconds,
      cpuSeconds: (user + system) / 1e6,
      packetsPerSecond: Math.round(tally.packets / wallSeconds),
      gigabytesPerSecond: tally.capturedBytes / wallSeconds / 1e9,
      cpuUsPerPacket: (user + system) / packets,
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
      garbageCollections: this.#collections,
      stages,
    };
  }

  #count(entries: readonly PerformanceEntry[]): void {
    for (const entry of entries) {
      const { kind } = (entry as PerformanceEntry & { readonly detail: { readonly kind: number } }).detail;
      if (kind === constants.NODE_PERFORMANCE_GC_MINOR) this.#collections.minor += 1;
      else if (kind === constants.NODE_PERFORMANCE_GC_MAJOR) this.#collections.major += 1;
      this.#collections.ms += entry.duration;
    }
  }
}

/** For people. */
export function benchText(report: BenchReport): string {
  const { minor, major, ms } = report.garbageCollections;
  const stages = Object.entries(report.stages).map(([name, ns]) => [name, ns.toFixed(1)]);
  const facts = [
    ['packets', formatCount(report.packets)],
    ['flows', formatCount(report.flows)],
    ['captured', formatBytes(report.capturedBytes)],
    ['time', `${report.wallSeconds.toFixed(2)} s`],
    ['packets a second', formatCount(report.packetsPerSecond)],
    ['GB a second', report.gigabytesPerSecond.toFixed(3)],
    ['CPU of all threads', `${report.cpuSeconds.toFixed(2)} s`],
    ['CPU a packet', `${report.cpuUsPerPacket.toFixed(3)} µs`],
    ['peak memory', formatBytes(report.peakMemoryBytes)],
    ['garbage collections', `${minor} minor, ${major} major, ${ms.toFixed(0)} ms`],
  ];
  return `${alignedTable(['measured', ''], facts)}\n${alignedTable(['stage', 'ns a packet'], stages)}`;
}
