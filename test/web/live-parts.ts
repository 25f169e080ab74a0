// What tests of live web numbers are made of: a snapshot, and a feed that says what the test says.
import { LivePicture } from '@kaipo/cli/web/live-picture.js';
import type { LiveHost, LiveSnapshot, SumsRow } from '@kaipo/core/query/live-snapshot.js';

export const sums = (txBytes: number, rxBytes = 0): SumsRow => ({
  txBytes,
  rxBytes,
  txPackets: 1,
  rxPackets: 1,
  txBytesTotal: txBytes,
  rxBytesTotal: rxBytes,
  flows: 1,
});

export const host = (ip: string, txBytes: number): LiveHost => ({ ip, zone: 'internet', ...sums(txBytes) });

/** An interval of a second that ends at `tsS`. */
export function snapshotAt(tsS: number, more: Partial<LiveSnapshot> = {}): LiveSnapshot {
  return {
    tsUs: tsS * 1e6,
    intervalUs: 1e6,
    rung: 'capture',
    interfaces: [],
    capture: { received: 10, delivered: 7, droppedByKernel: 2, droppedByHelper: 1, dropsKnown: true, gaps: 0 },
    books: { kernelBytes: 100, attributedBytes: 60, unknownBytes: 20, notCapturedBytes: 15, inFlightBytes: 5 },
    apps: [],
    flows: [],
    hosts: [],
    protocols: [],
    dns: [],
    alerts: [],
    notices: [],
    flowTable: { active: 3, capacity: 100, refused: 0, evicted: 0 },
    recording: { state: 'recording' },
    ...more,
  };
}

/** What LiveFeed is to those who listen to it. */
export class HandFeed {
  latest: LivePicture | undefined;
  readonly listeners = new Set<(picture: LivePicture) => void>();
  kept = 0;

  keep(): void {
    this.kept += 1;
  }

  listen(listener: (picture: LivePicture) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  publish(snapshot: LiveSnapshot): void {
    this.latest = new LivePicture(snapshot, true);
    for (const listener of this.listeners) listener(this.latest);
  }
}
