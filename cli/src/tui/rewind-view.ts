// What the dashboard needs of the past. Owns the shapes only; who fills them reads a store. Every move may raise what opening it raises.
import type { LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import type { ThroughputSample } from './live-memory.js';

export interface PastPicture {
  readonly snapshot: LiveSnapshot;
  /** For the graph: what led to it, oldest first. */
  readonly samples: readonly ThroughputSample[];
  /** `1 s at Sat 21 Nov 03:10:05`. */
  readonly label: string;
}

export interface RewindView {
  /** `samples`: how many the graph can show. */
  show(atUs: number, samples?: number): PastPicture;
  /** Steps of the resolution there is; undefined: back at now. */
  step(count: number, samples?: number): PastPicture | undefined;
  alert(direction: number, samples?: number): PastPicture | undefined;
  /** The screen is back at now. */
  leave(): void;
}
