// What arrived from each interface in an interval, as the books want it. Pure. Bound: one row an interface.
import type { Mutable } from '../kernel/mutable.js';
import type { BookReason } from '../kernel/traffic-words.js';
import type { IntervalSums, ReasonSums } from './live-books.js';
import type { ScopedMovement } from './live-view.js';

/** An interval of an interface but for what the kernel counted. */
export type CapturedSums = Omit<IntervalSums, 'intervalUs' | 'kernelBytes'>;

type StreamSums = Pick<IntervalSums, 'droppedByKernel' | 'droppedByHelper' | 'reports'>;

const NO_SUMS: StreamSums = { droppedByKernel: 0, droppedByHelper: 0, reports: 0 };

/** Rows of the movement without an interface are of no interface that has books. */
export function capturedByInterface(
  movement: Pick<ScopedMovement, 'apps' | 'unknown'>,
  streams: ReadonlyMap<string, StreamSums>,
  coverageOf: (name: string) => IntervalSums['coverage'],
): Map<string, CapturedSums> {
  const rows = new Map<string, Mutable<CapturedSums>>();
  const rowOf = (name: string): Mutable<CapturedSums> => {
    let row = rows.get(name);
    if (row === undefined) {
      const { droppedByKernel, droppedByHelper, reports } = streams.get(name) ?? NO_SUMS;
      row = {
        coverage: coverageOf(name),
        attributedBytes: 0,
        unknown: {},
        capturedPackets: 0,
        droppedByKernel,
        droppedByHelper,
        reports,
      };
      rows.set(name, row);
    }
    return row;
  };
  for (const name of streams.keys()) rowOf(name);
  for (const app of movement.apps) {
    if (app.interface === undefined) continue;
    const row = rowOf(app.interface);
    row.attributedBytes += app.txBytes + app.rxBytes;
    row.capturedPackets += app.txPackets + app.rxPackets;
  }
  for (const unknown of movement.unknown) {
    if (unknown.interface === undefined) continue;
    const row = rowOf(unknown.interface);
    const reasons = row.unknown as ReasonSums;
    const reason = unknown.name as BookReason;
    reasons[reason] = (reasons[reason] ?? 0) + unknown.txBytes + unknown.rxBytes;
    row.capturedPackets += unknown.txPackets + unknown.rxPackets;
  }
  return rows;
}
