// Pictures of the past for the dashboard under test, one a second. Owns: where in the past it is.
import type { PastPicture, RewindView } from '@kaipo/cli/tui/rewind-view.js';
import type { LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import { START_US } from './fake-snapshots.js';

/** @param snapshotOf the picture of second `tick`. @param last the second that is now; every 30th has an alert. */
export function fakePast(snapshotOf: (tick: number) => LiveSnapshot, last: number): RewindView {
  let at = last;
  const picture = (tick: number, samples = 0): PastPicture => {
    at = tick;
    const snapshot = snapshotOf(tick);
    const fromUs = snapshot.tsUs - 1_000_000;
    const times = { fromUs, toUs: snapshot.tsUs, coveredUs: 1_000_000, totalsFromUs: START_US, flowsUntilUs: fromUs };
    return {
      snapshot: { ...snapshot, past: { ...times, resolutionS: 1, isRecorded: true, caughtUpBytes: 0 } },
      samples: Array.from({ length: Math.min(samples, tick) }, (_, i) => {
        const { tsUs, interfaces } = snapshotOf(tick - Math.min(samples, tick) + 1 + i);
        const sum = (of: 'rxBytes' | 'txBytes'): number =>
          interfaces.reduce((total, link) => total + (link.captured ? link[of] : 0), 0);
        return { tsUs, rx: sum('rxBytes'), tx: sum('txBytes') };
      }),
      label: `1 s at Sun 1 Mar 14:${String(Math.floor(tick / 60)).padStart(2, '0')}:${String(tick % 60).padStart(2, '0')}`,
    };
  };
  return {
    show: (atUs, samples) => picture(Math.round((atUs - START_US) / 1e6), samples),
    step(count, samples) {
      if (at + count >= last) {
        at = last;
        return undefined;
      }
      if (at + count < 1) throw new Error('nothing was recorded before');
      return picture(at + count, samples);
    },
    alert(direction, samples) {
      const next = (Math.ceil(at / 30) - 1) * 30;
      const later = (Math.floor(at / 30) + 1) * 30;
      const tick = direction < 0 ? next : later;
      if (tick < 1 || tick > last) throw new Error(`no alert ${direction < 0 ? 'before' : 'after'} this moment`);
      return picture(tick, samples);
    },
    leave() {
      at = last;
    },
  };
}
